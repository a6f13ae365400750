"""A line to find text in a code view."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from k6desk.ui import theme
from k6desk.ui.detail.code_view import CodeView
from k6desk.ui.parts import columns, tool_button
from k6desk.ui.text import PlainLabel


class FindBar(QWidget):
    """Return for the next place, Shift+Return for the one before, Esc to leave."""

    closed = Signal()

    def __init__(self, view: CodeView) -> None:
        super().__init__()
        self._view = view
        self._line = QLineEdit()
        self._line.setPlaceholderText("Find in the script")
        self._line.setAccessibleName("Find in the script")
        self._line.setClearButtonEnabled(True)
        self._found = PlainLabel("Not found", muted=True)
        self._found.hide()
        self._line.textEdited.connect(self._find_from_start_of_selection)
        after = tool_button("chevron-down", "Find next", "Find next (Return)")
        after.clicked.connect(lambda: self._find())
        close = tool_button("close", "Close the find bar", "Close (Esc)")
        close.clicked.connect(self.close_bar)
        row = columns(self._line, self._found, after, close, stretch=0)
        row.setContentsMargins(theme.WIDE, theme.UNIT, theme.WIDE, theme.UNIT)
        self.setLayout(row)
        self.hide()

    def open_bar(self) -> None:
        """Show the bar, with what is selected as what to find."""
        selected = self._view.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self._line.setText(selected)
        self.show()
        self._line.setFocus()
        self._line.selectAll()

    def close_bar(self) -> None:
        """Hide the bar and give the focus back."""
        self.hide()
        self._view.setFocus()
        self.closed.emit()

    def _find_from_start_of_selection(self) -> None:
        cursor = self._view.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self._view.setTextCursor(cursor)
        self._find()

    def _find(self, *, backwards: bool = False) -> None:
        found = self._view.find_next(self._line.text(), backwards=backwards) or not self._line.text()
        self._found.setVisible(not found)
        self._line.setAccessibleDescription("" if found else "Not found")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Cancel):
            self.close_bar()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._find(backwards=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)
