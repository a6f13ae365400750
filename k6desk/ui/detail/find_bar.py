"""A line to find text in a view of code."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from k6desk.ui import theme
from k6desk.ui.parts import columns, tool_button
from k6desk.ui.text import PlainLabel

NONE = "Not found"


class Findable(Protocol):
    """A view in which text can be found."""

    def find_next(self, text: str, *, backwards: bool = False, here: bool = False) -> bool:
        """Select the next place of a text, beginning anew at the end; whether there is one. `here`: maybe the same."""

    def found(self, text: str) -> tuple[int, int]:
        """Which of the places of a text is selected, counted from 1, or 0 for none; and how many there are."""

    def selected_words(self) -> str:
        """What is selected within one line."""

    def setFocus(self) -> None: ...


class FindBar(QWidget):
    """Return for the next place, Shift+Return for the one before, Esc to leave."""

    closed = Signal()

    def __init__(self, view: Findable, margin: int = theme.WIDE, words: str = "Find in the script") -> None:
        super().__init__()
        self._view = view
        self._line = QLineEdit()
        self._line.setPlaceholderText(words)
        self._line.setAccessibleName(words)
        self._line.setClearButtonEnabled(True)
        self._found = PlainLabel(NONE, muted=True)
        self._found.setMinimumWidth(self._found.sizeHint().width())  # else the line would change with every number
        self._found.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._found.hide()
        self._line.textEdited.connect(lambda: self._find(here=True))
        after = tool_button("chevron-down", "Find next", "Find next (Return)")
        after.clicked.connect(lambda: self._find())
        close = tool_button("close", "Close the find bar", "Close (Esc)")
        close.clicked.connect(self.close_bar)
        row = columns(self._line, self._found, after, close, stretch=0)
        row.setContentsMargins(margin, theme.UNIT, margin, theme.UNIT)
        self.setLayout(row)
        self.hide()

    def open_bar(self) -> None:
        """Show the bar, with what is selected as what to find."""
        if selected := self._view.selected_words():
            self._line.setText(selected)
        self.count()
        self.show()
        self._line.setFocus()
        self._line.selectAll()

    def close_bar(self) -> None:
        """Hide the bar and give the focus back."""
        self.hide()
        self._view.setFocus()
        self.closed.emit()

    def count(self) -> None:
        """Say anew which place it is of how many; the text may have grown."""
        sought = self._line.text()
        number, count = self._view.found(sought) if sought else (0, 0)
        words = f"{number:,} of {count:,}" if number else f"{count:,} found" if count else NONE
        self._found.setText(words)
        self._found.setVisible(bool(sought))
        self._line.setAccessibleDescription(words if sought else "")

    def _find(self, *, backwards: bool = False, here: bool = False) -> None:
        self._view.find_next(self._line.text(), backwards=backwards, here=here)
        self.count()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Cancel):
            self.close_bar()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._find(backwards=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)
