"""The line that narrows the runs as one types."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from k6desk.ui import theme
from k6desk.ui.text import PlainLabel, count

PLACEHOLDER = "Filter by test, project, status, result, person, note or id"


class FilterLine(QLineEdit):
    """A line edit that Esc empties and that Down, Return or a second Esc leave for the table."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(PLACEHOLDER)
        self.setAccessibleName("Filter runs")
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


class FilterBar(QWidget):
    """The filter line, and how many runs there are."""

    text_changed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = FilterLine(self)
        self._count = PlainLabel(parent=self, muted=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.GAP, theme.GAP, theme.WIDE, theme.GAP)
        layout.setSpacing(theme.WIDE)
        layout.addWidget(self.line, 1)
        layout.addWidget(self._count)
        self.line.textChanged.connect(self.text_changed)
        self.line.left.connect(self.left)
        self.setFocusProxy(self.line)

    def set_count(self, runs: int) -> None:
        """Say how many runs are listed."""
        self._count.setText(f"{count(runs)} run" + ("" if runs == 1 else "s"))
