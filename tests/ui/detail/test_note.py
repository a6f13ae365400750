"""Notes: nothing that anybody wrote is ever lost."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from k6desk.api.errors import Forbidden, TryLater
from k6desk.ui.detail.note import PAUSE_MS, NotePane


class Driver:
    """A user before the note pane."""

    def __init__(self, desk, pane) -> None:
        self.desk = desk
        self.pane = pane

    async def open(self, raw: dict) -> None:
        self.open_known(await self.desk.put(raw))

    def open_known(self, run_id: int) -> None:
        self.pane.present(self.desk.store.run(run_id), self.desk.store.detail(run_id))

    @property
    def editor(self) -> QPlainTextEdit:
        return next(each for each in self.pane.findChildren(QPlainTextEdit) if each.accessibleName() == "Note")

    @property
    def text(self) -> str:
        return self.editor.toPlainText()

    def write(self, text: str) -> None:
        self.editor.selectAll()
        QTest.keyClicks(self.editor, text)

    def write_on(self, text: str) -> None:
        QTest.keyClicks(self.editor, text)

    def button(self, name: str) -> QPushButton:
        return next(each for each in self.pane.findChildren(QPushButton) if each.text() == name)

    def click(self, name: str) -> None:
        button = self.button(name)
        assert button.isVisible()
        assert button.isEnabled()
        button.click()


@pytest.fixture
def user(desk, shown):
    return Driver(desk, shown(NotePane(desk.store, desk.commands, desk.tasks)))


async def test_a_note_is_saved_with_the_keyboard(desk, user, samples, until, words):
    await user.open(samples.raw_run(note="old"))
    assert not user.button("Save").isEnabled()
    user.write("new")
    QTest.keyClick(user.editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "new")
    await until(lambda: "Saved." in words(user.pane))
    assert desk.store.run(samples.ID).note == "new"
    assert desk.store.draft(samples.ID) is None


async def test_a_pause_in_typing_keeps_a_draft(desk, user, samples, until, words):
    await user.open(samples.raw_run(note="old"))
    user.write("half a thou")
    assert "Not sent yet." in words(user.pane)
    await until(lambda: desk.store.draft(samples.ID) is not None)
    assert (desk.store.draft(samples.ID).base, desk.store.draft(samples.ID).text) == ("old", "half a thou")
    user.open_known(samples.ID)
    assert "Draft on this computer, not sent." in words(user.pane)


async def test_a_draft_comes_back_with_its_run(desk, user, samples):
    await desk.put(samples.raw_run(note="old"))
    await desk.commands.notes.keep_draft(samples.ID, "old", "draft")
    user.open_known(samples.ID)
    assert user.text == "draft"
    assert user.button("Save").isEnabled()


async def test_going_to_another_run_keeps_what_was_typed_last(desk, user, samples, until):
    await user.open(samples.raw_run(note="old"))
    user.write("unfinished")
    await user.open(samples.raw_run(samples.ID + 1, note="other"))
    assert user.text == "other"
    await until(lambda: desk.store.draft(samples.ID) is not None)
    user.open_known(samples.ID)
    assert user.text == "unfinished"
    assert desk.store.draft(samples.ID + 1) is None


async def test_hiding_the_pane_keeps_what_was_typed_last(desk, user, samples, until):
    await user.open(samples.raw_run(note="old"))
    user.write("unfinished")
    user.pane.hide()
    await until(lambda: desk.store.draft(samples.ID) is not None)


async def test_typing_back_what_the_server_has_forgets_the_draft(desk, user, samples, until):
    await user.open(samples.raw_run(note="old"))
    user.write("new")
    await until(lambda: desk.store.draft(samples.ID) is not None)
    user.write("old")
    await until(lambda: desk.store.draft(samples.ID) is None)
    assert not user.button("Save").isEnabled()


async def test_a_new_note_from_the_server_appears_quietly_while_nobody_edits(desk, user, samples):
    await user.open(samples.raw_run(note="old"))
    await user.open(samples.raw_run(note="from a colleague"))
    assert user.text == "from a colleague"
    assert not user.button("Save").isEnabled()
    await asyncio.sleep(PAUSE_MS / 1000 * 1.2)
    assert desk.store.draft(samples.ID) is None


async def test_a_new_note_from_the_server_does_not_touch_what_is_edited(desk, user, samples, words):
    await user.open(samples.raw_run(note="old"))
    user.write("mine")
    at = user.editor.textCursor().position()
    await user.open(samples.raw_run(note="theirs"))
    assert user.text == "mine"
    assert user.editor.textCursor().position() == at
    assert "The note was changed on the server since you began." in words(user.pane)
    user.click("Compare…")
    shown_texts = {each.accessibleName(): each.toPlainText() for each in user.pane.findChildren(QPlainTextEdit)}
    assert (shown_texts["Yours"], shown_texts["On the server now"], shown_texts["Before both"]) == (
        "mine",
        "theirs",
        "old",
    )
    user.click("Go on editing")
    assert user.editor.isVisible()
    assert user.text == "mine"


@pytest.fixture
async def conflict(desk, user, samples, until):
    """The user saved, and a colleague had been faster."""
    await user.open(samples.raw_run(note="old"))
    user.write("mine")
    desk.cloud.runs[samples.ID]["note"] = "theirs"
    user.click("Save")
    await until(
        lambda: any(each.text() == "Combine" and each.isVisible() for each in user.pane.findChildren(QPushButton))
    )
    assert desk.cloud.runs[samples.ID]["note"] == "theirs", "nothing was overwritten"
    return user


async def test_theirs_can_be_used_and_mine_is_one_undo_away(desk, conflict, samples, until):
    conflict.click("Use theirs")
    assert conflict.text == "theirs"
    await until(lambda: desk.store.draft(samples.ID) is None)
    conflict.editor.undo()
    assert conflict.text == "mine"
    assert conflict.button("Save").isEnabled()


async def test_mine_can_be_kept(desk, conflict, samples, until):
    conflict.click("Send mine (overwrite)")
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "mine")
    await until(lambda: desk.store.draft(samples.ID) is None)
    assert conflict.text == "mine"


async def test_both_can_be_combined_and_are_not_sent_before_the_user_says_so(desk, conflict, samples, until):
    conflict.click("Combine")
    assert conflict.text == "theirs\nmine"
    assert desk.cloud.runs[samples.ID]["note"] == "theirs"
    conflict.click("Save")
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "theirs\nmine")


async def test_the_keyboard_stays_with_the_note(desk, conflict):
    assert conflict.pane.window().focusWidget().accessibleName() == "Yours"
    conflict.click("Go on editing")
    assert conflict.pane.window().focusWidget() is conflict.editor
    conflict.click("Save")
    assert conflict.pane.window().focusWidget() is conflict.editor


async def test_a_third_version_during_the_decision_is_shown_and_not_overwritten(desk, conflict, samples, until, words):
    await conflict.open(samples.raw_run(note="theirs again"))
    conflict.click("Send mine (overwrite)")
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "mine")


async def test_a_colleague_who_is_faster_again_is_asked_about_again(desk, conflict, samples, until):
    desk.cloud.runs[samples.ID]["note"] = "theirs again"
    conflict.click("Send mine (overwrite)")
    await until(lambda: conflict.button("Combine").isVisible())
    assert desk.cloud.runs[samples.ID]["note"] == "theirs again"


async def test_a_failure_keeps_the_text_and_can_be_tried_again(desk, user, samples, until, words):
    await user.open(samples.raw_run(note="old"))
    user.write("new")
    desk.cloud.error = Forbidden("Not for this token.", status=403)
    user.click("Save")
    await until(lambda: "Not saved: Not for this token." in words(user.pane))
    assert "Draft on this computer, not sent." in words(user.pane)
    assert user.text == "new"
    assert desk.store.draft(samples.ID).text == "new"
    desk.cloud.error = None
    user.click("Try again")
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "new")


WAITS = "Saved on this computer; it is sent when the server answers."


@pytest.fixture
async def offline(desk, user, samples, until, words):
    """The user saved a note while the server was away."""
    await user.open(samples.raw_run(note="old"))
    await desk.go_offline()
    user.write("new")
    user.click("Save")
    await until(lambda: WAITS in words(user.pane))
    return user


async def test_a_note_saved_without_a_server_is_on_the_disk_and_arrives_later(desk, offline, samples, until, words):
    queued = desk.store.queued_note(samples.ID)
    assert (queued.base, queued.text, queued.run_name) == ("old", "new", "Checkout ramp")
    assert not offline.button("Save").isVisible()
    await desk.go_online()
    await until(lambda: desk.store.queued_note(samples.ID) is None)
    assert desk.cloud.runs[samples.ID]["note"] == "new"
    offline.open_known(samples.ID)
    assert WAITS not in words(offline.pane)
    assert not offline.button("Save").isEnabled()


async def test_a_server_that_has_a_problem_gets_the_note_later(desk, user, samples, until, words):
    await user.open(samples.raw_run(note="old"))
    desk.cloud.error = TryLater("The server has a problem.", status=503)
    user.write("new")
    user.click("Save")
    await until(lambda: WAITS in words(user.pane))


async def test_it_is_not_called_saved_where_no_disk_keeps_it(desk, user, samples, until, words, monkeypatch):
    await user.open(samples.raw_run(note="old"))
    await desk.go_offline()
    monkeypatch.setattr(type(desk.store), "is_saved", False)
    user.write("new")
    user.click("Save")
    await until(lambda: "This computer’s disk cannot keep it" in words(user.pane))
    assert "Saved on this computer" not in words(user.pane)


async def test_what_is_typed_after_saving_is_sent_only_when_it_is_saved(desk, offline, samples, until, words):
    offline.write("newer")
    assert "Changed since you saved it" in words(offline.pane)
    await until(lambda: desk.store.draft(samples.ID) is not None)
    assert desk.store.queued_note(samples.ID).text == "new"
    offline.click("Save")
    await until(lambda: desk.store.queued_note(samples.ID).text == "newer")
    assert desk.store.queued_note(samples.ID).base == "old"
    assert desk.store.draft(samples.ID) is None


async def test_what_was_typed_while_the_note_was_sent_began_from_that_note(desk, offline, samples, until, words):
    offline.write("newer")
    await until(lambda: desk.store.draft(samples.ID) is not None)
    await desk.go_online()
    await until(lambda: desk.store.queued_note(samples.ID) is None)
    offline.open_known(samples.ID)
    assert offline.text == "newer"
    assert "changed on the server" not in words(offline.pane)
    assert desk.store.draft(samples.ID).base == "new"
    offline.click("Save")
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "newer")


async def test_a_note_that_is_not_to_be_sent_stays_as_a_draft(desk, offline, samples, until, words):
    offline.click("Don’t send")
    await until(lambda: desk.store.queued_note(samples.ID) is None)
    offline.open_known(samples.ID)
    assert offline.text == "new"
    assert "Draft on this computer, not sent." in words(offline.pane)
    await desk.go_online()
    await asyncio.sleep(0.05)
    assert desk.cloud.runs[samples.ID]["note"] == "old"


async def test_a_colleague_who_was_faster_is_shown_beside_what_both_began_from(desk, offline, samples, until, words):
    desk.cloud.runs[samples.ID]["note"] = "theirs"
    await desk.go_online()
    await until(lambda: desk.store.draft(samples.ID) is not None)
    assert desk.cloud.runs[samples.ID]["note"] == "theirs"
    offline.open_known(samples.ID)
    assert "The note was changed on the server since you began." in words(offline.pane)
    offline.pane.compare()
    shown = {each.accessibleName(): each for each in offline.pane.findChildren(QPlainTextEdit)}
    texts = {name: view.toPlainText() for name, view in shown.items()}
    assert (texts["Yours"], texts["On the server now"], texts["Before both"]) == ("new", "theirs", "old")
    assert "Yours: 1 word added, 1 removed" in words(offline.pane)
    (mark,) = shown["Yours"].extraSelections()
    assert mark.cursor.selectedText() == "new"
    (mark,) = shown["Before both"].extraSelections()
    assert mark.cursor.selectedText() == "old"


async def test_why_the_server_did_not_take_it_is_there_until_the_text_is_changed(desk, offline, samples, until, words):
    await desk.store.take_out_note(samples.ID, "The server says no.")
    offline.open_known(samples.ID)
    assert "Not sent: The server says no." in words(offline.pane)
    offline.write("another")
    await until(lambda: desk.store.draft(samples.ID).text == "another")
    offline.open_known(samples.ID)
    assert "The server says no." not in words(offline.pane)


async def test_marks_stand_where_they_belong_behind_characters_of_two_units(desk, user, samples, words):
    await user.open(samples.raw_run(note="🚀 old"))
    user.editor.moveCursor(QTextCursor.MoveOperation.End)
    user.write_on(" and new")
    await user.open(samples.raw_run(note="theirs"))
    user.click("Compare…")
    view = next(each for each in user.pane.findChildren(QPlainTextEdit) if each.accessibleName() == "Yours")
    assert "".join(mark.cursor.selectedText() for mark in view.extraSelections()).strip() == "and new"


async def test_a_save_that_ends_after_its_run_was_left_touches_no_other_run(desk, user, samples, until):
    await user.open(samples.raw_run(note="old"))
    await desk.put(samples.raw_run(samples.ID + 1, note="other"))
    user.write("new")
    user.click("Save")
    user.open_known(samples.ID + 1)
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "new")
    await until(lambda: desk.store.draft(samples.ID) is None)
    assert user.text == "other"
    assert desk.cloud.runs[samples.ID + 1]["note"] == "other"


async def test_revert_goes_back_to_the_server_and_undo_back_to_the_text(desk, user, samples, until):
    await user.open(samples.raw_run(note="old"))
    user.write("new")
    user.click("Revert")
    assert user.text == "old"
    user.editor.undo()
    assert user.text == "new"


async def test_markup_in_a_note_stays_text(desk, user, samples):
    await user.open(samples.raw_run(note="<b>bold</b>"))
    assert user.text == "<b>bold</b>"
