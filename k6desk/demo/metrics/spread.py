"""Samples made up: how values spread around a usual one, drawn from a seed."""

from __future__ import annotations

from collections.abc import Sequence
from math import erf, sqrt

import numpy as np

from k6desk.demo.metrics.distributions import mean
from k6desk.demo.metrics.tables import Floats, Ints, Labels, Table

SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)
_Z = np.linspace(-6.0, 6.0, 2401)
_BELOW = np.array([(1 + erf(z / sqrt(2))) / 2 for z in _Z])
_Z_OF_SHARES = np.interp(SHARES, _BELOW, _Z)


def spread(rng: np.random.Generator, counts: Floats, usual: Floats, width: Floats) -> Floats:
    """The knots of each row: `counts` values, log-normal around `usual` with the deviation `width`.

    As with real samples, the fewer there are the nearer to each other are the least and the greatest.
    """
    draws = rng.random((2, len(counts)))
    lowest = np.interp(1 - draws[0] ** (1 / np.maximum(counts, 1)), _BELOW, _Z)
    highest = np.interp(draws[1] ** (1 / np.maximum(counts, 1)), _BELOW, _Z)
    lowest, highest = np.minimum(lowest, highest), np.maximum(lowest, highest)
    highest = np.where(counts > 1, highest, lowest)
    z = np.clip(_Z_OF_SHARES, lowest[:, None], highest[:, None])
    knots: Floats = usual[:, None] * np.exp(width[:, None] * z)
    return knots


def trend(labels: Sequence[Labels], series: Ints, step: Ints, counts: Floats, knots: Floats) -> Table:
    """The table of a trend whose knots are at `SHARES`."""
    columns = {"count": counts, "avg": mean(knots, SHARES), "knots": knots}
    return Table("trend", labels, series, step, columns, SHARES)


def wander(rng: np.random.Generator, steps: int, height: float) -> Floats:
    """A slow seeded drift around 1."""
    t = np.linspace(0, 2 * np.pi, steps)
    waves = sum(
        rng.uniform(0.3, 1) / n * np.sin(n * t * rng.uniform(0.6, 1.4) + rng.uniform(0, 2 * np.pi)) for n in (1, 3, 7)
    )
    noise = rng.normal(0, 0.25, steps)
    drift: Floats = np.exp(height * (waves + noise))
    return drift


def bump(rng: np.random.Generator, steps: int, height: float) -> Floats:
    """An incident: a hump of `height` over nothing, somewhere in the middle half of the run."""
    t = np.arange(steps) / max(steps, 1)
    middle, width = rng.uniform(0.35, 0.8), rng.uniform(0.02, 0.07)
    hump: Floats = height * np.exp(-(((t - middle) / width) ** 2))
    return hump


def whole_numbers(rng: np.random.Generator, expected: Floats) -> Ints:
    """Whole numbers that add up as the expected ones do, a little irregular: some of each step come in the next."""
    late = expected * rng.uniform(0, 0.08, len(expected))
    sums = np.floor(np.cumsum(expected) - late + rng.random())
    numbers: Ints = np.diff(sums, prepend=0).astype(np.int64)
    return numbers
