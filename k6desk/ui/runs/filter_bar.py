"""The line that narrows the runs as one types."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.filter_line import FilterLine
from k6desk.ui.text import PlainLabel, count, vuh

PLACEHOLDER = "Filter by test, project, status, result, person, note or run ID"


class FilterBar(QWidget):
    """The filter line, and how many runs there are."""

    text_changed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = FilterLine("Filter runs", PLACEHOLDER, self)
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
        self._count.setText(count(runs, "run"))

    def set_selected(self, runs: int, listed: int, cost: float, is_estimate: bool) -> None:
        """Say how many of the listed runs are selected, and what they cost together in VUH."""
        what = f"{count(runs)} of {count(listed)} runs" if runs < listed else f"All {count(runs)} runs"
        self._count.setText(f"{what} selected · {'~' * is_estimate}{vuh(cost)} VUH")
