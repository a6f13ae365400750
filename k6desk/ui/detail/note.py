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
from k6desk.ui.detail.note_conflict import NoteConflict
from k6desk.ui.detail.pane import Pane
from k6desk.ui.parts import button, columns, say, sign, wrapping

PAUSE_MS = 600


class NotePane(Pane):
    """An editor bound to a run's id.

    `_base` is the server's note that the text began from. While the text differs from it the text is the user's: it is
    kept as a draft on every pause in typing, and a note that arrives from the server does not touch it.
    """

    name = "note"
    title = "Note"
    scrolls = False

    def __init__(self, store: Store, commands: Commands, tasks: Tasks) -> None:
        super().__init__(store, commands, tasks)
        self._run_id: int | None = None
        self._base = ""
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
        self._revert_button = button(
            "Revert", "Go back to the note on the server; Ctrl+Z brings your text back", self._revert
        )
        self._save_button = button("Save", "Save to Grafana Cloud k6 (Ctrl+S)", self.save)
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
        buttons = (self._compare_button, self._revert_button, self._save_button)
        self.rows.addLayout(columns(self._state, *buttons, stretch=0))

    @property
    def is_edited(self) -> bool:
        """Whether the editor holds something that the server does not have."""
        return self._editor.toPlainText() != self._base

    @property
    def _is_deciding(self) -> bool:
        return not self._conflict.isHidden()

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        self.show_content()
        if run.id != self._run_id:
            self._begin(run)
        elif run.note == self._editor.toPlainText():
            if run.note != self._base:
                self._base = run.note
                self._keep()
        elif not self.is_edited:
            self._base = run.note
            self._put(run.note)
        elif self._is_deciding and run.note != self._base:
            self._compare()
        self._show_state()

    def leave(self) -> None:
        if self._pause.isActive():
            self._keep()

    def save(self) -> None:
        """Send the note to the server."""
        if self.is_edited and not self._is_deciding:
            self._send(self._base)

    def _begin(self, run: Run) -> None:
        draft = self.store.draft(run.id)
        self._run_id = run.id
        self._base = draft.base if draft else run.note
        self._saved = False
        with QSignalBlocker(self._editor):
            self._editor.setPlainText(draft.text if draft else run.note)
        self._conflict.hide()

    def _send(self, base: str) -> None:
        run_id = self._run_id
        if run_id is None or run_id in self._saving:
            return
        self._pause.stop()
        self._conflict.hide()
        self._failures.pop(run_id, None)
        self._saving.add(run_id)
        text = self._editor.toPlainText()
        self.tasks.spawn(self._save(run_id, base, text), name="save a note", key=f"note:{run_id}", owner=self)
        self._show_state()
        self._editor.setFocus()  # from a button that is now disabled or gone

    async def _save(self, run_id: int, base: str, text: str) -> None:
        try:
            theirs = await self.commands.save_note(run_id, base, text)
        except CloudError as error:
            self._failures[run_id] = str(error)
        else:
            if run_id == self._run_id and theirs is None:
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
            keep = self.commands.keep_draft(self._run_id, self._base, self._editor.toPlainText())
            self.tasks.spawn(keep, name="keep a note")
        else:
            self.tasks.spawn(self.commands.drop_draft(self._run_id), name="forget a draft")

    def _go_on_with(self, text: str, base: str) -> None:
        self._base = base
        self._put(text)
        self._conflict.hide()
        self._keep()
        self._show_state()
        self._editor.setFocus()

    def _revert(self) -> None:
        note = self.run.note if self.run else self._base
        self._go_on_with(note, note)

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
        saving, edited, failure = run_id in self._saving, self.is_edited, self._failures.get(run_id)
        deciding = self._is_deciding
        changed = edited and self.run is not None and self.run.note != self._base
        why_not = self.commands.why_not_connected()
        if deciding and self.window().focusWidget() in {self._editor, self._compare_button}:
            self._conflict.setFocus()
        self._editor.setVisible(not deciding)
        self._editor.setReadOnly(saving)
        say(self._state, self._words(run_id, saving=saving, edited=edited, changed=changed, why_not=why_not))
        say(self._failure, f"Not saved: {failure}" if failure else "")
        self._failure_row.setVisible(bool(failure) and edited)
        self._compare_button.setVisible(changed and not deciding)
        self._revert_button.setEnabled(edited and not saving)
        self._save_button.setEnabled(edited and not saving and not why_not)
        self._save_button.setText("Try again" if failure and edited else "Save")
        for one in (self._revert_button, self._save_button):
            one.setVisible(not deciding)

    def _words(self, run_id: int, *, saving: bool, edited: bool, changed: bool, why_not: str | None) -> str:
        if saving:
            return "Saving…"
        if self._is_deciding:
            return ""
        if not edited:
            return "Saved." if self._saved else ""
        draft = self.store.draft(run_id)
        is_kept = draft is not None and draft.text == self._editor.toPlainText()
        kept = "Kept on this computer, not sent" if is_kept else "Not sent yet"
        if why_not:
            return f"{kept}: {why_not[0].lower()}{why_not[1:]}"
        return f"{kept}. The note was changed on the server since you began." if changed else f"{kept}."

    def _set_up_editor(self) -> None:
        self._editor.setPlaceholderText("What should the next reader of this run know?")
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
