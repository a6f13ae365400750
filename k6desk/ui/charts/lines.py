"""What a chart shows: lines of samples, limits across it and bands of time behind it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from k6desk.api.metrics import Series

Floats = NDArray[np.float64]
Style = Literal["solid", "dashed", "dotted"]

GREATEST = 1e100
"""What is beyond is no measurement, and cannot be drawn."""
MISSED_STEPS = 2
"""So many samples may be missing before the line is broken."""
MOST_FILLED = 100_000


@dataclass(frozen=True, eq=False)
class Line:
    """The samples of one curve. `times` are seconds on the axis of the chart, ascending; a value of NaN is a gap.

    `role` is the index of its colour (see `line_colours`). `as_steps` holds each value until the next sample, for what
    is counted and not measured. A sample between two gaps is a dot.
    """

    name: str
    times: Floats
    values: Floats
    role: int = 0
    style: Style = "solid"
    as_steps: bool = False

    @cached_property
    def step(self) -> float:
        """The usual time between two samples; 0 if there is only one."""
        return float(np.median(np.diff(self.times))) if len(self.times) > 1 else 0.0

    @cached_property
    def latest(self) -> float:
        """The last value that is one, or NaN."""
        known = np.flatnonzero(np.isfinite(self.values))
        return float(self.values[known[-1]]) if len(known) else float("nan")

    def looks_like(self, other: Line) -> bool:
        """Whether the other line is drawn in the same way, whatever its samples are."""
        mine = (self.name, self.role, self.style, self.as_steps)
        return mine == (other.name, other.role, other.style, other.as_steps)

    def has_samples_of(self, other: Line) -> bool:
        """Whether both lines have the same samples."""
        return (self.times is other.times or np.array_equal(self.times, other.times)) and (
            self.values is other.values or np.array_equal(self.values, other.values, equal_nan=True)
        )

    def value_at(self, time: float) -> float:
        """The value of the sample at, or nearest to, this time; NaN where the line has none."""
        if not len(self.times):
            return float("nan")
        after = int(np.searchsorted(self.times, time, side="right"))
        at = max(0, after - 1)
        if not self.as_steps and after < len(self.times) and self.times[after] - time < time - self.times[at]:
            at = after
        reach = max(self.step, 0.5) if self.as_steps else max(self.step * 0.75, 0.5)
        return float(self.values[at]) if abs(self.times[at] - time) <= reach else float("nan")


@dataclass(frozen=True)
class Limit:
    """A value that a line is held against, and what is said of it at the right end: `p(95) < 300 ms`."""

    value: float
    words: str
    is_crossed: bool = False


@dataclass(frozen=True)
class Band:
    """A span of time behind the lines. A `steady` one is blank, every other kind has a quiet tint."""

    start: float
    end: float
    words: str
    kind: str = ""


def line_of(
    name: str,
    series: Series,
    origin_s: float,
    role: int = 0,
    *,
    style: Style = "solid",
    as_steps: bool = False,
    is_count: bool = False,
) -> Line:
    """The line of a series, in seconds from `origin_s` (since the epoch); broken where samples are missing.

    With `is_count` a missing sample says that nothing was counted: it is a zero.
    """
    times, values = np.frombuffer(series.times), np.frombuffer(series.values)
    count = min(len(times), len(values))
    times, values = times[:count] - origin_s, values[:count]
    has_value = np.abs(values) < GREATEST
    if not has_value.all():
        values = np.where(has_value, values, np.nan)
    steps = np.diff(times)
    if not (steps > 0).all() or not np.isfinite(times).all():
        times, values = _in_order(times, values)
        steps = np.diff(times)
    if is_count and len(steps):
        times, values = _with_zeros(times, values, float(steps.min()))
    elif len(steps) > 1:
        step = float(np.median(steps))
        holes = np.flatnonzero(steps > (MISSED_STEPS + 1.5) * step)
        if len(holes):
            times = np.insert(times, holes + 1, times[holes] + step)
            values = np.insert(values, holes + 1, np.nan)
    return Line(name, times, values, role, style, as_steps)


def _with_zeros(times: Floats, values: Floats, step: float) -> tuple[Floats, Floats]:
    """A sample for every step; as it was if the samples do not keep step."""
    places = np.rint((times - times[0]) / step)
    count = int(places[-1]) + 1
    if count > MOST_FILLED or np.abs(times - times[0] - places * step).max() > step / 4:
        return times, values
    filled = np.zeros(count)
    filled[places.astype(np.intp)] = values
    return times[0] + np.arange(count) * step, filled


def _in_order(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    known = np.isfinite(times)
    times, first = np.unique(times[known], return_index=True)
    return times, values[known][first]
