"""Explorer, runs and details of one account, together."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel, QPushButton

from k6desk.core.place import Place
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
