"""What there is of the metrics of a run at one instant: k6 sends them in steps, and the cloud lags behind."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from k6desk.demo.clock import SECOND, StoryClock
from k6desk.demo.metrics.evaluation import Bins, Curve, evaluate
from k6desk.demo.metrics.expressions import Expression, Selector
from k6desk.demo.metrics.figures import Figures, figures_of, is_recorded
from k6desk.demo.metrics.tables import STEP_S, Floats, Ints, MetricType, Table
from k6desk.demo.runs import Load, Run

if TYPE_CHECKING:
    from k6desk.demo.inventory import LoadTest
    from k6desk.demo.world import World

T = TypeVar("T")

_LAG_S = 8
_KEPT_RUNS = 6


class Measured:
    """The figures of a run as far as they are there; times are in seconds since the epoch."""

    def __init__(self, figures: Figures, load: Load, clock: StoryClock) -> None:
        self._figures = figures
        self._load = load
        self._clock = clock
        seconds = (load.until_us - load.begun_us) / SECOND
        there = ceil(seconds / STEP_S) if load.is_over else int((seconds - _LAG_S) // STEP_S)
        is_lost = load.outcome is not None and load.outcome.stop == "system"
        self.steps = 0 if is_lost else max(0, min(figures.steps, there))
        self._is_whole = load.is_over and self.steps == figures.steps

    @property
    def types(self) -> Mapping[str, MetricType]:
        """The metrics that there are."""
        return self._figures.types if self.steps else {}

    @property
    def custom(self) -> frozenset[str]:
        """Those of them that the script makes."""
        return self._figures.custom

    def table(self, name: str) -> Table | None:
        """The samples of a metric that there are; None when it has none."""
        if name not in self.types:
            return None
        table = self._figures.table(name)
        return table.rows(table.step < self.steps)

    def curves(
        self, expression: Expression, selector: Selector, step_s: int, start_us: int | None, end_us: int | None
    ) -> tuple[Bins, list[Curve]]:
        """A value for each `step_s` seconds of story time in [start, end)."""
        return self._evaluated(expression, selector, self._bins(max(STEP_S, step_s), start_us, end_us))

    def totals(
        self, expression: Expression, selector: Selector, start_us: int | None = None, end_us: int | None = None
    ) -> tuple[Bins, list[Curve]]:
        """One value of everything in [start, end)."""
        return self._evaluated(expression, selector, self._one_bin(start_us, end_us))

    def _evaluated(self, expression: Expression, selector: Selector, bins: Bins) -> tuple[Bins, list[Curve]]:
        if selector.metric not in self._figures.types:
            return bins, []
        return bins, evaluate(self._figures.table(selector.metric), expression, selector, bins)

    def _bins(self, step_s: int, start_us: int | None, end_us: int | None) -> Bins:
        wanted = np.arange(self.steps) * STEP_S // step_s
        count = int(wanted[-1]) + 1 if self.steps else 0
        bin_at_s = self._times(count, step_s)
        # Steps before the start go into bin 0; those after the end are cut off.
        low = int(np.searchsorted(bin_at_s, start_us / SECOND)) if start_us is not None else 0
        high = int(np.searchsorted(bin_at_s, end_us / SECOND)) if end_us is not None else count
        there = int(np.searchsorted(wanted, high))
        of_step = np.maximum(wanted[:there] - low + 1, 0)
        return self._binned(of_step, self._times(there, STEP_S), bin_at_s[low:high], is_whole=False)

    def _one_bin(self, start_us: int | None, end_us: int | None) -> Bins:
        at_s = self._times(self.steps, STEP_S)
        low = int(np.searchsorted(at_s, start_us / SECOND)) if start_us is not None else 0
        high = int(np.searchsorted(at_s, end_us / SECOND)) if end_us is not None else self.steps
        of_step = (np.arange(high) >= low).astype(np.int64)
        end_s = np.array([self._clock.real(self._load.until_us) / SECOND])
        is_whole = self._is_whole and low == 0 and high == self.steps
        return self._binned(of_step, at_s[:high], end_s, is_whole=is_whole)

    def _binned(self, of_step: Ints, step_at_s: Floats, bin_at_s: Floats, *, is_whole: bool) -> Bins:
        size = len(bin_at_s) + 1
        counts = np.bincount(of_step, minlength=size)
        length_s = np.maximum(counts, 1) * float(STEP_S)
        end_s = np.maximum(np.cumsum(counts), 1) * float(STEP_S)
        if is_whole:
            length_s[-1] = end_s[-1] = self._figures.length_s
        return Bins(of_step, step_at_s, length_s, end_s, np.concatenate(([0.0], bin_at_s)), is_whole)

    def _times(self, count: int, step_s: int) -> Floats:
        """When so many steps of so many seconds begin. At natural speed whole seconds, as the cloud tells them."""
        begun_us, real = self._load.begun_us, self._clock.real
        if self._clock.speed == 1:
            return np.arange(count) * float(step_s) + ceil(real(begun_us) / SECOND)
        step_us = step_s * SECOND
        return np.array([round(real(begun_us + i * step_us) / SECOND, 3) for i in range(count)], dtype=float)


class Measurements:
    """The metrics of all runs; what was worked out for the last runs that somebody asked for is kept."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: OrderedDict[int, Figures] = OrderedDict()
        self._recorded_from: dict[int, int] = {}
        self._worker = ThreadPoolExecutor(1, "metrics")

    def of(self, run: Run, now: int) -> Measured | None:
        """The metrics of a run at `now`; None when there has been no load."""
        load = self._world.load(run, now)
        if load is None:
            return None
        figures = self._kept.pop(run.index, None) or self._figures(run)
        self._kept[run.index] = figures
        if len(self._kept) > _KEPT_RUNS:
            self._kept.popitem(last=False)
        return Measured(figures, load, self._world.clock)

    async def work_out(self, work: Callable[[], T]) -> T:
        """What `work` makes of figures: one after the other, and without holding up who waits for something else."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    def _figures(self, run: Run) -> Figures:
        test = self._world.begun_from(run.index)
        if is_recorded(test) and test.id not in self._recorded_from:
            self._recorded_from[test.id] = self._newest_failed_at_start(test)
        return figures_of(self._world.seed, run, test, self._recorded_from.get(test.id, 0))

    def _newest_failed_at_start(self, test: LoadTest) -> int:
        """The index of the newest run of a test that had failed when the world began; 0 when there was none."""
        start_us = self._world.clock.start_us
        runs = map(self._world.plan, reversed(self._world.runs_of_test(test, None, None)))
        states = ((run.index, self._world.state(run, start_us).outcome) for run in runs)
        return next((index for index, outcome in states if outcome and outcome.result == "failed"), 0)
