"""What one can do to the chosen run."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLabel, QMessageBox

from k6desk.core.place import Place
from tests.conftest import assert_plain_text


def choose(desk, place):
    desk.go(Place(place))
    run = desk.session.store.run(desk.workspace.runs.table.runs.id(0))
    desk.go(Place("run", run.id))
    return run


async def choose_running(desk, until):
    await until(lambda: any(run.status == "running" for run in desk.session.store.unfinished()))
    run = next(run for run in desk.session.store.unfinished() if run.status == "running")
    desk.go(Place("run", run.id))
    return run


async def test_without_a_run_every_action_says_what_is_missing(desk):
    for name in ("abort", "note", "script", "copy_id", "copy_link", "open_web", "watch"):
        assert not desk.actions_[name].isEnabled()
        assert desk.actions_[name].toolTip().startswith("Choose a run first.")


async def test_without_an_account_too(window):
    assert window.actions_["abort"].toolTip().startswith("Sign in first.")


async def test_an_ended_run_cannot_be_aborted_or_waited_for(desk):
    choose(desk, "failed")
    for name in ("abort", "watch"):
        assert not desk.actions_[name].isEnabled()
        assert desk.actions_[name].toolTip().startswith("This run has already ended.")
    assert desk.actions_["note"].isEnabled()


async def test_abort_asks_first_and_esc_keeps_the_run(desk, until):
    run = await choose_running(desk, until)
    desk.actions_["abort"].trigger()
    box = desk.findChild(QMessageBox)
    assert desk.session.store.test(run.test_id).name[:20] in box.text()
    assert str(run.id) in box.informativeText()
    assert box.defaultButton().text() == box.escapeButton().text() == "Keep running"
    box.escapeButton().click()
    assert desk.session.store.intent(run.id) is None


async def test_abort_is_of_the_run_that_was_asked_about(desk, until, clock):
    run = await choose_running(desk, until)
    desk.actions_["abort"].trigger()
    box = desk.findChild(QMessageBox)
    choose(desk, "failed")
    next(button for button in box.buttons() if button.text() == "Abort run").click()
    await until(lambda: desk.session.store.intent(run.id))
    clock.forward(60)
    desk.actions_["refresh"].trigger()
    await until(lambda: desk.session.store.run(run.id).outcome == "aborted", 10)


async def test_edit_note_opens_the_note_and_puts_the_cursor_there(desk):
    choose(desk, "failed")
    desk.actions_["note"].trigger()
    assert desk.workspace.details.pane == "note"


async def test_copies_are_what_they_say(desk):
    run = choose(desk, "failed")
    desk.actions_["copy_id"].trigger()
    assert QGuiApplication.clipboard().text() == str(run.id)
    desk.actions_["copy_link"].trigger()
    link = QGuiApplication.clipboard().text()
    assert link.startswith(desk.session.account.stack_url)
    assert str(run.id) in link


async def test_the_web_app_opens_at_the_run(desk, monkeypatch):
    opened = []
    monkeypatch.setattr("k6desk.ui.outside.QDesktopServices.openUrl", lambda url: opened.append(url.toString()))
    run = choose(desk, "failed")
    desk.actions_["open_web"].trigger()
    assert str(run.id) in opened[0]


async def test_watching_is_a_switch(desk, until):
    run = await choose_running(desk, until)
    was_watched = desk.is_watched(run)
    desk.actions_["watch"].trigger()
    assert desk.is_watched(run)
    assert desk.actions_["watch"].isChecked()
    desk.actions_["watch"].trigger()
    assert desk.is_watched(run) is was_watched


async def test_a_person_is_watched_beyond_this_start(desk, settings):
    desk.go(Place("all"))
    table = desk.workspace.runs.table.runs
    run = next(run for row in range(table.rowCount()) if (run := table.run(row)).started_by)
    desk.go(Place("run", run.id))
    desk.actions_["watch_person"].trigger()
    assert settings.choices.watched_people == (run.started_by,)
    assert desk.is_watched(run)
    desk.actions_["watch_person"].trigger()
    assert settings.choices.watched_people == ()


@pytest.fixture
async def save_dialog(desk, until):
    choose(desk, "failed")
    desk.actions_["script"].trigger()
    await until(lambda: desk.findChild(QFileDialog), 10)
    return desk.findChild(QFileDialog)


async def test_a_script_is_saved_where_the_user_says(save_dialog, tmp_path, notices, until):
    path = tmp_path / "script.js"
    save_dialog.fileSelected.emit(str(path))
    await until(lambda: any("saved as script.js" in notice.text for notice in notices.current()))
    assert path.stat().st_size > 0


async def test_a_script_that_cannot_be_saved_is_said(save_dialog, tmp_path, notices, until):
    (tmp_path / "file").touch()
    save_dialog.fileSelected.emit(str(tmp_path / "file" / "script.js"))
    await until(lambda: any("was not saved" in one.text and one.level == "error" for one in notices.current()))


async def test_the_confirmation_shows_names_as_they_are(desk, until):
    await choose_running(desk, until)
    desk.actions_["abort"].trigger()
    box = desk.findChild(QMessageBox)
    assert_plain_text(box)
    assert box.findChildren(QLabel)
    box.escapeButton().click()
