"""Runs of the old APIs read as runs of v6: the same words, nothing invented, no secret carried over."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k6desk.api.errors import BadAnswer
from k6desk.api.legacy import translate
from k6desk.api.lenient import JsonObject
from k6desk.api.models import RunDetail
from k6desk.api.wire import runs

SECRET = "eba569496f1d64f42333333320e4abaec0c74c6baf06d22f"
OF_V5 = {
    "config": {"agent_access_token": SECRET, "archive": "4744.tar"},
    "created": "2023-05-18T08:46:01.157645Z",
    "duration": 2550,
    "ended": "2023-05-18T08:55:25.000000Z",
    "error_code": None,
    "error_detail": None,
    "id": 152779,
    "note": "",
    "organization_id": 499,
    "processing_status": 2,
    "project_id": 5276,
    "public_id": None,
    "result_status": 0,
    "run_process": "UI-Script to Cloud",
    "run_status": 5,
    "script": "import { sleep, check } from 'k6 ...",
    "started": "2023-05-18T08:48:31.000000Z",
    "stopped_by_id": 703,
    "test_id": 3535,
    "user_id": 703,
    "vus": 3000,
}
OF_V2 = OF_V5 | {
    "created": "2020-08-18T13:33:41",
    "ended": "2020-08-18T13:36:02",
    "started": "2020-08-18T13:34:04",
    "k6_archive": SECRET,
    "run_status": 3,
    "result_status": 1,
    "stopped_by_id": 0,
}


def read(**changed) -> RunDetail:
    return runs.run_detail(translate.run_json(JsonObject(OF_V5 | changed)))


def test_a_run_of_v5_has_its_times_words_and_who_stopped_it():
    detail = read(note="Freeze on Friday")
    run = detail.run
    assert (run.id, run.test_id, run.project_id) == (152779, 3535, 5276)
    assert (run.status, run.result, run.note, run.max_vus) == ("aborted", "error", "Freeze on Friday", 3000)
    assert run.ended_at == datetime(2023, 5, 18, 8, 55, 25, tzinfo=UTC) == run.status_since
    assert (run.estimated_duration_s, run.started_by) == (2550, "user 703")
    assert [(entry.type, entry.by_user) for entry in detail.status_history] == [
        ("created", None),
        ("running", None),
        ("aborted", "user 703"),
    ]
    assert detail.status_history[1].entered_at == datetime(2023, 5, 18, 8, 48, 31, tzinfo=UTC)


def test_a_run_of_v2_is_the_same_and_its_times_are_utc():
    page = translate.v2_page(json.dumps({"k6-runs": [OF_V2], "meta": {"count": 1}}).encode())
    (run,) = page.rows
    assert (run.status, run.result) == ("completed", "failed")
    assert run.created_at == datetime(2020, 8, 18, 13, 33, 41, tzinfo=UTC)


def test_what_the_old_apis_do_not_have_is_absent_and_not_zero():
    detail = read(duration=0, vus=0, run_status=-2, started=None)
    run = detail.run
    assert (run.vuh, run.cost, run.execution_duration_s, run.retention_expires_at) == (None,) * 4
    assert (run.max_vus, run.estimated_duration_s, run.ended_at, run.result) == (None,) * 4
    assert (detail.cost, detail.distribution, detail.options, detail.max_browser_vus) == (None,) * 4


@pytest.mark.parametrize("make", [lambda row: translate.run_json(JsonObject(row)), lambda row: _raw_of(row)])
def test_secrets_and_bulk_are_not_carried_over(make):
    kept = make(OF_V5 | {"k6_archive": SECRET, "request_builder_config": {"token": SECRET}})
    assert SECRET.encode() not in kept
    assert b"import" not in kept


def _raw_of(row: dict) -> bytes:
    page, _ = translate.v5_page(json.dumps({"value": [row]}).encode(), keep_raw=True)
    return page.raw[row["id"]]


@pytest.mark.parametrize(
    ("run_status", "processing_status", "result_status", "status", "result"),
    [
        (-2, 0, 0, "created", None),
        (-1, 0, 0, "created", None),
        (0, 0, 0, "queued", None),
        (1, 0, 0, "initializing", None),
        (2, 1, 1, "running", None),
        (3, 0, 0, "processing_metrics", None),
        (3, 1, 1, "processing_metrics", None),
        (3, 2, 0, "completed", "passed"),
        (3, 2, 1, "completed", "failed"),
        (3, 2, None, "completed", None),
        (3, 2, 7, "completed", "result_status 7"),
        (3, 3, 0, "completed", "error"),
        (3, 3, 1, "completed", "failed"),
        (3, None, 0, "completed", "passed"),
        (4, 2, 0, "aborted", "error"),
        (5, 1, 0, "aborted", "error"),
        (6, 2, 0, "aborted", "error"),
        (7, 2, 0, "aborted", "error"),
        (8, 2, 1, "aborted", "failed"),
        (9, 2, 0, "aborted", "error"),
        (10, 2, 0, "completed", "passed"),
        (11, 2, 0, "run_status 11", None),
    ],
)
def test_numbers_become_the_words_of_v6(run_status, processing_status, result_status, status, result):
    run = read(run_status=run_status, processing_status=processing_status, result_status=result_status).run
    assert (run.status, run.result) == (status, result)
    assert run.is_finished == (status in {"completed", "aborted"})
    assert (run.ended_at is not None) == run.is_finished


@pytest.mark.parametrize(
    ("number", "word"), [(4, "Timed out"), (6, "system"), (7, "script"), (8, "threshold"), (9, "limit")]
)
def test_an_aborted_run_says_why(number, word):
    detail = read(run_status=number, error_detail="Out of memory", error_code=42)
    assert word in detail.status_history[-1].message
    assert detail.status_history[-1].by_user is None
    assert (detail.result_message, detail.result_code) == ("Out of memory", 42)


def test_metrics_that_could_not_be_processed_are_named_beside_the_reason():
    ended = read(run_status=3, processing_status=3, error_detail="Disk full.")
    assert "metrics could not be processed" in ended.status_history[-1].message
    assert ended.result_message == "Disk full."
    aborted = read(run_status=5, processing_status=3)
    assert aborted.status_history[-1].by_user == "user 703"
    assert "metrics could not be processed" in aborted.status_history[-1].message


@pytest.mark.parametrize("number", [None, 0, "703"])
def test_a_user_without_a_number_is_nobody(number):
    detail = read(user_id=number, stopped_by_id=number)
    assert (detail.run.started_by, detail.status_history[-1].by_user) == (None, None)
    assert "user" in detail.status_history[-1].message


@pytest.mark.parametrize("number", [0, 1])
def test_a_run_that_waits_is_not_said_to_have_run(number):
    detail = read(run_status=number)
    assert [entry.type for entry in detail.status_history] == ["created", detail.run.status]
    assert detail.run.status_since is None


def test_the_count_of_a_list_may_be_a_string_and_an_odd_row_is_counted():
    body = {"value": [OF_V5, OF_V5 | {"run_status": "5"}, 7], "@count": "144", "@nextLink": "/cloud/v5/x"}
    page, link = translate.v5_page(json.dumps(body).encode())
    assert ([run.id for run in page.rows], page.unreadable, page.total, link) == ([152779], 2, 144, "/cloud/v5/x")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"value": null}', b'{"k6-runs": []}'])
def test_what_is_no_list_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        translate.v5_page(body)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["5", "2023-05-18T08:46:01Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    st.dictionaries(st.sampled_from([*translate.COLUMNS, "config"]), ANYTHING), st.sets(st.sampled_from(list(OF_V5)))
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_object_is_a_row_or_counted_as_unreadable(changed, missing):
    row = {name: value for name, value in (OF_V5 | changed).items() if name not in missing}
    page, _ = translate.v5_page(json.dumps({"value": [row]}).encode(), keep_raw=True)
    assert len(page.rows) + page.unreadable == 1
    for run in page.rows:
        assert type(row["run_status"]) is int
        assert run.is_finished == (3 <= row["run_status"] <= 10 and run.status != "processing_metrics")
        assert runs.run_detail(page.raw[run.id]).run.id == run.id == row["id"]
