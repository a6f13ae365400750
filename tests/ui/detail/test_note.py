"""Notes: nothing that anybody wrote is ever lost."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPlainTextEdit, QPushButton

from k6desk.api.errors import TryLater
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
    assert "Kept on this computer, not sent." in words(user.pane)


async def test_a_draft_comes_back_with_its_run(desk, user, samples):
    await desk.put(samples.raw_run(note="old"))
    await desk.commands.keep_draft(samples.ID, "old", "draft")
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
    conflict.click("Keep mine (overwrite)")
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "mine")
    await until(lambda: desk.store.draft(samples.ID) is None)
    assert conflict.text == "mine"


async def test_both_can_be_combined_and_are_not_sent_before_the_user_says_so(desk, conflict, samples, until):
    conflict.click("Combine")
    assert conflict.text == "theirs\n\nmine"
    assert desk.cloud.runs[samples.ID]["note"] == "theirs"
    conflict.click("Save")
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "theirs\n\nmine")


async def test_the_keyboard_stays_with_the_note(desk, conflict):
    assert conflict.pane.window().focusWidget().accessibleName() == "Yours"
    conflict.click("Go on editing")
    assert conflict.pane.window().focusWidget() is conflict.editor
    conflict.click("Save")
    assert conflict.pane.window().focusWidget() is conflict.editor


async def test_a_third_version_during_the_decision_is_shown_and_not_overwritten(desk, conflict, samples, until, words):
    await conflict.open(samples.raw_run(note="theirs again"))
    conflict.click("Keep mine (overwrite)")
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "mine")


async def test_a_colleague_who_is_faster_again_is_asked_about_again(desk, conflict, samples, until):
    desk.cloud.runs[samples.ID]["note"] = "theirs again"
    conflict.click("Keep mine (overwrite)")
    await until(lambda: conflict.button("Combine").isVisible())
    assert desk.cloud.runs[samples.ID]["note"] == "theirs again"


async def test_a_failure_keeps_the_text_and_can_be_tried_again(desk, user, samples, until, words):
    await user.open(samples.raw_run(note="old"))
    user.write("new")
    desk.cloud.error = TryLater("The server has a problem.", status=503)
    user.click("Save")
    await until(lambda: "Not saved: The server has a problem." in words(user.pane))
    assert "Kept on this computer, not sent." in words(user.pane)
    assert user.text == "new"
    assert desk.store.draft(samples.ID).text == "new"
    desk.cloud.error = None
    user.click("Try again")
    await until(lambda: desk.cloud.runs[samples.ID]["note"] == "new")


async def test_without_a_server_a_note_is_kept_and_says_why_it_is_not_sent(desk, user, samples, until, words):
    await user.open(samples.raw_run(note="old"))
    await desk.go_offline()
    user.write("new")
    assert not user.button("Save").isEnabled()
    await until(lambda: desk.store.draft(samples.ID) is not None)
    user.open_known(samples.ID)
    reason = "Kept on this computer, not sent: not possible while the server cannot be reached."
    assert reason in words(user.pane)


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
