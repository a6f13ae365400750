"""What the window offers for work without a connection."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QPushButton, QSpinBox, QToolButton

from k6desk.core.connection import State
from k6desk.core.scripts import script_sync
from k6desk.data.query import Query
from k6desk.ui.dialogs.library_settings import LibrarySettings
from k6desk.ui.status_parts import ScriptProgress, WaitingNotes


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(script_sync, "PAUSE_S", 0.0)
    monkeypatch.setattr(script_sync, "PAUSE_WHILE_LIVE_S", 0.0)
    monkeypatch.setattr(script_sync, "LISTS_S", 0.01)


@pytest.fixture
def notes(desk):
    return desk.findChild(WaitingNotes)


@pytest.fixture
def progress(desk):
    return desk.findChild(ScriptProgress)


@pytest.fixture
async def away(desk, session, faults, until):
    faults.error_rate = 1.0
    session.monitor.poke()
    await until(lambda: session.connection.state in {State.OFFLINE, State.STALE})
    return session


def two_runs(session):
    runs = map(session.store.run, session.store.select(Query(place="recent")))
    return [run for run in runs if run.is_finished][:2]


async def test_waiting_notes_are_counted_and_a_click_leads_to_the_first(desk, away, notes, until):
    assert not notes.isVisible()
    first, second = two_runs(away)
    await away.outbox.save(second.id, second.note, "one")
    assert notes.text() == "1 note waits to be sent"
    await away.outbox.save(first.id, first.note, "two")
    assert notes.text() == "2 notes wait to be sent"
    assert away.store.name_of(second) in notes.toolTip()
    notes.click()
    assert desk.workspace.run.id == second.id
    assert desk.workspace.details.pane == "note"


async def test_notes_that_were_sent_are_counted_no_more(desk, away, notes, faults, until):
    run = two_runs(away)[0]
    await away.outbox.save(run.id, run.note, "one")
    faults.error_rate = 0.0
    away.monitor.poke()
    await until(lambda: not notes.isVisible(), 20)
    assert away.store.run(run.id).note == "one"


async def test_compare_opens_both_versions(desk, away, notes, faults, world, until):
    run = two_runs(away)[0]
    await away.outbox.save(run.id, run.note, "mine")
    world.set_note(world.run(run.id), "theirs")
    faults.error_rate = 0.0
    away.monitor.poke()
    await until(lambda: notes.text() == "1 note not sent", 20)
    (notice,) = [one for one in away.notices.current() if one.key == f"note:{run.id}"]
    notice.on_action()
    shown = {view.accessibleName(): view for view in desk.workspace.details.note_pane.findChildren(QPlainTextEdit)}
    await until(lambda: shown["Yours"].isVisible())
    assert (shown["Yours"].toPlainText(), shown["On the server now"].toPlainText()) == ("mine", "theirs")


async def test_the_text_of_a_run_that_is_gone_can_be_copied(desk, away, notes, faults, world, until):
    run = two_runs(away)[0]
    await away.outbox.save(run.id, run.note, "mine")
    world.delete_run(world.run(run.id))
    faults.error_rate = 0.0
    away.monitor.poke()
    await until(lambda: notes.text() == "1 note not sent", 20)
    away.notices.clear(f"note:{run.id}")
    notes.click()
    (notice,) = [one for one in away.notices.current() if one.key == f"note:{run.id}"]
    assert "no longer there" in notice.text
    notice.on_action()
    assert QGuiApplication.clipboard().text() == "mine"


async def test_scripts_are_fetched_unless_that_is_switched_off(desk, session, settings, until):
    assert session.script_sync.progress != "off"
    await until(lambda: len(session.store.script_digests()) > 2, 20)
    desk._choose(fetch_scripts=False)
    await until(lambda: session.script_sync.progress == "off")


async def test_fetching_can_be_paused_in_the_status_line_and_that_is_remembered(
    desk, session, settings, progress, until
):
    await until(lambda: progress.isVisible() and session.script_sync.total, 20)
    button = progress.findChild(QToolButton)
    assert button.accessibleName() == "Pause fetching scripts"
    button.click()
    await until(lambda: session.script_sync.progress == "paused")
    assert button.accessibleName() == "Go on fetching scripts"
    assert settings.choices.fetching_paused
    button.click()
    await until(lambda: not progress.isVisible(), 30)
    assert session.script_sync.done == session.script_sync.total


@pytest.fixture
def dialog(desk):
    desk.actions_["library_settings"].trigger()
    return desk.findChild(LibrarySettings)


def box(dialog, words):
    return next(each for each in dialog.findChildren(QCheckBox) if each.text() == words)


async def test_the_dialog_tells_what_there_is_and_where(dialog, session, words, until, tmp_path):
    assert str(tmp_path / "library.db") in words(dialog)
    assert "k6desk never deletes this file." in words(dialog)
    await session.store.keep_run(two_runs(session)[0].id, "chosen")
    await until(lambda: "1, less than 0.1 MB" in words(dialog).partition("Kept runs")[2])
    dialog.reject()


async def test_choices_take_effect_at_once_and_are_kept(dialog, desk, session, settings, until):
    assert box(dialog, "Fetch scripts in the background").isChecked()
    box(dialog, "Keep every starred run").click()
    assert settings.choices.keep_starred
    await until(lambda: session.store.kept_ids(), 20)
    limit = dialog.findChild(QSpinBox)
    limit.setValue(50)
    assert session.script_sync.limit == 50_000_000
    box(dialog, "Fetch scripts in the background").click()
    assert not limit.isEnabled()
    assert type(settings)(settings.window_state.parent).choices == settings.choices
    next(each for each in dialog.findChildren(QPushButton) if each.text() == "Close").click()
    assert not dialog.isVisible()
