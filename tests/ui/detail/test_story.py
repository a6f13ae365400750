"""The sentences about a run."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from k6desk.api.wire.runs import run_detail
from k6desk.ui.detail import story


@pytest.fixture
def said(samples):
    def say(raw: dict, after_s: float = 0, *, with_detail: bool = True) -> str:
        detail = run_detail(json.dumps(raw).encode())
        return story.sentence(detail.run, detail if with_detail else None, samples.NOW + timedelta(seconds=after_s))

    return say


def test_an_abort_names_who_and_why_once(said, samples):
    assert said(samples.aborted()) == "Aborted by ben@example.com: Aborted by user. (code 8030)"


def test_an_abort_by_the_system_gives_its_reason(said, samples):
    words = said(samples.aborted(by=None))
    assert words.startswith("Aborted: Lost contact with 2 of 3 load generators")
    assert words.endswith("(code 8030)")


def test_a_reason_only_in_the_result_details_is_not_lost(said, samples):
    raw = samples.aborted()
    raw["status_history"] = [samples.step("aborted", 3300)]
    assert "Aborted by user. (code 8030)" in said(raw)


def test_two_different_reasons_are_both_told(said, samples):
    raw = samples.aborted()
    raw["result_details"] = {"type": "error", "message": "teardown() failed", "code": 7}
    assert said(raw).endswith("Aborted by user. (code 8030); teardown() failed (code 7)")


def test_a_failed_run_says_which_thresholds(said, samples):
    assert said(samples.failed()).startswith("Failed: thresholds on metrics 'http_req_duration'")


def test_a_failed_run_of_2024_without_a_message_still_says_why(said, samples):
    assert said(samples.of_2024() | {"result": "failed"}) == "Failed: thresholds were crossed"


def test_a_passed_run_counts_its_thresholds(said, samples):
    assert said(samples.raw_run()) == "Passed: no threshold was crossed (3 set)"


def test_a_row_alone_makes_a_sentence(said, samples):
    assert said(samples.raw_run(), with_detail=False) == "Passed"
    assert said(samples.aborted(), with_detail=False) == "Aborted"


def test_a_completed_run_can_be_an_error(said, samples):
    raw = samples.raw_run(
        result="error", result_details={"type": "error", "message": "teardown() failed", "code": 8006}
    )
    assert said(raw) == "Error: teardown() failed (code 8006)"


def test_progress_and_time_left(said, samples):
    assert said(samples.running(since=372)) == "Running, 62 %, about 4 min left"


def test_a_run_past_its_estimate_is_overdue(said, samples):
    assert said(samples.running(since=600), after_s=180) == "Running, overdue by 3 min"


def test_without_an_estimate_the_elapsed_time(said, samples):
    assert said(samples.running(since=65, estimated_duration=None)) == "Running for 1 min 05 s"


def test_an_unknown_status_is_shown_as_the_server_wrote_it(said, samples):
    raw = samples.running() | {"status": "hibernating", "status_details": None}
    assert said(raw) == "hibernating (a status k6desk does not know)"


def test_an_unknown_result_is_quoted(said, samples):
    raw = samples.raw_run(result="flaky", result_details=None)
    assert said(raw) == "Ended with the result “flaky”"


def test_server_text_cannot_reorder_the_sentence(said, samples):
    raw = samples.raw_run(result="error", result_details={"type": "error", "message": "a\u202eb\nc", "code": None})
    assert "\u202e" not in said(raw)
    assert "\n" not in said(raw)


@pytest.mark.parametrize(
    ("thresholds", "number"),
    [(None, 0), ({}, 0), ({"a": "p(95)<1"}, 1), ({"a": ["x", {"threshold": "y"}], "b": None}, 3), ("odd", 0)],
)
def test_thresholds_are_counted_in_every_shape(samples, thresholds, number):
    raw = samples.raw_run(options={"thresholds": thresholds})
    assert story.threshold_count(run_detail(json.dumps(raw).encode())) == number


def test_facts_leave_out_what_is_not_known(samples):
    detail = run_detail(json.dumps(samples.invalid(started_by=None)).encode())
    assert story.facts(detail.run, samples.NOW, samples.NOW)[1:] == ["took 11 min 40 s"]
