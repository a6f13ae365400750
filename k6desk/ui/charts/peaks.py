"""Many samples as few points that look the same."""

from __future__ import annotations

import numpy as np

from k6desk.ui.charts.lines import Floats, Line


def part(line: Line, start: float, end: float) -> tuple[Floats, Floats]:
    """The line from `start` to `end`: the samples, and where it enters and leaves."""
    first = int(np.searchsorted(line.times, start, side="left"))
    last = int(np.searchsorted(line.times, end, side="right"))
    times, values = line.times[first:last], line.values[first:last]
    if line.as_steps:
        if first > 0 and start - line.times[first - 1] <= max(line.step, 0.5):
            times, values = np.append(start, times), np.append(line.values[first - 1], values)
        return times, values
    if first > 0 and (first == len(line.times) or line.times[first] > start):
        times, values = np.append(start, times), np.append(_between(line, first, start), values)
    if last < len(line.times) and (last == 0 or line.times[last - 1] < end):
        times, values = np.append(times, end), np.append(values, _between(line, last, end))
    return times, values


def _between(line: Line, after: int, time: float) -> float:
    """The value of the line at a time before the sample `after`; NaN where it is broken."""
    if not 0 < after < len(line.times):
        return float("nan")
    share = (time - line.times[after - 1]) / (line.times[after] - line.times[after - 1])
    return float(line.values[after - 1] + share * (line.values[after] - line.values[after - 1]))


def thinned(times: Floats, values: Floats, width: float) -> tuple[Floats, Floats]:
    """The least and the greatest value of each span of `width` seconds, so that no spike is lost.

    The spans begin at multiples of their width: what comes later does not change how the earlier ones look.
    """
    spans = np.floor(times / width)
    firsts = np.concatenate(([0], np.flatnonzero(np.diff(spans)) + 1))
    if len(firsts) * 3 > len(times):
        return times, values
    found = np.empty((len(firsts), 2))
    found[:, 0] = np.fmin.reduceat(values, firsts)
    found[:, 1] = np.fmax.reduceat(values, firsts)
    found[values[firsts] > found.mean(axis=1)] = found[values[firsts] > found.mean(axis=1), ::-1]
    return np.repeat(times[firsts], 2), found.ravel()


def extremes(line: Line, start: float, end: float) -> tuple[float, float] | None:
    """The least and the greatest value from `start` to `end`; None if there is none."""
    _, values = part(line, start, end)
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if len(values) else None


def dots(line: Line, start: float, end: float) -> tuple[Floats, Floats]:
    """The samples from `start` to `end` that no line leads to or from."""
    known = np.isfinite(line.values)
    alone = known & ~np.append(False, known[:-1]) & ~np.append(known[1:], False)
    alone &= (line.times >= start) & (line.times <= end)
    return line.times[alone], line.values[alone]
