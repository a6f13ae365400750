"""The curves of several runs over each other, each counted from the start of its own load."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from k6desk.core.compare.compared_runs import ComparedRuns
from k6desk.core.compare.run_comparison import CURVE_ASKS, CURVES
from k6desk.core.metrics.load_span import SampleSpan, origin_of
from k6desk.ui import theme
from k6desk.ui.charts.lines import line_of
from k6desk.ui.charts.stack import ChartStack
from k6desk.ui.charts.time_chart import TimeChart


class Curves(QScrollArea):
    """A chart for each curve, a line for each run."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Curves of the runs")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.stack = ChartStack()
        self._charts = [TimeChart(curve.title, curve.unit, curve.per_s) for curve in CURVES]
        for chart in self._charts:
            self.stack.add(chart)
        room = QWidget()
        room.setBackgroundRole(QPalette.ColorRole.Base)
        room.setAutoFillBackground(True)
        column = QVBoxLayout(room)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        column.addWidget(self.stack)
        self.setWidget(room)

    def show_runs(self, runs: ComparedRuns, role: Callable[[int], int]) -> None:
        """Show what is known of these runs, in the colours of their roles."""
        is_settled = runs.done == runs.total
        origins = {run_id: _origin_s(runs, run_id) for run_id in runs.run_ids}
        for asked, chart in zip(CURVE_ASKS, self._charts, strict=True):
            answers = {run_id: runs.known(run_id)(asked) for run_id in runs.run_ids}
            lines = [
                line_of(f"Run {run_id}", answer.series[0], origins[run_id], role(run_id))
                for run_id, answer in answers.items()
                if answer and answer.series
            ]
            chart.set_empty("No data" if is_settled else "Loading…")
            chart.set_lines(lines)


def _origin_s(runs: ComparedRuns, run_id: int) -> float:
    """Where the time of a run begins, as it does in its own charts."""
    span, run = SampleSpan(), runs.run(run_id)
    span.take_in([runs.known(run_id)(asked) for asked in CURVE_ASKS])
    if run is None:
        return span.ends[0] if span.ends else 0.0
    return origin_of(run, runs.detail(run_id), span.ends, datetime.now(UTC)).at_s
