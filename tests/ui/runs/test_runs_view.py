"""The table as people use it: find, walk, sort, choose columns, and never lose one's place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QCursor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton

from k6desk.api.models import Since
from k6desk.data.query import Query
from k6desk.ui import theme
from k6desk.ui.runs.columns import COLUMNS, DURATION, EXPIRES, ID, NOTE, PERSON, STARTED, STATUS, TEST, VUS
from k6desk.ui.runs.runs_view import RunsView

ASKED_AT = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _pointer_elsewhere():
    QCursor.setPos(QPoint(5000, 5000))


@pytest.fixture
def table(view):
    return view.table


@pytest.fixture
def chosen(view):
    ids: list = []
    view.run_selected.connect(ids.append)
    return ids


def top_of(table, run_id: int) -> int:
    return table.rowViewportPosition(table.runs.row(run_id))


def shown_columns(table) -> set[int]:
    return {column for column in range(len(COLUMNS)) if not table.isColumnHidden(column)}


def point_at(table, row: int) -> None:
    at = QPointF(40, table.rowViewportPosition(row) + 10)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        table.viewport().mapToGlobal(at),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(table.viewport(), move)


def painted_rows(table, act) -> set[int]:
    """The rows that are painted again because of an action."""

    class Watch(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint:
                rect = event.region()
                rows.update(
                    row
                    for row in table._visible_rows()
                    if rect.intersects(table.visualRect(table.runs.index(row, STATUS)))
                )
            return False

    rows: set[int] = set()
    QApplication.processEvents()
    watch = Watch()
    table.viewport().installEventFilter(watch)
    act()
    QApplication.processEvents()
    table.viewport().removeEventFilter(watch)
    return rows


# finding


def test_typing_narrows_the_runs(view, qtbot):
    qtbot.keyClicks(view.filter.line, "search failed")
    assert view.query == Query(text="search failed")
    assert view.table.runs.rowCount() == 0
    view.filter.line.clear()
    qtbot.keyClicks(view.filter.line, "basket")
    assert {view.table.runs.run(row).test_id for row in range(view.table.runs.rowCount())} == {12}


def test_the_number_of_runs_is_said(view):
    labels = lambda: [label.text() for label in view.filter.findChildren(QLabel)]  # noqa: E731
    assert labels() == ["200 runs"]
    view.filter.line.setText("basket")
    assert labels() == ["67 runs"]
    view.filter.line.setText(str(view.table.runs.id(0)))
    assert labels() == ["1 run"]


def test_escape_clears_the_filter_and_then_leaves_it(view, qtbot):
    view.focus_filter()
    qtbot.keyClicks(view.filter.line, "basket")
    qtbot.keyClick(view.filter.line, Qt.Key.Key_Escape)
    assert view.query.text == ""
    assert view.table.runs.rowCount() == 200
    qtbot.keyClick(view.filter.line, Qt.Key.Key_Escape)
    assert view.table.hasFocus()


def test_down_goes_from_the_filter_to_the_first_run(view, qtbot, chosen):
    view.focus_filter()
    qtbot.keyClicks(view.filter.line, "basket")
    qtbot.keyClick(view.filter.line, Qt.Key.Key_Down)
    assert view.table.hasFocus()
    assert chosen == [view.table.runs.id(0)]


def test_typing_over_the_table_goes_to_the_filter(view, qtbot):
    view.focus_table()
    qtbot.keyClicks(view.table, "b")
    assert view.filter.line.hasFocus()
    assert view.query.text == "b"


def test_a_filter_keeps_the_chosen_run_if_it_finds_it(view, chosen):
    run_id = view.table.runs.id(100)
    view.select_run(run_id)
    name = view.table.runs.index(100, TEST).data()
    view.filter.line.setText(name)
    assert view.selected_ids() == [run_id]
    view.filter.line.setText("nonsense")
    view.filter.line.clear()
    assert view.selected_ids() == [run_id], "it is there again, so it is selected again"
    assert chosen == [run_id], "all the while the same run"


def test_another_place_starts_without_a_filter_in_the_same_order(view, chosen):
    view.filter.line.setText("basket")
    view.table.show_query(replace(view.query, sort="vus"))
    view.select_run(view.table.runs.id(3))
    view.show_place("test", 21)
    assert view.query == Query(place="test", place_id=21, sort="vus")
    assert view.filter.line.text() == ""
    assert chosen[-1] is None, "the run is not here"


def test_a_place_that_has_the_chosen_run_keeps_it(view, chosen):
    view.select_run(view.table.runs.id(3))
    run = view.table.runs.run(3)
    view.show_place("test", run.test_id)
    assert view.selected_ids() == [run.id]
    assert chosen == [run.id]


def test_a_query_may_come_with_its_own_filter(view):
    view.show_query(Query(text="basket"))
    assert view.filter.line.text() == "basket"
    assert view.table.runs.rowCount() == 67


# walking


def test_walking_tells_the_run_under_the_cursor(view, qtbot, chosen):
    view.focus_table()
    qtbot.keyClick(view.table, Qt.Key.Key_Down)
    qtbot.keyClick(view.table, Qt.Key.Key_Right)
    qtbot.keyClick(view.table, Qt.Key.Key_End)
    qtbot.keyClick(view.table, Qt.Key.Key_Home)
    ids = [view.table.runs.id(row) for row in (0, 1, 199, 0)]
    assert chosen == ids, "a step to another cell of the same run says nothing"
    assert chosen[0] > 2**32


def test_return_and_double_click_open_a_run(view, qtbot):
    opened: list = []
    view.run_activated.connect(opened.append)
    view.focus_table()
    qtbot.keyClick(view.table, Qt.Key.Key_Return)
    at = view.table.visualRect(view.table.runs.index(2, TEST)).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert opened == [view.table.runs.id(0), view.table.runs.id(2)]


def test_tab_leaves_the_table(view, qtbot):
    view.focus_table()
    qtbot.keyClick(view.table, Qt.Key.Key_Tab)
    assert not view.table.hasFocus()


def test_a_run_is_gone_to_alone_whatever_keys_are_held_down(view, table):
    view.select_run(table.runs.id(0))
    for modifier in (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier):
        QTest.keyPress(table, Qt.Key.Key_F35, modifier)
        view.select_run(table.runs.id(4))
        assert view.selected_ids() == [table.runs.id(4)]
        view.select_run(table.runs.id(2))
        assert view.selected_ids() == [table.runs.id(2)]
    QTest.keyRelease(table, Qt.Key.Key_F35)


def test_a_run_that_is_not_here_cannot_be_chosen(view, chosen):
    assert not view.select_run(42)
    assert not view.contains(42)
    assert view.contains(view.table.runs.id(0))
    assert chosen == []


@pytest.mark.parametrize("reason", [QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard])
def test_the_menu_is_asked_for_the_chosen_run(view, reason):
    asked: list = []
    view.menu_requested.connect(lambda ids, at: asked.append((ids, at)))
    pointer = QPoint(7, 7)
    QApplication.sendEvent(view.table.viewport(), QContextMenuEvent(reason, pointer, pointer))
    assert asked == [], "no run, no menu"
    view.select_run(view.table.runs.id(4))
    QApplication.sendEvent(view.table.viewport(), QContextMenuEvent(reason, pointer, pointer))
    [(ids, at)] = asked
    assert ids == [view.table.runs.id(4)]
    below = view.table.visualRect(view.table.currentIndex()).bottomLeft()
    assert at == (pointer if reason == QContextMenuEvent.Reason.Mouse else view.table.viewport().mapToGlobal(below))


def test_shift_f10_asks_for_the_menu_below_the_current_row(view, table):
    asked: list = []
    view.menu_requested.connect(lambda ids, at: asked.append((ids, table.viewport().mapFromGlobal(at).y())))
    view.select_run(table.runs.id(4))
    table.verticalScrollBar().setValue(3000)
    QTest.keyClick(table, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    [(ids, y)] = asked
    assert ids == [table.runs.id(4)]
    assert 0 < y < table.viewport().height()


# staying in place while runs arrive


async def test_the_chosen_run_stays_where_it_is_on_the_screen(view, store, table, chosen, make_run, until):
    table.verticalScrollBar().setValue(1000)
    run_id = table.runs.id(table.rowAt(200))
    view.select_run(run_id)
    before = top_of(table, run_id)
    await store.put_runs([make_run(500), make_run(501)], ASKED_AT)
    await until(lambda: table.runs.rowCount() == 202)
    assert top_of(table, run_id) == before
    assert view.selected_ids() == [run_id]
    assert chosen == [run_id]


async def test_the_run_under_the_pointer_stays_there(view, store, table, make_run, until):
    point_at(table, 4)
    run_id = table.runs.id(4)
    before = top_of(table, run_id)
    await store.put_runs([make_run(500)], ASKED_AT)
    await until(lambda: table.runs.rowCount() == 201)
    assert top_of(table, run_id) == before


async def test_what_is_read_further_down_stays(view, store, table, make_run, until):
    table.verticalScrollBar().setValue(1003)
    run_id = table.runs.id(table.rowAt(0))
    before = top_of(table, run_id)
    await store.put_runs([make_run(500)], ASKED_AT)
    await until(lambda: table.runs.rowCount() == 201)
    assert top_of(table, run_id) == before


async def test_at_the_top_new_runs_come_into_sight(view, store, table, make_run, until):
    await store.put_runs([make_run(500)], ASKED_AT)
    await until(lambda: table.runs.rowCount() == 201)
    assert table.rowAt(0) == 0
    assert table.runs.id(0) == make_run(500).id


async def test_newer_runs_above_are_told_of_and_one_click_away(view, store, table, make_run, until):
    newer = view.findChild(QPushButton, "newer")
    view.select_run(table.runs.id(2))
    assert not newer.isVisible()
    await store.put_runs([make_run(2000), make_run(2001), make_run(2002)], datetime.now(UTC))
    await until(newer.isVisible)
    assert newer.text() == "3 newer"
    newer.click()
    assert table.verticalScrollBar().value() == 0
    assert not newer.isVisible()


async def test_where_the_newest_are_not_on_top_nobody_speaks_of_newer_runs(view, store, table, make_run, until):
    view.show_query(Query(sort="vus", descending=True))
    view.select_run(table.runs.id(2))
    await store.put_runs([make_run(2000)], datetime.now(UTC))
    await until(lambda: table.runs.rowCount() == 201)
    assert not view.findChild(QPushButton, "newer").isVisible()


async def test_a_pointer_that_only_lies_there_holds_nothing(view, store, table, make_run, until):
    QCursor.setPos(table.viewport().mapToGlobal(QPoint(40, 100)))
    await store.put_runs([make_run(2000)], datetime.now(UTC))
    await until(lambda: table.runs.rowCount() == 201)
    assert table.verticalScrollBar().value() == 0


def test_the_focus_by_tab_goes_to_the_first_run(view, table, qtbot, chosen):
    view.filter.line.setFocus()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert chosen == [table.runs.id(0)]


def test_the_focus_alone_chooses_nothing(view, table, chosen):
    table.setFocus(Qt.FocusReason.OtherFocusReason)
    assert chosen == []


async def test_a_chosen_run_that_leaves_the_list_stays_chosen(make_store, make_run, make_running, qtbot, until):
    store = make_store([make_running(1), make_running(2)])
    view = RunsView(store)
    qtbot.addWidget(view)
    chosen: list = []
    view.run_selected.connect(chosen.append)
    view.show_place("running")
    view.select_run(make_run(2).id)
    await store.put_runs([make_run(2)], ASKED_AT)
    await until(lambda: view.table.runs.rowCount() == 1)
    assert view.selected_ids() == []
    view.show_place("all")
    assert view.selected_ids() == [make_run(2).id]
    assert chosen == [make_run(2).id]


def test_no_row_is_lit_when_the_pointer_has_left(table):
    point_at(table, 2)
    lit = table.viewport().grab().toImage()
    QApplication.sendEvent(table.viewport(), QEvent(QEvent.Type.Leave))
    assert table.viewport().grab().toImage() != lit


# time


def test_every_second_only_the_runs_that_look_otherwise_are_painted(view, store, table, make_running, monkeypatch):
    begun = datetime(2026, 4, 6, 19, 0, tzinfo=UTC)
    moment = begun

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment

    def tick(seconds: float) -> set[int]:
        nonlocal moment
        moment = begun + timedelta(seconds=seconds)
        return painted_rows(table, table._move_time)

    monkeypatch.setattr("k6desk.ui.runs.table.datetime", Clock)
    quick = replace(make_running(198, estimated_s=120), status_details=Since(begun))
    slow = replace(make_running(196, estimated_s=36_000), status_details=Since(begun - timedelta(hours=5)))
    store._cache.put_runs([quick, slow])
    table.runs._rows.clear()
    table._clock.stop()
    assert len(tick(0)) > 2  # with every minute, all
    assert tick(1) == {1, 3}
    assert tick(11) == {1}
    assert tick(11) == set()
    assert len(tick(60)) > 2


def test_a_hidden_table_has_no_clock(view, table):
    assert table._clock.isActive()
    view.hide()
    assert not table._clock.isActive()
    view.show()
    assert table._clock.isActive()


# sorting and columns


def click_header(table, column: int) -> None:
    header = table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_a_header_sorts_and_a_second_one_turns_it_round(view, table, make_run):
    click_header(table, VUS)
    assert view.query == Query(sort="vus", descending=True)
    assert table.runs.id(0) == make_run(199).id
    click_header(table, VUS)
    assert view.query == Query(sort="vus", descending=False)
    assert table.runs.id(0) == make_run(0).id
    assert table.horizontalHeader().sortIndicatorSection() == VUS
    click_header(table, TEST)
    assert view.query == Query(sort="test", descending=False), "words begin with A, figures with the greatest"


def test_the_arrow_points_to_what_the_runs_are_sorted_by(view, table):
    assert table.horizontalHeader().sortIndicatorSection() == STARTED
    view.show_query(Query(sort="person", descending=False))
    assert table.horizontalHeader().sortIndicatorSection() == PERSON


@pytest.mark.parametrize("width", [360, 500, 800, 1000, 1600, 3000])
def test_columns_fit_themselves_to_the_window(view, table, width):
    view.resize(width, 400)
    QApplication.processEvents()
    assert {STATUS, TEST} <= shown_columns(table)
    assert table.horizontalHeader().length() == table.viewport().width()
    assert table.columnWidth(TEST) >= COLUMNS[TEST].width
    assert ID not in shown_columns(table)


def test_a_name_gives_room_to_when_a_run_was_started(view, table):
    header, names = table.horizontalHeader(), COLUMNS[TEST].width
    wide = COLUMNS[STATUS].width + names + COLUMNS[STARTED].width
    header.fit(wide)
    assert (table.columnWidth(TEST), STARTED in shown_columns(table)) == (names, True)
    header.fit(wide - names // 3)
    assert (table.columnWidth(TEST), STARTED in shown_columns(table)) == (names - names // 3, True)
    assert header.length() == wide - names // 3
    header.fit(wide - names // 3 - 1)
    assert STARTED not in shown_columns(table)
    assert table.columnWidth(TEST) >= names


def test_wider_windows_show_more_columns(view, table):
    shown = []
    for width in (360, 500, 800, 1000, 1600):
        view.resize(width, 400)
        QApplication.processEvents()
        shown.append(shown_columns(table))
    assert all(less <= more for less, more in pairwise(shown))
    assert NOTE not in shown[0]
    assert shown[-1] == set(range(len(COLUMNS))) - {EXPIRES, ID}


def test_when_results_expire_is_shown_where_it_matters(view, table):
    view.resize(800, 400)
    QApplication.processEvents()
    assert EXPIRES not in shown_columns(table)
    view.show_place("expiring")
    assert EXPIRES in shown_columns(table)
    view.show_place("recent")
    assert EXPIRES not in shown_columns(table)


def test_among_the_runs_of_one_test_its_name_makes_room(view, table):
    view.resize(400, 400)
    QApplication.processEvents()
    assert TEST in shown_columns(table)
    view.show_place("test", 11)
    assert TEST not in shown_columns(table)
    assert STARTED in shown_columns(table)
    assert table.horizontalHeader().length() == table.viewport().width()
    view.show_place("recent")
    assert TEST in shown_columns(table)


async def test_new_runs_are_no_choice_of_columns(view, store, table, make_run, until):
    await store.put_runs([make_run(2000)], datetime.now(UTC))
    await until(lambda: table.runs.rowCount() == 201)
    view.resize(1600, 400)
    QApplication.processEvents()
    assert table.horizontalHeader().length() == table.viewport().width()


def test_a_column_is_as_wide_as_its_text_needs_in_this_font(table):
    metrics = table.fontMetrics()
    for column in COLUMNS:
        assert column.width >= max(map(metrics.horizontalAdvance, column.sample.split("\n")))


def test_chosen_columns_stay_as_chosen(view, table):
    menu = table.columns.column_menu()
    actions = {action.text(): action for action in menu.actions()}
    assert not actions["Status"].isEnabled()
    actions["Run ID"].trigger()
    actions["Duration"].trigger()
    view.resize(1600, 400)
    QApplication.processEvents()
    assert ID in shown_columns(table)
    assert DURATION not in shown_columns(table)
    table.columns.column_menu().actions()[-1].trigger()
    assert table.horizontalHeader().length() == table.viewport().width()
    assert DURATION in shown_columns(table)


def test_a_width_set_by_hand_stays(view, table):
    table.columns.resizeSection(TEST, 333)
    view.resize(1400, 400)
    QApplication.processEvents()
    assert table.columnWidth(TEST) == 333


def test_columns_are_remembered(view, table, store, qtbot):
    table.columns.resizeSection(TEST, 333)
    table.columns.moveSection(0, 2)
    table.columns.column_menu().actions()[PERSON].trigger()
    shown = shown_columns(table)
    other = RunsView(store)
    qtbot.addWidget(other)
    assert other.restore_state(view.save_state())
    other.resize(1200, 400)
    assert shown_columns(other.table) == shown
    assert other.table.columnWidth(TEST) == 333
    assert other.table.columns.visualIndex(0) == 2
    assert other.table.columns.sortIndicatorSection() == STARTED


@pytest.mark.parametrize("state", [b"", b"rubbish", b"\x83"])
def test_columns_that_cannot_be_understood_are_left_as_they_are(view, table, state):
    before = shown_columns(table)
    assert not view.restore_state(state)
    assert shown_columns(table) == before


def test_the_header_asks_for_its_menu_without_waiting_for_it(view, table):
    table.columns.customContextMenuRequested.emit(QPoint(5, 5))
    [menu] = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QMenu) and widget.isVisible()]
    menu.close()


# nothing to show


def words_of(view) -> list[str]:
    return [label.text() for label in view.table.empty.findChildren(QLabel)]


def test_an_empty_table_says_why(make_store, qtbot):
    view = RunsView(make_store())
    qtbot.addWidget(view)
    view.show()
    pressed: list = []
    view.set_empty("sign-in", "Signed out", "Sign in to see <b>runs</b>.", "Sign in", lambda: pressed.append(1))
    assert view.table.empty.isVisible()
    assert words_of(view) == ["Signed out", "Sign in to see <b>runs</b>."]
    view.table.empty.findChild(QPushButton).click()
    assert pressed == [1]
    view.close()


def test_a_filter_without_a_match_can_be_cleared(view, qtbot):
    view.set_empty("empty", "No runs yet", "…")
    assert not view.table.empty.isVisible()
    view.filter.line.setText("<i>nothing</i>")
    assert view.table.empty.isVisible()
    assert words_of(view) == ["Nothing found", "No run here matches “<i>nothing</i>”."]
    view.table.empty.findChild(QPushButton).click()
    assert view.query.text == ""
    assert not view.table.empty.isVisible()


def test_a_link_in_the_filter_is_opened_and_a_bad_one_explained(view):
    wanted = []
    view.link_wanted.connect(wanted.append)
    view.filter.line.setText("https://myteam.grafana.net/a/k6-app/other/1")
    title, sentence = words_of(view)
    assert title == "Not a link to anything here"
    assert "leads to nothing" in sentence
    QTest.keyClick(view.filter.line, Qt.Key.Key_Return)
    assert (wanted, view.filter.line.text()) == ([], "https://myteam.grafana.net/a/k6-app/other/1")
    view.filter.line.setText("k6desk://run/123/cost")
    assert words_of(view) == ["This is a link", "It leads to run 123."]
    QTest.keyClick(view.filter.line, Qt.Key.Key_Return)
    assert (wanted, view.filter.line.text()) == (["k6desk://run/123/cost"], "")
    view.filter.line.setText("k6desk://run/124")
    view.table.empty.findChild(QPushButton).click()
    assert wanted[1:] == ["k6desk://run/124"]


async def test_the_first_run_takes_the_place_of_the_words(make_store, make_run, qtbot, until):
    store = make_store()
    view = RunsView(store)
    qtbot.addWidget(view)
    view.show()
    assert view.table.empty.isVisible()
    await store.put_runs([make_run(1)], ASKED_AT)
    await until(lambda: not view.table.empty.isVisible())
    view.close()


def test_labels_are_plain_text(view):
    for label in view.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText


# painting


@pytest.mark.parametrize("choice", ["light", "dark"])
def test_every_kind_of_run_is_painted_in_its_colour(make_store, make_run, make_running, qapp, view, choice):
    runs = [
        make_running(1, note="a note", is_starred=True),
        make_running(2, elapsed_s=400, estimated_s=60),
        make_running(3, estimated_s=0),
        *(
            make_run(4 + i, status=word, result=None, ended_at=None)
            for i, word in enumerate(("created", "queued", "??"))
        ),
        make_run(10, status="aborted", result="error"),
        make_run(11, result="passed"),
        make_run(12, result="failed", test_id=99, cost=None, max_vus=None, started_by="x" * 500),
    ]
    theme.apply(qapp, choice)
    store = make_store(runs)
    store._intents.begin("run", runs[0].id, "Aborting…")
    other = RunsView(store)
    other.resize(1600, 400)
    image = other.grab().toImage()
    other.deleteLater()
    found = {image.pixelColor(x, y).name() for x in range(8, 30) for y in range(image.height())}
    for role in ("running", "passed", "failed", "warning", "waiting"):
        assert theme.colour(role).name() in found


def test_the_chosen_row_is_tinted_from_end_to_end(view, table):
    view.select_run(table.runs.id(2))
    QApplication.processEvents()
    view.filter.line.setFocus()
    image = table.viewport().grab().toImage()
    y = table.rowViewportPosition(2) + 2
    assert {image.pixelColor(x, y).name() for x in (1, image.width() // 2, image.width() - 2)} == {
        theme.colour("selection").name()
    }


def test_the_chosen_row_tells_whether_the_keyboard_is_in_the_table(view, table):
    view.select_run(table.runs.id(2))
    edge = QPoint(1, table.rowViewportPosition(2) + 2)
    view.focus_filter()
    assert table.viewport().grab().toImage().pixelColor(edge) == theme.colour("selection")
    view.focus_table()
    assert table.viewport().grab().toImage().pixelColor(edge) == theme.colour("accent")
