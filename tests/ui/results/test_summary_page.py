"""The page of the summary on the recorded run."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from k6desk.api.metrics import Metric, ThresholdVerdict
from k6desk.core.metrics.checks import Check
from k6desk.core.summary.summary import Summary
from k6desk.core.thresholds.thresholds import Verdict, thresholds_of
from k6desk.ui.results.figures import WIDE_FROM
from k6desk.ui.results.summary_page import SummaryPage, headline
from tests.core.summary.test_summary import ENDED, detail
from tests.ui.results.recorded_numbers import RecordedNumbers, SaidNothing


@pytest.fixture
def page(dressed, qtbot):
    page = SummaryPage(RecordedNumbers(), SaidNothing())
    qtbot.addWidget(page)
    of = detail(*ENDED)
    page.show_run(of.run, of)
    page.resize(900, 600)
    page.show()
    return page


def test_the_headline_says_what_matters(page, words):
    assert "1 of 3 thresholds failed, 83 of 4,470 checks failed" in words(page)
    assert "2 min 40 s of load" in words(page)
    assert "thresholds computed by k6desk" in words(page)
    assert "p(95)<300 328 ms failed" in page.thresholds.accessibleDescription()
    assert "status is 200  46 of 1,490 failed" in page.checks.accessibleDescription()


def test_a_run_in_which_all_went_well_says_so_in_one_sentence():
    (threshold,) = thresholds_of({"thresholds": {"http_reqs": ["count>1"]}})
    checks = (Check("it is so", "", 7, 0),)
    assert headline(Summary(verdicts=(Verdict(threshold, 2.0, "passed"),), checks=checks)) == (
        "All thresholds passed, all checks passed"
    )
    assert headline(Summary(checks=checks)) == "All checks passed"
    assert headline(Summary()) == "No thresholds, no checks"


def test_what_the_server_says_of_thresholds_goes_first(page, words):
    page._served.said = (ThresholdVerdict("http_req_duration", "p(95)<300", 300.0, 310.3, True),)
    page._served.changed.emit(page.run.id)
    assert "p(95)<300 310 ms failed" in page.thresholds.accessibleDescription()


def test_the_server_is_asked_for_its_verdicts_only_while_somebody_looks(page):
    assert page._served.looked_at == page.run.id
    page.hide()
    assert page._served.looked_at is None


def test_nothing_moves_when_the_last_answer_is_there(page):
    page.numbers.answered = set(list(page.wanted())[:31])
    page.take_in(frozenset())
    page.layout().activate()
    before = page.sections["http"].mapTo(page, QPoint(0, 0))
    page.numbers.answered = set(page.wanted())
    page.take_in(frozenset())
    page.layout().activate()
    assert not page._progress.isVisible()
    assert page.sections["http"].mapTo(page, QPoint(0, 0)) == before


def test_it_fills_while_the_answers_come_in(page, words):
    wanted = list(page.wanted())
    page.numbers.answered = set(wanted[:31])
    page.take_in(frozenset())
    assert f"31 of {len(wanted)}" in words(page)
    assert "…" in page.sections["network"].accessibleDescription()
    page.numbers.answered = None
    page.take_in(frozenset(wanted))
    assert f"of {len(wanted)}" not in words(page)
    assert "1.71 MB" in page.sections["network"].accessibleDescription()


def test_what_the_server_refuses_is_not_waited_for(page, words):
    page.numbers.answered, page.numbers.refuses = set(), "No."
    page.take_in(frozenset())
    assert not page._progress.isVisible()


def test_offline_it_waits_for_nothing(page, words):
    wanted = list(page.wanted())
    page.numbers.answered, page.numbers.asks = set(wanted[:31]), False
    page.take_in(frozenset())
    assert not page._progress.isVisible()
    assert f"31 of {len(wanted)} loaded" in words(page)
    assert "…" not in page.sections["network"].accessibleDescription()


def test_a_live_run_says_so_far(page, words):
    of = detail(status="running")
    page.show_run(of.run, of)
    assert "checks failed so far" in words(page)


@pytest.mark.parametrize(
    ("number", "begins"), [(0, "  █ THRESHOLDS"), (1, "### Thresholds"), (2, '{\n    "root_group"')]
)
def test_it_is_copied_in_three_forms(page, number, begins):
    page.copy_button.menu().actions()[number].trigger()
    assert QGuiApplication.clipboard().text().startswith(begins)
    assert page.copy_button.text() == "Copied"


def test_the_keys_copy_it_as_text(page):
    page.activateWindow()
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert "TOTAL RESULTS" in QGuiApplication.clipboard().text()


def test_json_of_a_live_run_has_what_is_known(page):
    page.numbers.answered = set(list(page.wanted())[:10])
    page.take_in(frozenset())
    page.copy_json()
    assert "data_sent" not in json.loads(QGuiApplication.clipboard().text())["metrics"]


@pytest.mark.parametrize("width", [440, 1900])
def test_all_fits_without_scrolling_aside(page, width):
    page.resize(width, 600)
    assert page._scroll_area.widget().minimumSizeHint().width() <= 440
    figures = page.sections["http"]
    lines = len(page.summary.of("http"))
    trends = sum(line.type == "trend" for line in page.summary.of("http"))
    rows = (figures.height() - 4) / 24
    assert rows == (lines + 1 if width >= WIDE_FROM else lines + trends + 2)


def test_exact_values_are_in_the_tooltips(page):
    figures = page.sections["http"]
    figures.grab()
    hints = [hint for _, hint in figures._hints]
    assert "851.17 ms" in hints
    place = next(rect for rect, hint in figures._hints if hint == "851.17 ms").center()
    QApplication.sendEvent(figures, QHelpEvent(QHelpEvent.Type.ToolTip, place, figures.mapToGlobal(place)))
    assert "851.17" in QToolTip.text()
    QToolTip.hideText()
    QApplication.sendEvent(figures, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(0, 0), QPoint(0, 0)))


def test_a_run_of_a_hundred_own_metrics_is_shown_at_once(page):
    own = tuple(Metric(f"<b>own</b> {at} \u202e", "trend") for at in range(100))
    page.numbers.recording.metrics += own
    page.refresh(is_other=False)
    said = page.sections["custom"].accessibleDescription()
    assert said.count("<b>own</b>") == 100
    assert "\u202e" not in said


def test_without_metrics_there_is_nothing(page):
    page.numbers.recording.metrics = ()
    page.refresh(is_other=True)
    assert not page.has_content()
    assert page.wanted() == ()
