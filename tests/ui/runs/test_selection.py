"""Several runs selected: by mouse and keyboard, through whatever becomes of the order, however many they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel

from k6desk.data.query import Query
from k6desk.ui.runs.columns import STAR, TEST
from k6desk.ui.runs.runs_view import RunsView

CTRL, SHIFT, PLAIN = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def table(view):
    return view.table


@pytest.fixture
def chosen(view):
    ids: list = []
    view.run_selected.connect(ids.append)
    return ids


def ids_of(table, *rows: int) -> list[int]:
    return [table.runs.id(row) for row in rows]


def place_of(table, row: int, column: int = TEST) -> QPoint:
    return table.visualRect(table.runs.index(row, column)).center()


def click(qtbot, table, row: int, modifiers=PLAIN, column: int = TEST) -> None:
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, modifiers, place_of(table, row, column))


def said(view) -> str:
    return view.filter.findChild(QLabel).text()


# by mouse and keyboard


def test_ctrl_and_shift_clicks_add_to_the_selection(view, table, qtbot, chosen):
    click(qtbot, table, 1)
    click(qtbot, table, 4, CTRL)
    click(qtbot, table, 6, SHIFT | CTRL)
    assert view.selected_ids() == ids_of(table, 1, 4, 5, 6)
    click(qtbot, table, 5, CTRL)
    assert view.selected_ids() == ids_of(table, 1, 4, 6)
    assert chosen == ids_of(table, 1, 4, 6, 5), "the details are of the run one went to last"


def test_shift_and_arrows_grow_the_selection(view, table, qtbot):
    view.focus_table()
    for _ in range(3):
        qtbot.keyClick(table, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(table, Qt.Key.Key_Up, SHIFT)
    assert view.selected_ids() == ids_of(table, 0, 1, 2)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert view.selected_ids() == ids_of(table, 3)


def test_ctrl_space_takes_one_out(view, table, qtbot):
    view.focus_table()
    qtbot.keyClick(table, Qt.Key.Key_Down, SHIFT)
    qtbot.keyClick(table, Qt.Key.Key_Up, CTRL)
    qtbot.keyClick(table, Qt.Key.Key_Space, CTRL)
    assert view.selected_ids() == ids_of(table, 1)
    assert view.filter.line.text() == "", "a space is no word for the filter"


def test_dragging_selects_what_lies_between(view, table, qtbot):
    qtbot.mousePress(table.viewport(), Qt.MouseButton.LeftButton, PLAIN, place_of(table, 2))
    qtbot.mouseMove(table.viewport(), place_of(table, 3))
    qtbot.mouseMove(table.viewport(), place_of(table, 5))
    qtbot.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, PLAIN, place_of(table, 5))
    assert view.selected_ids() == ids_of(table, 2, 3, 4, 5)


def test_how_many_and_what_they_cost_is_said(view, table, qtbot):
    assert said(view) == "200 runs"
    click(qtbot, table, 0)
    click(qtbot, table, 2, CTRL)
    qtbot.waitUntil(lambda: said(view) == "2 of 200 runs selected · 99.00 VUH")
    qtbot.keyClick(table, Qt.Key.Key_A, CTRL)
    qtbot.waitUntil(lambda: said(view) == "All 200 runs selected · 4,975 VUH")
    click(qtbot, table, 0)
    qtbot.waitUntil(lambda: said(view) == "200 runs")


async def test_a_sum_with_estimates_says_so(view, store, table, make_running, until):
    await store.put_runs([make_running(199), make_running(198)], datetime.now(UTC))
    table.selectAll()
    await until(lambda: said(view) == "All 200 runs selected · ~4,975 VUH")


# through changes


async def test_polls_leave_the_selection_with_its_runs(view, store, table, qtbot, chosen, make_run, until):
    for row in (3, 5, 6):
        click(qtbot, table, row, CTRL)
    selected = view.selected_ids()
    gone_to = list(chosen)
    for number in (500, 501):
        await store.put_runs([make_run(number)], datetime.now(UTC))
        await until(lambda: table.runs.is_settled())
    assert view.selected_ids() == selected == ids_of(table, 5, 7, 8)
    assert table.currentIndex().row() == 8
    assert chosen == gone_to


def test_sorting_and_filtering_leave_it_too(view, table, qtbot):
    for row in (0, 1, 5):
        click(qtbot, table, row, CTRL)
    selected = set(view.selected_ids())
    view.show_query(Query(sort="vus", descending=False))
    assert set(view.selected_ids()) == selected
    view.filter.line.setText("basket")
    shown = view.selected_ids()
    assert 0 < len(shown) < 3, "what is not shown is not acted on"
    view.filter.line.clear()
    assert set(view.selected_ids()) == selected


def test_a_choice_made_while_a_filter_hides_the_rest_stands_alone(view, table, qtbot):
    table.selectAll()
    view.filter.line.setText("basket")
    click(qtbot, table, 2)
    one = view.selected_ids()
    view.filter.line.clear()
    assert view.selected_ids() == one


def test_another_place_forgets_what_it_does_not_have(view, table, qtbot):
    table.selectAll()
    view.show_place("test", 21)
    assert len(view.selected_ids()) == table.runs.rowCount() == 66
    view.show_place("all")
    assert len(view.selected_ids()) == 66


async def test_a_deleted_run_is_not_selected_any_more(view, store, table, until):
    table.selectAll()
    gone = table.runs.id(3)
    await store.remove_run(gone)
    await until(lambda: table.runs.rowCount() == 199)
    assert len(view.selected_ids()) == 199
    assert gone not in view.selected_ids()


async def test_a_hundred_thousand_selected_runs_hold_up_nothing(make_store, make_run, dressed, qtbot, until):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    store = make_store(
        make_run(number, created_at=datetime.fromtimestamp(start.timestamp() + number, UTC))
        for number in range(100_000)
    )
    view = RunsView(store)
    qtbot.addWidget(view)
    view.show()
    view.focus_table()
    qtbot.keyClick(view.table, Qt.Key.Key_A, CTRL)
    last = view.table.runs.index(50_000, TEST)
    view.table.selection.select(
        last, QItemSelectionModel.SelectionFlag.Deselect | QItemSelectionModel.SelectionFlag.Rows
    )
    view.table.runs.layoutAboutToBeChanged.emit()
    assert len(view.table.runs.persistentIndexList()) < 50
    view.table.runs.layoutChanged.emit()
    QApplication.processEvents()
    assert len(view.selected_ids()) == 99_999
    await store.put_runs([make_run(200_000)], datetime.now(UTC))
    await until(lambda: view.table.runs.rowCount() == 100_001)
    assert len(view.selected_ids()) == 99_999
    view.close()


# the star


def test_a_click_on_a_star_is_of_that_run_and_selects_nothing(view, table, qtbot):
    starred: list = []
    view.star_clicked.connect(starred.append)
    click(qtbot, table, 1)
    click(qtbot, table, 4, column=STAR)
    assert starred == ids_of(table, 4)
    assert view.selected_ids() == ids_of(table, 1)


def test_a_double_click_on_a_star_is_one_click_and_opens_nothing(view, table, qtbot):
    starred: list = []
    view.star_clicked.connect(starred.append)
    view.run_activated.connect(starred.append)
    at = place_of(table, 4, STAR)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, PLAIN, at)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, PLAIN, at)
    assert starred == ids_of(table, 4)


async def test_a_star_is_of_the_run_that_was_pressed(view, store, table, qtbot, make_run, until):
    starred: list = []
    view.star_clicked.connect(starred.append)
    at = place_of(table, 4, STAR)
    qtbot.mousePress(table.viewport(), Qt.MouseButton.LeftButton, PLAIN, at)
    await store.put_runs([make_run(2000)], datetime.now(UTC))
    await until(lambda: table.runs.rowCount() == 201)
    qtbot.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, PLAIN, at)
    assert starred == [], "another run has come under the pointer"


# the baseline


async def test_the_baseline_is_marked_and_explained(view, store, table):
    run = table.runs.run(0)
    test = replace(store.test(run.test_id), baseline_run_id=run.id)
    await store.put_test(test, datetime.now(UTC))
    tips = [table.runs.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in (0, 3)]
    assert "Baseline" in tips[0]
    assert "Baseline" not in tips[1]
    spoken = [table.runs.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in (0, 3)]
    assert [words.endswith(", baseline") for words in spoken] == [True, False]


# failed checks


async def test_a_run_that_passed_with_failing_checks_is_marked_and_explained(view, store, table):
    passed, failed = (
        next(row for row in range(9) if table.runs.run(row).result == word) for word in ("passed", "failed")
    )
    plain = table.viewport().grab().toImage()
    await store.put_failed_checks({table.runs.id(row): 83 for row in (passed, failed)})
    spoken, tips = (
        [table.runs.index(row, 0).data(role) for row in (passed, failed)]
        for role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
    )
    assert spoken == ["Status: Passed, 83 checks failed", "Status: Failed"]
    assert "83 checks failed all the same" in tips[0]
    assert "check" not in tips[1]
    marked = table.viewport().grab().toImage()
    differ = {row for row in (passed, failed) if _row(marked, table, row) != _row(plain, table, row)}
    assert differ == {passed}


def _row(image, table, row):
    return image.copy(table.visualRect(table.runs.index(row, 0)))
