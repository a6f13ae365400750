"""Small buttons for what was added or narrowed; each takes its thing away again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from k6desk.ui import text, theme
from k6desk.ui.flow import FlowLayout

LONGEST = 60
NARROWEST = 64
FRACTION = 1
"""Words are measured in whole pixels, and shortened by fractions of one."""


class Chip(NamedTuple):
    """A thing that can be taken away: its key, its words, its icon, and what a click does."""

    key: str
    words: str
    icon: str
    hint: str


class Chips(QWidget):
    """A line of chips, or more lines where the room is small. Those that stay keep the focus."""

    removed = Signal(str)  # the key of a chip

    def __init__(self) -> None:
        super().__init__()
        self._buttons: dict[Chip, _ChipButton] = {}
        self._row = FlowLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.UNIT)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()

    def show_chips(self, chips: Sequence[Chip]) -> None:
        """Show these, in their order."""
        if list(chips) == list(self._buttons):
            return
        for chip in [chip for chip in self._buttons if chip not in chips]:
            button = self._buttons.pop(chip)
            self._row.removeWidget(button)
            button.deleteLater()
        for chip in chips:
            button = self._buttons.pop(chip) if chip in self._buttons else self._make(chip)
            self._row.removeWidget(button)
            self._row.addWidget(button)
            self._buttons[chip] = button
        self.setVisible(bool(chips))
        self.updateGeometry()

    def _make(self, chip: Chip) -> _ChipButton:
        button = _ChipButton(text.one_line(chip.words, LONGEST), self)
        button.setIcon(theme.icon(chip.icon, "muted"))
        button.setAccessibleName(f"{chip.hint}: {text.one_line(chip.words)}")
        button.setToolTip(text.tooltip(f"{chip.hint}: {chip.words[:2000]}"))
        button.clicked.connect(lambda: self.removed.emit(chip.key))
        return button


class _ChipButton(QToolButton):
    """Shortens its words to the room that there is."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = self._shown = words
        self.setObjectName("chip")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text.on_button(words))

    def sizeHint(self) -> QSize:
        hint, width = super().sizeHint(), self.fontMetrics().horizontalAdvance
        return QSize(hint.width() + width(self._words) - width(self._shown), hint.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        metrics = self.fontMetrics()
        room = metrics.horizontalAdvance(self._words) + self.width() - self.sizeHint().width()
        self._shown = metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, max(0, room + FRACTION))
        self.setText(text.on_button(self._shown))
