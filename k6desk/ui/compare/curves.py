"""The curves of several runs over each other, each counted from the start of its own load."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from k6desk.api.metrics import Series
from k6desk.core.asked import Asked
from k6desk.core.compared_runs import ComparedRuns
from k6desk.core.run_comparison import CURVES, load_start
from k6desk.ui import theme
from k6desk.ui.charts.lines import Line, line_of
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
        for curve, chart in zip(CURVES, self._charts, strict=True):
            answers = {run_id: runs.known(run_id)(Asked(curve.query, over_time=True)) for run_id in runs.run_ids}
            lines = [
                _line(runs, run_id, answer.series[0], role(run_id))
                for run_id, answer in answers.items()
                if answer and answer.series
            ]
            chart.set_empty("No data" if is_settled else "Loading…")
            chart.set_lines(lines)


def _line(runs: ComparedRuns, run_id: int, series: Series, role: int) -> Line:
    """From the start of the load as the server says it, or from the first sample if that came before."""
    started, times = load_start(runs.detail(run_id)), array("d", series.times[: array("d").itemsize])
    first = times[0] if times else 0.0
    return line_of(f"Run {run_id}", series, first if started is None else min(started, first), role)
