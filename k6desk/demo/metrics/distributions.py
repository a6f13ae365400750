"""Mixtures of distributions: what a trend is over several series and steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from k6desk.demo.metrics.tables import Floats, Ints

_HALVINGS = 30


def quantile(share: float, cell: Ints, cells: int, counts: Floats, knots: Floats, shares: tuple[float, ...]) -> Floats:
    """The value below which `share` of the values of each cell are.

    `cell` says for each row in which of the `cells` it is. Every row is a distribution of `counts` values, with a knot
    at each of the `shares`, and a cell is all values of its rows together.
    """
    low, high = np.full(cells, np.inf), np.full(cells, -np.inf)
    np.minimum.at(low, cell, knots[:, 0])
    np.maximum.at(high, cell, knots[:, -1])
    wanted = share * np.bincount(cell, counts, cells)
    parts = np.ascontiguousarray(knots.T)
    widths = np.diff(parts, axis=0)
    # A part without width is a step: everything at it lies at or below it.
    slopes = np.divide(1.0, widths, out=np.full_like(widths, np.inf), where=widths > 0)

    def is_enough(values: Floats) -> NDArray[np.bool_]:
        """Whether as many as wanted are at or below a value in each cell."""
        at = values[cell]
        below = np.zeros(len(cell))
        for place, part in enumerate(np.diff(shares)):
            distance = at - parts[place]
            with np.errstate(invalid="ignore"):
                inside = np.where(distance >= 0, distance * slopes[place], 0.0)
            below += part * np.where(np.isnan(inside), 1.0, np.clip(inside, 0.0, 1.0))
        enough: NDArray[np.bool_] = np.bincount(cell, counts * below, cells) >= wanted
        return enough

    # Halving only comes near the lowest value, which may be that of many: connections that are used again take 0 ms.
    high = np.where(is_enough(low), low, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = is_enough(middle)
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    return high if share > 0 else low


def mean_square(knots: Floats, shares: tuple[float, ...]) -> Floats:
    """The mean of the squares of each row's values."""
    a, b = knots[:, :-1], knots[:, 1:]
    squares: Floats = ((a * a + a * b + b * b) / 3 * np.diff(shares)).sum(axis=1)
    return squares


def mean(knots: Floats, shares: tuple[float, ...]) -> Floats:
    """The mean of each row's values."""
    means: Floats = ((knots[:, :-1] + knots[:, 1:]) / 2 * np.diff(shares)).sum(axis=1)
    return means
