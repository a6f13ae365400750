"""Rows of labels that scroll, with a button to add one."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.label_row import LabelRow
from k6desk.ui.text import PlainLabel


class LabelRows(QWidget):
    """The rows; `buttons` has room for more than the one that adds a label."""

    edited = Signal()
    row_removed = Signal(object)  # LabelRow
    add_wanted = Signal()

    def __init__(self, nothing: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[LabelRow] = []
        self._nothing = PlainLabel(nothing, muted=True, wrap=True)
        self.add = Button("Add label")
        self.add.setIcon(theme.icon("plus"))
        self.add.clicked.connect(self.add_wanted)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(theme.GAP)
        self.buttons.addWidget(self.add)
        self.buttons.addStretch()
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, theme.GAP, 0)
        self._column.setSpacing(theme.GAP)
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self._scroll, 1)
        column.addLayout(self.buttons)
        self.setFocusProxy(self.add)

    def show_rows(self, rows: list[LabelRow]) -> None:
        """Show these in place of what was there."""
        for row in self.rows:
            self._drop(row)
        self.rows = []
        for row in rows:
            self.append(row)
        self._nothing.setVisible(not rows)

    def append(self, row: LabelRow, *, go: bool = False) -> None:
        """Add a row at the end, and perhaps go there."""
        self.rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)
        self._nothing.hide()
        row.edited.connect(self.edited)
        row.removed.connect(lambda: self._remove(row))
        if go:
            row.setFocus()
            QTimer.singleShot(0, row, lambda: self._scroll.ensureWidgetVisible(row))

    def twice(self) -> set[str]:
        """The keys that stand in more than one row."""
        found = Counter(row.texts()[0] for row in self.rows)
        return {key for key, times in found.items() if times > 1}

    def tell(self, problems: dict[LabelRow, str]) -> bool:
        """Say what is wrong with which rows, and go to the first; whether nothing is."""
        for row in self.rows:
            row.say(problems.get(row, ""))
        for row in problems:
            row.setFocus()
            self._scroll.ensureWidgetVisible(row)
            break
        return not problems

    def _remove(self, row: LabelRow) -> None:
        at = self.rows.index(row)
        self.rows.remove(row)
        self._drop(row)
        self._nothing.setVisible(not self.rows)
        (self.rows[min(at, len(self.rows) - 1)].remove if self.rows else self.add).setFocus()
        self.row_removed.emit(row)
        self.edited.emit()

    def _drop(self, row: LabelRow) -> None:
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
