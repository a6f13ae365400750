"""The line above a list that one types into to narrow it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from k6desk.ui import theme


class FilterLine(QLineEdit):
    """A line edit that Esc empties and that Down, Return or a second Esc leave for the list."""

    left = Signal()

    def __init__(self, name: str, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTextMargins(-theme.UNIT, 0, 0, 0)  # Qt's room for an icon and the stylesheet's padding add up
        self.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        clear = self.addAction(theme.icon("close", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        clear.setText("Clear filter")
        clear.setToolTip("Clear filter (Esc)")
        clear.setVisible(False)
        clear.triggered.connect(self.clear)
        self.textChanged.connect(lambda words: clear.setVisible(bool(words)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key in {Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.left.emit()
        else:
            super().keyPressEvent(event)
