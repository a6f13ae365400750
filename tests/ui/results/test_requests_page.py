"""The page of the requests on the recorded run."""

from __future__ import annotations

import csv

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from k6desk.api.metrics import Matcher
from k6desk.ui.results.requests_columns import COLUMNS, COUNT, REQUEST
from k6desk.ui.results.requests_page import RequestsPage
from tests.conftest import assert_plain_text
from tests.core.summary.test_summary import ENDED, detail
from tests.ui.results.recorded_numbers import RecordedNumbers

CATALOGUE_500 = ("GET /catalogue", "GET", "500")


@pytest.fixture
def page(dressed, qtbot):
    page = RequestsPage(RecordedNumbers())
    qtbot.addWidget(page)
    of = detail(*ENDED)
    page.show_run(of.run, of)
    page.resize(900, 400)
    page.show()
    return page


def at(page, row: int, column: int = COUNT) -> QPoint:
    return page.table.visualRect(page.table.requests.index(row, column)).center()


def click(page, row: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, modifier, at(page, row))


def many(page, number: int = 400, factor: int = 1) -> None:
    """So many requests, each with more than the one before."""
    page.numbers.recording.of["http_reqs"]["series"] = [
        {"labels": {"name": f"/{n:03}", "method": "GET", "status": "200"}, "values": [[0, (n + 1) * factor]]}
        for n in range(number)
    ]


def test_a_click_tells_the_samples_of_that_request(page, qtbot):
    with qtbot.waitSignal(page.request_chosen) as told:
        click(page, 0)
    assert told.args == [(Matcher("name", "GET /catalogue"), Matcher("method", "GET"), Matcher("status", "500"))]


def test_return_tells_it_too_and_a_click_that_selects_more_does_not(page, qtbot):
    chosen = []
    page.request_chosen.connect(chosen.append)
    page.table.go_to(CATALOGUE_500)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert len(chosen) == 1
    click(page, 1, Qt.KeyboardModifier.ControlModifier)
    assert len(chosen) == 1
    assert len(page.table.selected()) == 2


def test_tab_goes_from_the_filter_to_the_table_as_the_eye_does(page):
    page.line.setFocus()
    passed = []
    while page.focusWidget() not in passed:
        passed.append(page.focusWidget())
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
    assert passed == [page.line, page._copy, page.slowest.name, page.failing.name, page.table]


def test_slowest_and_most_failing_can_be_gone_to(page, words):
    assert "529 ms" in words(page)
    assert page.failing.name.accessibleName() == "Most failures: GET /catalogue · 500, 46"
    page.line.setText("cart")
    page.slowest.name.click()
    assert page.line.text() == ""
    assert [row.key for row in page.table.selected()] == [CATALOGUE_500]


@pytest.mark.parametrize("width", [440, 620, 1000, 1900])
def test_columns_fill_the_width_and_the_important_ones_are_always_there(page, width):
    page.resize(width, 400)
    shown = [at for at in range(len(COLUMNS)) if not page.table.isColumnHidden(at)]
    assert {COLUMNS[at].title for at in shown} >= {"Request", "Count", "p95", "Failed"}
    assert sum(page.table.columnWidth(at) for at in shown) == page.table.viewport().width()
    assert page.table.columnWidth(REQUEST) >= 110
    assert (len(shown) == len(COLUMNS)) == (width >= 1000)


@pytest.mark.parametrize("factor", [1, 10_000_000])
def test_large_figures_are_whole(page, factor):
    many(page, 9, factor)
    page.resize(440, 400)
    page.refresh(is_other=False)
    said = page.table.requests.index(0, COUNT).data()
    assert page.table.columnWidth(COUNT) >= page.table.fontMetrics().horizontalAdvance(said) + 16
    shown = [at for at in range(len(COLUMNS)) if not page.table.isColumnHidden(at)]
    assert sum(page.table.columnWidth(at) for at in shown) == page.table.viewport().width()


def test_live_figures_move_neither_selection_nor_view(page):
    many(page)
    page.refresh(is_other=True)
    page.table.requests.sort_by(COUNT)
    page.table.go_to(("/200", "GET", "200"))
    bar = page.table.verticalScrollBar()
    before = page.table.visualRect(page.table.currentIndex()).top()
    many(page, 450, factor=2)  # fifty more requests before all others
    page.take_in(frozenset())
    assert [row.count for row in page.table.selected()] == [402]
    assert page.table.visualRect(page.table.currentIndex()).top() == before
    assert bar.value() > 0


def test_the_filter_says_when_nothing_fits(page, words):
    page.line.setText("no such request")
    assert "No request fits the filter" in words(page)
    QTest.keyClick(page.line, Qt.Key.Key_Escape)
    assert "No request fits the filter" not in words(page)
    assert page.table.requests.rowCount() == 4


def test_requests_that_are_too_many_to_be_read_are_counted(page, words, monkeypatch):
    known = page.numbers.recording.known
    monkeypatch.setattr(page.numbers.recording, "known", lambda asked: replace(known(asked), left_out=1234))
    page.refresh(is_other=False)
    assert "4 of 1,238" in words(page)
    assert "1,234 more were too many" in page._count.toolTip()


def test_typing_over_the_table_filters(page):
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_C)
    assert page.line.text() == "c"  # the line has the focus for those that follow
    assert page.line.hasFocus() or not page.isActiveWindow()


def test_rows_are_copied_as_csv(page):
    page.table.go_to(CATALOGUE_500)
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    header, row = csv.reader(QGuiApplication.clipboard().text().splitlines())
    found = dict(zip(header, row, strict=True))
    assert (found["Name"], found["Status"], found["Count"], found["Failures"]) == ("GET /catalogue", "500", "46", "46")
    page._copy.click()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 5


def test_the_menu_offers_the_charts_for_one_request_only(page):
    page.table.go_to(CATALOGUE_500)
    page.table.menu_requested.emit(page.mapToGlobal(QPoint(5, 5)))
    menu = page.findChild(QMenu)
    assert [each.text() for each in menu.actions()] == ["Show in charts", "Copy name", "Copy 1 row as CSV"]
    menu.close()


def test_requests_without_names_make_it_ask_for_urls(page, qtbot):
    for metric in ("http_reqs", "http_req_duration", "http_req_failed"):
        for series in page.numbers.recording.of[metric]["series"]:
            series["labels"]["url"] = series["labels"].pop("name")
    with qtbot.waitSignal(page.wanted_changed):
        page.refresh(is_other=False)
    assert any("url" in asked.query.by for asked in page.wanted())
    assert page.table.requests.rowCount() == 4


def test_a_run_without_requests_has_no_content(page):
    page.numbers.recording.of.pop("http_reqs")
    page.refresh(is_other=False)
    assert not page.has_content()


def test_names_of_the_server_are_plain(page):
    page.numbers.recording.of["http_reqs"]["series"][0]["labels"]["name"] = "<img src=x>\u202e" + "z" * 10_000
    page.refresh(is_other=False)
    assert_plain_text(page)
