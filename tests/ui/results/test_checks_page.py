from __future__ import annotations

import json

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from k6desk.api.metrics import Answer, Metric
from k6desk.api.wire.runs import run_detail
from k6desk.core.metrics.checks import ASKS, WITHOUT_GROUPS, Check, curve
from k6desk.core.summary.summary import LOAD
from k6desk.ui.results.checks_model import FAILED, GROUP, ratio_of
from k6desk.ui.results.checks_page import NEVER_FAIL, ChecksPage
from k6desk.ui.roles import DISPLAY, TOOL_TIP
from tests.conftest import assert_plain_text
from tests.measured import FakeNumbers, series, totals

COUNTS = {
    ("status is 200", "::browse"): (1444, 46),
    ("body is not empty", "::browse"): (1490, 0),
    ("cart is 200", "::checkout::pay"): (1453, 37),
}
CART = Check("cart is 200", "::checkout::pay", 1453, 37)


def detail_of(run_id=5, result="passed"):
    answer = {"id": run_id, "test_id": 2, "project_id": 3, "status": "completed", "created": "2026-01-01T09:00:00Z"}
    return run_detail(json.dumps(answer | {"result": result}).encode())


@pytest.fixture
def numbers():
    return FakeNumbers((Metric("checks", "rate"),))


@pytest.fixture
def page(numbers, shown, dressed):
    put(numbers, COUNTS)
    page = shown(ChecksPage(numbers), 900)
    show(page)
    return page


def put(numbers, counts, asks=ASKS, labels=("check", "group")):
    for at, asked in enumerate(asks):
        numbers.answers[asked] = totals({key: both[at] for key, both in counts.items() if both[at]}, *labels)


def show(page, **changes):
    detail = detail_of(**changes)
    page.show_run(detail.run, detail)


def cells(page, row=None):
    model = page.table.model_
    made = [[model.index(at, column).data(DISPLAY) for column in range(5)] for at in range(model.rowCount())]
    return made if row is None else made[row]


def go_to(page, name):
    at = [check.name for check in page.table.model_.checks()].index(name)
    page.table.setCurrentIndex(page.table.model_.index(at, 0))


def test_failing_checks_stand_first_with_group_and_share(page, words):
    assert cells(page) == [
        ["status is 200", "browse", "46", "1,444", "96.9 %"],
        ["cart is 200", "checkout › pay", "37", "1,453", "97.5 %"],
        ["body is not empty", "browse", "0", "1,490", "100 %"],
    ]
    assert "83 of 4,470 failed, 98.1 % passed" in words(page)
    assert NEVER_FAIL in words(page)
    assert_plain_text(page)


def test_only_a_run_that_passed_needs_the_hint(page, words):
    show(page, run_id=6, result="failed")
    assert NEVER_FAIL not in words(page)


def test_when_all_passed_that_is_said(page, numbers, words):
    put(numbers, {("a", ""): (5, 0)})
    page.take_in(frozenset(ASKS))
    assert words(page) == "All passed: 5 times"
    assert page.table.isColumnHidden(GROUP), "there are no groups"


@pytest.mark.parametrize(
    ("passes", "fails", "said"), [(99_999, 1, ">99.9 %"), (1, 99_999, "<0.1 %"), (3, 0, "100 %"), (0, 3, "0 %")]
)
def test_no_share_is_rounded_to_all_or_nothing(passes, fails, said):
    assert ratio_of(Check("a", "", passes, fails)) == said


def test_a_click_on_a_title_sorts_and_the_chosen_check_stays_chosen(page):
    go_to(page, "cart is 200")
    page.table.columns.sectionClicked.emit(FAILED)
    assert [row[2] for row in cells(page)] == ["0", "37", "46"]
    page.table.columns.sectionClicked.emit(0)
    assert [row[0] for row in cells(page)] == ["body is not empty", "cart is 200", "status is 200"]
    assert page.table.current.name == "cart is 200"


def test_a_chosen_check_shows_its_curve_and_asks_for_it(page, numbers, qtbot):
    assert set(page.wanted()) == set(ASKS)
    assert page.curve.isHidden()
    with qtbot.waitSignal(page.wanted_changed):
        go_to(page, "cart is 200")
    assert set(page.wanted()) == {*ASKS, curve(CART), LOAD}
    assert not page.curve.isHidden()
    numbers.answers[curve(CART)] = Answer((series([1.0, 0.5]),))
    page.take_in(frozenset({curve(CART)}))
    chart = page.curve._stack.charts[0]
    assert list(chart.lines[0].values) == [1.0, 0.5]
    with qtbot.waitSignal(page.wanted_changed):
        QTest.keyClick(page.table, Qt.Key.Key_Escape)
    assert page.curve.isHidden()
    assert set(page.wanted()) == set(ASKS)


def test_figures_that_change_leave_the_curve_and_ask_for_nothing_else(page, numbers, qtbot):
    go_to(page, "cart is 200")
    put(numbers, COUNTS | {("cart is 200", "::checkout::pay"): (1453, 50)})
    with qtbot.assertNotEmitted(page.wanted_changed):
        page.take_in(frozenset(ASKS))
    assert page.table.current.fails == 50
    assert page.table.currentIndex().row() == 0
    assert not page.curve.isHidden()


def test_return_and_the_button_filter_the_charts(page, qtbot):
    go_to(page, "cart is 200")
    with qtbot.waitSignal(page.check_chosen) as chosen:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert chosen.args == ["cart is 200"]
    with qtbot.waitSignal(page.check_chosen):
        page.curve.charts_wanted.emit()


def test_another_run_begins_without_a_curve(page):
    go_to(page, "cart is 200")
    show(page, run_id=6)
    assert page.curve.isHidden()
    assert page.table.current is None


def test_a_server_without_groups_is_asked_without_them(page, numbers, qtbot):
    for asked in ASKS:
        numbers.answers[asked] = Answer()
    with qtbot.waitSignal(page.wanted_changed):
        page.take_in(frozenset(ASKS))
    assert set(page.wanted()) == {*ASKS, *WITHOUT_GROUPS}
    assert not page.has_content()
    put(numbers, {("a",): (1, 2)}, WITHOUT_GROUPS, ("check",))
    with qtbot.waitSignal(page.content_changed):
        page.take_in(frozenset(WITHOUT_GROUPS))
    assert cells(page) == [["a", "", "2", "1", "33.3 %"]]


def test_where_there_is_little_room_the_group_follows_the_name(page, qtbot):
    assert not page.table.isColumnHidden(GROUP)
    page.resize(440, 500)
    qtbot.waitUntil(lambda: page.table.isColumnHidden(GROUP))
    assert page.width() == 440, "nothing in it needs more room"
    assert "checkout › pay" in page.table.model_.index(1, 0).data(TOOL_TIP)
    assert not page.grab().isNull()


def test_checks_that_were_too_many_are_told(page, numbers, words):
    numbers.answers[ASKS[0]] = replace(numbers.answers[ASKS[0]], left_out=7)
    page.take_in(frozenset(ASKS))
    assert "7 more were too many to be read" in words(page)


def test_names_from_scripts_are_harmless(page, numbers):
    put(numbers, {("<b>x</b>\n\u202egnp", "::" + "y" * 10_000): (1, 1)})
    page.take_in(frozenset(ASKS))
    assert cells(page, 0)[0] == "<b>x</b> gnp"
    assert len(cells(page, 0)[1]) <= 400
    assert "<b>" not in page.table.model_.index(0, 0).data(TOOL_TIP)
