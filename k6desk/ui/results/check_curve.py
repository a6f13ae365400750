"""The curve of one check: when it passed, and when it did not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.api.metrics import Answer
from k6desk.core.metrics.checks import Check
from k6desk.ui import theme
from k6desk.ui.parts import ElidedLabel, columns, say, tool_button
from k6desk.ui.results.checks_model import explained, name_of

if TYPE_CHECKING:
    from k6desk.ui.charts.stack import ChartStack

HEIGHT = 190


class CheckCurve(QWidget):
    """A check's name, what can be done with it, and its curve."""

    charts_wanted = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._stack: ChartStack | None = None
        self._name = ElidedLabel()
        self._name.setAccessibleName("Check of the curve")
        filters = tool_button("chart", "Show in charts", "Filter the charts by this check (Return)", with_text=True)
        filters.clicked.connect(self.charts_wanted)
        close = tool_button("close", "Close the curve", "Close the curve (Esc)")
        close.clicked.connect(self.closed)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(theme.WIDE, theme.UNIT, theme.GAP, theme.GAP)
        self._rows.setSpacing(theme.UNIT)
        self._rows.addLayout(columns(self._name, filters, close, stretch=0))
        self.setFixedHeight(HEIGHT)

    def show_check(self, check: Check, answer: Answer | None, origin_s: float, problem: str) -> None:
        """Show the curve of a check as far as it is known; `origin_s` is where time begins, since the epoch."""
        from k6desk.ui.charts.lines import line_of

        say(self._name, name_of(check), explained(check))
        stack = self._stack = self._stack or self._made()
        series = answer.series[0] if answer and answer.series else None
        stack.set_origin(datetime.fromtimestamp(origin_s, UTC))
        stack.charts[0].set_empty(problem or ("Loading…" if answer is None else "No samples"))
        stack.charts[0].set_lines([line_of("Passed", series, origin_s)] if series else [])

    def _made(self) -> ChartStack:
        from k6desk.ui.charts.stack import ChartStack
        from k6desk.ui.charts.time_chart import TimeChart

        stack = ChartStack()
        stack.add(TimeChart("Share that passed", "share"))
        self._rows.addWidget(stack, 1)
        return stack
