"""The program's charts: from samples to the picture, and what it costs to watch a run."""

from __future__ import annotations

import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import curves
from figure import cpu_s, report

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from k6desk.core.store import Store
    from k6desk.ui.charts.stack import ChartStack
    from k6desk.ui.main_window import MainWindow

RUN = 1
PATIENCE_S = 30


def draw() -> None:
    """Other curves in a chart."""
    from k6desk.ui.charts.lines import line_of

    application, stack = _shown(1, curves.DRAWN_SIZE)
    taken = []
    for turn in range(curves.TURNS):
        lines = [_series((turn, line), curves.DRAWN_POINTS) for line in range(curves.DRAWN_LINES)]
        began = time.perf_counter()
        drawn = [line_of(f"line {n}", series, curves.BEGIN, n) for n, series in enumerate(lines)]
        stack.charts[0].set_lines(drawn)
        _paint(application, stack)
        taken.append(time.perf_counter() - began)
    _check(stack)
    report(statistics.median(taken) * 1000)


def update() -> None:
    """One sample more in every curve of several charts."""
    from k6desk.ui.charts.lines import line_of

    application, stack = _shown(curves.UPDATED_CHARTS, curves.UPDATED_SIZE)
    taken = []
    for turn in range(-1, curves.TURNS):
        points = curves.UPDATED_POINTS + 1 + turn
        told = [
            [_series((chart, line), points) for line in range(curves.UPDATED_LINES)]
            for chart in range(curves.UPDATED_CHARTS)
        ]
        began = time.perf_counter()
        for chart, several in zip(stack.charts, told, strict=True):
            chart.set_lines([line_of(f"line {n}", series, curves.BEGIN, n) for n, series in enumerate(several)])
        _paint(application, stack)
        if turn >= 0:
            taken.append(time.perf_counter() - began)
    _check(stack)
    assert all(len(line.times) == points for chart in stack.charts for line in chart.lines)
    report(statistics.median(taken) * 1000)


def watch(profile: str, origin: str) -> None:
    """The whole program, which asks for the curves of a run and shows them; the seconds of an hour."""
    from program import drive

    async def script(window: MainWindow, store: Store) -> None:
        import asyncio
        import os
        from datetime import UTC, datetime, timedelta

        from k6desk.api.metrics import Query
        from k6desk.api.models import Run
        from k6desk.api.secret import Secret
        from k6desk.api.v6 import CloudV6
        from k6desk.core.connection import Connection
        from k6desk.core.metrics import numbers as asking
        from k6desk.core.metrics.asked import Asked
        from k6desk.core.tasks import Tasks
        from k6desk.ui.charts.lines import line_of

        now = datetime.now(UTC)
        await store.put_runs([Run(RUN, 1, 1, "running", now - timedelta(hours=1), estimated_duration_s=3 * 3600)], now)
        asking.CURVES_S = curves.STEP_S / curves.FASTER
        numbers, cloud = asking.Numbers(store, Connection(window), window), CloudV6(origin, Secret("token"), 1)
        stack = _stack(curves.WATCHED_CHARTS, curves.WATCHED_SIZE)
        wanted = [
            Asked(Query(f"chart_{n}", "histogram_avg", by=("line",)), over_time=True)
            for n in range(curves.WATCHED_CHARTS)
        ]

        def show(_run_id: int, news: frozenset[Asked]) -> None:
            for asked, chart in zip(wanted, stack.charts, strict=True):
                if asked in news and (told := numbers.told(RUN, asked)):
                    series = enumerate(told.answer.series)
                    chart.set_lines([line_of(f"line {n}", each, curves.BEGIN, n) for n, each in series])

        def points() -> int:
            return min((len(chart.lines[0].times) for chart in stack.charts if chart.lines), default=0)

        await cloud._exchange.get("/rest")
        numbers.changed.connect(show)
        numbers.go_live(cloud, Tasks(_fail))
        numbers.watch(stack, RUN, wanted)
        async with asyncio.timeout(PATIENCE_S):
            while not points():
                await asyncio.sleep(0.1)
        numbers.watch(stack, None, ())
        await asyncio.sleep(curves.SETTLE_S)
        began = cpu_s(os.getpid())
        await asyncio.sleep(curves.IDLE_S)
        idle = (cpu_s(os.getpid()) - began) / curves.IDLE_S
        before = points()
        await cloud._exchange.get("/begin")
        began = cpu_s(os.getpid())
        numbers.watch(stack, RUN, wanted)
        await asyncio.sleep(curves.WATCHED_S)
        busy = cpu_s(os.getpid()) - began
        _check(stack)
        report(curves.per_hour(idle, busy, points() - before))

    fresh = Path(profile).with_name("fresh profile")  # or the curves of the round before would be known
    shutil.rmtree(fresh, ignore_errors=True)
    drive(shutil.copytree(profile, fresh), script)


def _stack(charts: int, size: tuple[int, int]) -> ChartStack:
    from k6desk.ui.charts.stack import ChartStack
    from k6desk.ui.charts.time_chart import TimeChart

    stack = ChartStack()
    for number in range(charts):
        stack.add(TimeChart(f"Response time {number}", "ms"))
    stack.resize(*size)
    stack.show()
    return stack


def _shown(charts: int, size: tuple[int, int]) -> tuple[QApplication, ChartStack]:
    from PySide6.QtWidgets import QApplication

    from k6desk.ui import theme

    application = QApplication([])
    theme.apply(application, "light")
    stack = _stack(charts, size)
    application.processEvents()
    return application, stack


def _series(name: object, points: int) -> object:
    from k6desk.api.metrics import Series

    return Series({}, curves.times(points).tobytes(), curves.values(name, points).tobytes())


def _paint(application: QApplication, stack: ChartStack) -> None:
    """Let happen what is due until every chart was painted."""
    from PySide6.QtCore import QEvent, QObject

    class Painted(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.missing = {chart.plot for chart in stack.charts}

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                self.missing.discard(watched)
            return False

    painted = Painted()
    for viewport in painted.missing:
        viewport.installEventFilter(painted)
    while painted.missing:
        application.processEvents()
    for chart in stack.charts:
        chart.plot.removeEventFilter(painted)


def _check(stack: ChartStack) -> None:
    """The charts have lines of the samples that were given."""
    for chart in stack.charts:
        picture = chart.plot.grab().toImage()
        ground = picture.pixel(0, 0)
        painted = sum(
            picture.pixel(x, y) != ground for x in range(0, picture.width(), 2) for y in range(0, picture.height(), 2)
        )
        assert painted > 500, f"only {painted} pixels are painted"


def _fail(error: BaseException, _name: str) -> None:
    raise error


if __name__ == "__main__":
    sides: dict[str, object] = {"draw": draw, "update": update, "watch": watch}
    sides[sys.argv[1]](*sys.argv[2:])
