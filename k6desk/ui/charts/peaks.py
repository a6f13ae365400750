"""Many samples as few points that look the same."""

from __future__ import annotations

import numpy as np

from k6desk.ui.charts.lines import Floats, Line


def part(line: Line, start: float, end: float) -> tuple[Floats, Floats]:
    """The samples from `start` to `end`, and one on either side, to which the line leads."""
    first = max(0, int(np.searchsorted(line.times, start, side="left")) - 1)
    last = int(np.searchsorted(line.times, end, side="right")) + 1
    return line.times[first:last], line.values[first:last]


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
    first = int(np.searchsorted(line.times, start, side="left"))
    last = int(np.searchsorted(line.times, end, side="right"))
    if line.as_steps:
        first = max(0, first - 1)  # the value that is held into the span
    values = line.values[first:last]
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if len(values) else None


def lonely(times: Floats, values: Floats) -> tuple[Floats, Floats]:
    """The samples that no line leads to or from."""
    known = np.isfinite(values)
    before = np.concatenate(([False], known[:-1]))
    after = np.concatenate((known[1:], [False]))
    alone = known & ~before & ~after
    return times[alone], values[alone]
