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


def test_long_words_are_cut():
    detail = RunDetail(run(), result_message="x" * 5000)
    title, text = words("n" * 500, detail.run, detail)
    assert len(title) < 120
    assert len(text) < 250
