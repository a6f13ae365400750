"""The line that finds a metric of the run."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from k6desk.api.metrics import Metric
from k6desk.ui.results.metric_search import MetricSearch

METRICS = [
    Metric("http_req_waiting", "trend"),
    Metric("http_req_blocked", "trend"),
    Metric("<b>orders</b>", "counter", is_builtin=False),
    Metric("strange", "from-the-future", is_builtin=False),
]


@pytest.fixture
def line(dressed, shown):
    made = shown(MetricSearch(), 300, 30)
    made.offer(METRICS)
    return made


@pytest.fixture
def chosen(line):
    names: list[str] = []
    line.metric_chosen.connect(names.append)
    return names


def offered(line) -> list[str]:
    model = line.completer().completionModel()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_metrics_are_found_by_title_name_and_type(line):
    assert offered(line) == [
        "Blocked · http_req_blocked · trend",
        "Waiting · http_req_waiting · trend",
        "<b>orders</b> · counter",
    ]
    line.completer().setCompletionPrefix("REQ_W")
    assert offered(line) == ["Waiting · http_req_waiting · trend"]
    line.completer().setCompletionPrefix("counter")
    assert offered(line) == ["<b>orders</b> · counter"]


def test_return_takes_the_first_match_once(line, chosen, qtbot, qapp):
    QTest.keyClicks(line, "wait")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: chosen == ["http_req_waiting"])
    assert line.text() == ""
    QTest.keyClick(line, Qt.Key.Key_Return)  # an empty line takes nothing
    qapp.processEvents()
    assert chosen == ["http_req_waiting"]


def test_down_lists_all_and_return_takes_the_one_that_is_marked(line, chosen, qtbot, qapp):
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Down)
    popup = line.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(chosen))
    qapp.processEvents()
    assert chosen == ["http_req_waiting"]
    assert line.text() == ""


def test_a_click_takes_it(line, chosen, qtbot):
    QTest.keyClicks(line, "orders")
    popup = line.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    place = popup.visualRect(popup.model().index(0, 0)).center()
    QTest.mouseClick(popup.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    qtbot.waitUntil(lambda: chosen == ["<b>orders</b>"])
    assert line.text() == ""


def test_esc_empties_the_line(line, chosen):
    QTest.keyClicks(line, "zzz")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == ""
    assert not chosen
