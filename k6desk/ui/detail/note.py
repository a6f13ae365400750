"""The note of a run: written here, kept on this computer until the server has it, never lost to a colleague's."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from k6desk.api.errors import CloudError
from k6desk.api.models import Run, RunDetail
from k6desk.core.commands import Commands
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.data.note_queue import QueuedNote
from k6desk.ui.detail.note_conflict import NoteConflict
from k6desk.ui.detail.pane import Pane
from k6desk.ui.parts import button, columns, say, sign, wrapping
from k6desk.ui.text import tooltip

PAUSE_MS = 600
PROMPT = "What should the next reader of this run know?"
CHANGED = "The note was changed on the server since you began."
SEND, KEEP = "Save to Grafana Cloud k6 (Ctrl+S)", "Save on this computer; it is sent when the server answers (Ctrl+S)"


class NotePane(Pane):
    """An editor bound to a run's id.

    `_base` is the server's note that the text began from. While the text differs from it the text is the user's: it is
    kept as a draft on every pause in typing, and a note that arrives from the server does not touch it. What was saved
    without a server waits in the outbox; what is typed after that is a draft over it.
    """

    name = "note"
    title = "Note"
    scrolls = False

    def __init__(self, store: Store, commands: Commands, tasks: Tasks) -> None:
        super().__init__(store, commands, tasks)
        self._run_id: int | None = None
        self._base = ""
        self._on_its_way: str | None = None  # what waited to be sent when that was last looked at
        self._saved = False
        self._saving: set[int] = set()
        self._failures: dict[int, str] = {}
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._keep)
        self._editor = QPlainTextEdit()
        self._state = wrapping(muted=True)
        self._failure = wrapping()
        self._failure_row = sign("warning", "warning", self._failure)
        self._compare_button = button("Compare…", "Show your text beside the one on the server", self._compare)
        self._cancel_button = button("Don’t send", "Keep this text here as a draft, and do not send it", self._cancel)
        self._revert_button = button(
            "Revert", "Go back to the note as it was saved; Ctrl+Z brings your text back", self._revert
        )
        self._save_button = button("Save", SEND, self.save)
        self._conflict = NoteConflict()
        self._conflict.hide()
        self._conflict.chosen.connect(self._go_on_with)
        self._conflict.overwrite_chosen.connect(self._send)
        self._conflict.dismissed.connect(self._put_off)
        self._set_up_editor()
        self.setFocusProxy(self._editor)
        self.rows.addWidget(self._editor, 1)
        self.rows.addWidget(self._conflict, 1)
        self.rows.addWidget(self._failure_row)
        buttons = (self._compare_button, self._cancel_button, self._revert_button, self._save_button)
        self.rows.addLayout(columns(self._state, *buttons, stretch=0))

    @property
    def is_edited(self) -> bool:
        """Whether the editor holds something that the server does not have and that does not wait to be sent to it."""
        queued = self._queued
        return self._editor.toPlainText() != (queued.text if queued else self._base)

    @property
    def _queued(self) -> QueuedNote | None:
        return None if self._run_id is None else self.store.queued_note(self._run_id)

    @property
    def _is_deciding(self) -> bool:
        return not self._conflict.isHidden()

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        self.show_content()
        queued = self.store.queued_note(run.id)
        if run.id != self._run_id:
            self._begin(run, queued)
        elif run.note == self._on_its_way:
            self._base = run.note  # it has arrived, and what was typed since began from it
        elif run.note == self._editor.toPlainText():
            if run.note != self._base:
                self._base = run.note
                self._keep()
        elif not self.is_edited:
            if queued is None:
                self._base = run.note
                self._put(run.note)
        elif self._is_deciding and run.note != self._base:
            self._compare()
        self._on_its_way = queued.text if queued else None
        self._show_state()

    def leave(self) -> None:
        if self._pause.isActive():
            self._keep()

    def save(self) -> None:
        """Send the note to the server."""
        if self.is_edited and not self._is_deciding and self._save_button.isEnabled():
            self._send(self._base)

    def compare(self) -> None:
        """Show the versions of a note that somebody else has changed, too."""
        if self.run and self.is_edited and self.run.note not in {self._base, self._editor.toPlainText()}:
            self._compare()

    def _begin(self, run: Run, queued: QueuedNote | None) -> None:
        mine = self.store.draft(run.id) or queued
        self._run_id = run.id
        self._base = mine.base if mine else run.note
        self._saved = False
        with QSignalBlocker(self._editor):
            self._editor.setPlainText(mine.text if mine else run.note)
        self._conflict.hide()

    def _send(self, base: str) -> None:
        run_id = self._run_id
        if run_id is None or run_id in self._saving:
            return
        self._pause.stop()
        self._conflict.hide()
        self._failures.pop(run_id, None)
        self._saving.add(run_id)
        self._base = base
        text = self._editor.toPlainText()
        self.tasks.spawn(self._save(run_id, base, text), name="save a note", key=f"note:{run_id}", owner=self)
        self._show_state()
        self._editor.setFocus()  # from a button that is now disabled or gone

    async def _save(self, run_id: int, base: str, text: str) -> None:
        try:
            theirs = await self.commands.outbox.save(run_id, base, text)
        except CloudError as error:
            self._failures[run_id] = str(error)
        else:
            if run_id == self._run_id and theirs is None:
                if queued := self.store.queued_note(run_id):
                    self._on_its_way = queued.text
                else:
                    self._base = text
                    self._saved = True
            elif run_id == self._run_id and theirs is not None:
                self._conflict.show_versions(text, theirs, base)
        finally:
            self._saving.discard(run_id)
        if run_id == self._run_id:  # not reached when the pane is destroyed, which cancels this
            self._show_state()

    def _edited(self) -> None:
        self._saved = False
        self._pause.start()
        self._show_state()

    def _keep(self) -> None:
        """Keep the text on this computer, or forget it when it is what the server has."""
        self._pause.stop()
        if self._run_id is None or self._run_id in self._saving:
            return
        if self.is_edited:
            keep = self.commands.notes.keep_draft(self._run_id, self._base, self._editor.toPlainText())
            self.tasks.spawn(keep, name="keep a note")
        else:
            self.tasks.spawn(self.commands.notes.drop_draft(self._run_id), name="forget a draft")

    def _go_on_with(self, text: str, base: str) -> None:
        self._base = base
        self._put(text)
        self._conflict.hide()
        self._keep()
        self._show_state()
        self._editor.setFocus()

    def _revert(self) -> None:
        if queued := self._queued:
            self._go_on_with(queued.text, self._base)
        else:
            note = self.run.note if self.run else self._base
            self._go_on_with(note, note)

    def _cancel(self) -> None:
        if self._run_id is not None:
            self.tasks.spawn(self.commands.outbox.cancel(self._run_id), name="do not send a note")
            self._editor.setFocus()  # the button goes

    def _compare(self) -> None:
        if self.run:
            self._conflict.show_versions(self._editor.toPlainText(), self.run.note, self._base)
            self._show_state()

    def _put_off(self) -> None:
        self._conflict.hide()
        self._show_state()
        self._editor.setFocus()

    def _put(self, text: str) -> None:
        """Replace the text so that undo brings the former one back, and leave the cursor where it was."""
        at = self._editor.textCursor().position()
        with QSignalBlocker(self._editor):
            cursor = self._editor.textCursor()
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(text)
            cursor.setPosition(min(at, len(self._editor.toPlainText())))
            self._editor.setTextCursor(cursor)

    def _show_state(self) -> None:
        run_id = self._run_id
        if run_id is None:
            return
        saving, edited, waits = run_id in self._saving, self.is_edited, self._queued is not None
        deciding = self._is_deciding
        changed = edited and self.run is not None and self.run.note not in {self._base, self._on_its_way}
        gone = self.commands.why_gone(run_id)
        if deciding and self.window().focusWidget() in {self._editor, self._compare_button}:
            self._conflict.setFocus()
        self._editor.setVisible(not deciding)
        refusal = None if edited or waits else self.commands.refusal("note", self.run)
        self._editor.setReadOnly(saving or refusal is not None)
        self._editor.setPlaceholderText("" if refusal else PROMPT)
        say(self._state, refusal or self._words(run_id, saving=saving, waits=waits, gone=gone))
        failure = self._failure_words(run_id) if edited and not changed else ""
        say(self._failure, CHANGED if changed else failure)
        self._failure_row.setVisible(bool(failure or changed) and not deciding)
        self._compare_button.setVisible(changed and not deciding)
        self._cancel_button.setVisible(waits and not deciding and not saving)
        self._revert_button.setEnabled(edited and not saving)
        self._save_button.setEnabled(edited and not saving and not gone)
        self._save_button.setText("Try again" if failure else "Save")
        self._save_button.setToolTip(tooltip(KEEP if self.commands.why_not_connected() else SEND))
        for one in (self._revert_button, self._save_button):
            one.setVisible(not deciding and (edited or not waits))

    def _failure_words(self, run_id: int) -> str:
        if failure := self._failures.get(run_id):
            return f"Not saved: {failure}"
        draft = self.store.draft(run_id)
        return f"Not sent: {draft.problem}" if draft and draft.problem else ""

    def _words(self, run_id: int, *, saving: bool, waits: bool, gone: str | None) -> str:
        if saving:
            return "Saving…"
        if self._is_deciding:
            return ""
        if not self.is_edited:
            return self._words_of_waiting() if waits else "Saved." if self._saved else ""
        if waits:
            return "Changed since you saved it; save again to have this text sent."
        draft = self.store.draft(run_id)
        is_kept = draft is not None and draft.text == self._editor.toPlainText() and self.store.is_saved
        kept = "Draft on this computer, not sent" if is_kept else "Not sent yet"
        if gone:
            return f"{kept}. {gone}"
        return f"{kept}."

    def _words_of_waiting(self) -> str:
        when = "you have signed in" if self.commands.is_signed_out else "the server answers"
        if not self.store.is_saved:
            return f"This computer’s disk cannot keep it: it is sent if {when} before k6desk is closed."
        return f"Saved on this computer; it is sent when {when}."

    def _set_up_editor(self) -> None:
        self._editor.setPlaceholderText(PROMPT)
        self._editor.setAccessibleName("Note")
        self._editor.setTabChangesFocus(True)
        self._editor.textChanged.connect(self._edited)
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.save)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.leave()
