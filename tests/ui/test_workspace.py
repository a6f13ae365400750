"""Explorer, runs and details of one account, together."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QMenu, QPushButton

from k6desk.core.place import Place
from k6desk.ui.dialogs.delete_runs import DeleteRunsDialog
from k6desk.ui.dialogs.name import NameDialog
from k6desk.ui.roles import DISPLAY
from k6desk.ui.workspace import Workspace


def newest(desk, place="recent"):
    desk.workspace.show_place(Place(place))
    return desk.session.store.run(desk.workspace.runs.table.runs.id(0))


async def test_a_run_is_shown_in_all_three_parts(desk):
    run = newest(desk)
    desk.go(Place("test", run.test_id))
    desk.go(Place("run", run.id, "cost"))
    assert desk.workspace.run.id == run.id
    assert desk.workspace.runs.selected_ids() == [run.id]
    assert (desk.workspace.details.run_id, desk.workspace.details.pane) == (run.id, "cost")
    assert desk.session.monitor is not None


async def test_a_run_that_the_list_does_not_hold_opens_among_the_runs_of_its_test(desk):
    run = newest(desk, "failed")
    desk.workspace.show_place(Place("running"))
    desk.go(Place("run", run.id))
    assert (desk.workspace.runs.query.place, desk.workspace.runs.query.place_id) == ("test", run.test_id)
    assert desk.workspace.runs.selected_ids() == [run.id]
    tree = desk.workspace.explorer.tree
    assert tree.currentIndex().data(DISPLAY) == desk.session.store.test(run.test_id).name


async def test_a_run_is_found_in_the_table_as_soon_as_all_are_known(
    session, tasks, go_live, dressed, qtbot, until, window
):
    window.show_session(session)
    window.complete(tasks)
    go_live()
    await until(session.store.projects)
    run_id = session.store.unfinished()[0].id
    window.go(Place("run", run_id))
    await session.store.load_index()
    assert window.workspace.runs.selected_ids() == [run_id]


async def test_another_place_keeps_what_is_being_read(desk):
    run = newest(desk)
    desk.go(Place("run", run.id))
    desk.go(Place("starred"))
    assert desk.workspace.run.id == run.id
    assert desk.workspace.details.run_id == run.id


async def test_actions_are_about_what_is_in_sight(desk):
    run = newest(desk)
    desk.go(Place("run", run.id))
    store, workspace = desk.session.store, desk.workspace
    other = next(project for project in store.projects() if project.id != run.project_id)
    desk.go(Place("project", other.id))
    assert workspace.details.run_id == run.id
    assert (workspace.test, workspace.project, workspace.run_ids) == (None, other, [])
    desk._allow()
    for name in ("start", "rename_test", "move", "delete_test", "schedule"):
        assert desk.actions_[name].toolTip().startswith("Choose a test first."), name
    for name in ("star", "save", "delete_runs"):
        assert desk.actions_[name].toolTip().startswith("Choose a run first."), name
    assert desk.actions_["copy_link"].isEnabled(), "it is about the run in the details"


async def test_a_filter_that_hides_the_run_takes_it_from_the_actions_at_once(desk):
    run = newest(desk)
    desk.workspace.runs.select_run(run.id)
    desk._allow()
    assert desk.actions_["star"].isEnabled()
    assert desk.actions_["rename_test"].isEnabled()
    desk.workspace.runs.filter.line.setText("there is no such run")
    desk.actions_["rename_test"].trigger()
    assert not desk.findChildren(NameDialog)
    assert desk.workspace.run_ids == []
    desk.workspace.runs.filter.line.clear()
    desk._allow()
    desk.actions_["rename_test"].trigger()
    desk.findChild(NameDialog).close()


async def test_a_run_that_is_in_no_list_yet_is_the_one_that_actions_are_about(desk):
    shown = newest(desk)
    desk.workspace.runs.select_run(shown.id)
    desk.go(Place("run", 1))
    assert desk.workspace.run_ids == [1]
    assert desk.workspace.test is None
    desk.workspace.runs.select_run(shown.id)
    assert desk.workspace.details.run_id == shown.id
    assert desk.workspace.run_ids == [shown.id]


async def test_a_menu_acts_on_what_it_was_opened_on(desk, until):
    run = newest(desk)
    table, store = desk.workspace.runs.table, desk.session.store
    starred = [table.runs.run(row) for row in range(table.runs.rowCount()) if not table.runs.run(row).is_starred]
    run, other = next((a, b) for a in starred for b in starred if a.test_id != b.test_id)
    desk.workspace.runs.select_run(run.id)
    table.menu_requested.emit(table.selected_ids(), QPoint(0, 0))
    menu = desk.findChild(QMenu, "", Qt.FindChildOption.FindDirectChildrenOnly)
    desk.go(Place("run", other.id))
    desk._allow()
    assert desk.workspace.details.run_id == other.id
    menu.close()
    desk.actions_["star"].trigger()  # as a click does, when the menu has gone
    await until(lambda: store.run(run.id).is_starred, 10)
    assert not store.run(other.id).is_starred
    assert desk.workspace.run_ids == [other.id], "and afterwards on what is chosen"
    assert desk.workspace.test.id == other.test_id


async def test_another_account_closes_the_menu_of_the_one_before(desk):
    newest(desk)
    desk.workspace.runs.table.menu_requested.emit([], QPoint(0, 0))
    menu = desk.findChild(QMenu, "", Qt.FindChildOption.FindDirectChildrenOnly)
    desk.show_session(None)
    assert not menu.isVisible()


async def test_the_delete_key_is_for_the_table_alone(desk, until):
    desk.go(Place("all"))
    table, store = desk.workspace.runs.table, desk.session.store
    ended = next(row for row in range(table.runs.rowCount()) if table.runs.run(row).is_finished)
    desk.workspace.runs.select_run(table.runs.id(ended))
    desk._allow()
    desk.activateWindow()
    desk.actions_["note"].trigger()
    note = desk.focusWidget()
    filter_ = desk.workspace.runs.filter.line
    for elsewhere in (note, filter_, desk.workspace.explorer.filter, desk.workspace.explorer.tree):
        elsewhere.setFocus()
        QTest.keyClick(elsewhere, Qt.Key.Key_Delete)
        assert not desk.findChildren(DeleteRunsDialog)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Delete)
    dialog = desk.findChild(DeleteRunsDialog)
    await until(dialog.isVisible)
    dialog.close()
    assert store.run(table.runs.id(ended))


async def test_the_keys_of_the_window_do_nothing_while_a_dialog_is_open(desk, until):
    run = newest(desk)
    desk.go(Place("test", run.test_id))
    desk._allow()
    desk.activateWindow()
    QTest.keyClick(desk.workspace.runs.table, Qt.Key.Key_F2)
    dialog = desk.findChild(NameDialog)
    await until(lambda: dialog.isActiveWindow())
    for key, modifiers in (
        (Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier),
    ):
        QTest.keyClick(dialog.field.line, key, modifiers)
    assert len(desk.findChildren(QDialog)) == 1
    dialog.close()


async def test_the_chosen_run_is_the_one_that_is_asked_often(desk, monkeypatch):
    asked = []
    monkeypatch.setattr(desk.session.monitor, "focus_run", asked.append)
    run = newest(desk)
    desk.go(Place("run", run.id))
    assert asked == [run.id]


async def test_details_go_where_the_user_wants_them(desk):
    runs, details = desk.workspace.runs, desk.workspace.details
    desk.workspace.show_detail_below(True)
    assert details.y() > runs.y()
    desk.workspace.show_detail_below(False)
    assert details.x() > runs.x()


async def test_sizes_and_columns_come_back(session, desk, tmp_path, qtbot):
    desk.workspace.explorer.parent().setSizes([300, 900])
    state = QSettings(str(tmp_path / "state.ini"), QSettings.Format.IniFormat)
    desk.workspace.save_state(state)
    again = Workspace(session, detail_below=False)
    qtbot.addWidget(again)
    again.resize(desk.workspace.size())
    again.restore_state(state)
    again.show()
    assert abs(again.explorer.width() - desk.workspace.explorer.width()) <= 2


async def test_before_anything_was_read_every_part_says_so(window, session):
    window.show_session(session)
    said = {label.text() for label in window.workspace.runs.table.empty.findChildren(QLabel)}
    assert "Reading runs…" in said
    model = window.workspace.explorer.model
    assert "Reading projects…" in [model.index(row, 0).data(DISPLAY) for row in range(model.rowCount())]


async def test_signed_out_says_so_and_offers_to_sign_in(window, session):
    window.show_session(session)
    session.connection.sign_out("The token is not accepted.")
    asked = []
    window.sign_in_wanted.connect(lambda: asked.append(True))
    button = window.workspace.runs.table.empty.findChild(QPushButton)
    assert button.text() == "Sign in…"
    button.click()
    assert asked == [True]
