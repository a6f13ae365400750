"""Two people changed one note: all versions side by side, and what to do with them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.parts import button, sign, wrapping
from k6desk.ui.text import PlainLabel

SIDE_BY_SIDE_FROM = 560


class NoteConflict(QWidget):
    """Shows what the user wrote, what is on the server now and what both began from. It changes nothing itself."""

    chosen = Signal(str, str)  # the text to go on with, the server's text that it takes into account
    overwrite_chosen = Signal(str)  # the server's text that is to be overwritten
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        words = wrapping()
        words.setText("The note was changed on the server while you wrote. Nothing has been sent.")
        self._versions = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._mine = self._add("Yours")
        self._theirs = self._add("On the server now")
        self._base = self._add("Before both")
        self._buttons = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._buttons.setSpacing(theme.UNIT)
        for name, hint, act in (
            ("Combine", "Put yours below theirs, to edit before you save", self._combine),
            ("Keep mine (overwrite)", "Save your text in place of theirs", self._overwrite),
            ("Use theirs", "Go on with the text of the server; Ctrl+Z brings yours back", self._use_theirs),
            ("Go on editing", "Decide later: your text stays as it is", self.dismissed.emit),
        ):
            self._buttons.addWidget(button(name, hint, act))
        self.setFocusProxy(self._mine)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(sign("warning", "warning", words))
        rows.addLayout(self._versions, 1)
        rows.addLayout(self._buttons)

    def show_versions(self, mine: str, theirs: str, base: str) -> None:
        """Show the three texts."""
        for view, text in ((self._mine, mine), (self._theirs, theirs), (self._base, base)):
            if view.toPlainText() != text:
                view.setPlainText(text)
        self.show()

    def _add(self, title: str) -> QPlainTextEdit:
        view = QPlainTextEdit()
        view.setReadOnly(True)
        view.setAccessibleName(title)
        view.setTabChangesFocus(True)
        view.setMinimumHeight(40)
        column = QVBoxLayout()
        column.setSpacing(theme.UNIT)
        column.addWidget(PlainLabel(title, kind="caption", muted=True))
        column.addWidget(view)
        self._versions.addLayout(column, 1)
        return view

    def _combine(self) -> None:
        theirs, mine = self._theirs.toPlainText(), self._mine.toPlainText()
        self.chosen.emit(f"{theirs}\n\n{mine}", theirs)

    def _use_theirs(self) -> None:
        theirs = self._theirs.toPlainText()
        self.chosen.emit(theirs, theirs)

    def _overwrite(self) -> None:
        self.overwrite_chosen.emit(self._theirs.toPlainText())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        wide = self.width() >= SIDE_BY_SIDE_FROM
        for layout in (self._versions, self._buttons):
            layout.setDirection(directions.LeftToRight if wide else directions.TopToBottom)
