from datetime import UTC, datetime

import pytest

from k6desk.api.models import Run, RunDetail, StatusEntry, Total
from k6desk.core.notifications import words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def run(status="completed", result="passed", vuh=0.634):
    return Run(1, 2, 3, status, NOW, result, cost=Total(vuh))


def test_a_passed_run_says_what_it_cost():
    assert words("Checkout", run(), None) == ("Passed: Checkout", "0.63 VUH")


def test_a_failed_run_says_why():
    detail = RunDetail(run(result="failed"), result_message="p(95)<300 was crossed")
    title, text = words("Checkout", detail.run, detail)
    assert title == "Failed: Checkout"
    assert text.splitlines()[0] == "p(95)<300 was crossed"


@pytest.mark.parametrize(
    ("message", "reason"), [("Wrong target", "By ana@example.com. Wrong target"), (None, "By ana@example.com.")]
)
def test_an_aborted_run_says_who_did_it(message, reason):
    step = StatusEntry("aborted", NOW, "ana@example.com", 5, message)
    detail = RunDetail(run("aborted", "error"), status_history=(step,))
    title, text = words("Checkout", detail.run, detail)
    assert title == "Aborted: Checkout"
    assert text.splitlines()[0] == reason


def test_of_several_people_the_one_who_aborted_is_named_and_quoted():
    history = (
        StatusEntry("created", NOW, "ana@example.com", message="Scheduled"),
        StatusEntry("aborted", NOW, "ben@example.com", message="Wrong target"),
    )
    detail = RunDetail(run("aborted", "error"), history, result_message="The test did not complete")
    assert words("Checkout", detail.run, detail)[1].splitlines()[0] == "By ben@example.com. Wrong target"


def test_nobody_is_named_for_what_the_system_aborted():
    history = (StatusEntry("created", NOW, "ana@example.com"), StatusEntry("aborted", NOW, message="Out of memory"))
    detail = RunDetail(run("aborted", "error"), history)
    assert words("Checkout", detail.run, detail)[1].splitlines()[0] == "Out of memory"


def test_what_others_wrote_breaks_no_line_and_reorders_nothing():
    detail = RunDetail(run(result="failed"), result_message="one\ntwo\x1b[31m\u202ethree")
    title, text = words("Check\u2028out", detail.run, detail)
    assert title == "Failed: Check out"
    assert text.splitlines()[0] == "one two [31m three"


def test_a_dear_run_is_told_in_groups_of_three():
    assert words("Soak", run(vuh=12345.6), None)[1] == "12,345.60 VUH"


def test_long_words_are_cut():
    detail = RunDetail(run(), result_message="x" * 5000)
    title, text = words("n" * 500, detail.run, detail)
    assert len(title) < 120
    assert len(text) < 250
