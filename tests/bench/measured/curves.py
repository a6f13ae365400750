"""The curves that both sides draw: some that are there from the start, and some of a run that goes on."""

from __future__ import annotations

import math
import random
from array import array

STEP_S = 5
BEGIN = 1_775_502_000  # 2026-04-06T19:00:00Z

DRAWN_LINES, DRAWN_POINTS = 5, 3600
UPDATED_CHARTS, UPDATED_LINES, UPDATED_POINTS = 5, 4, 720
WATCHED_CHARTS, WATCHED_LINES, WATCHED_POINTS = 12, 2, 720
TURNS = 30
"""How often something is drawn or updated; what counts is the median."""

FASTER = 5
"""A watched run goes on so many times as fast: its metrics come every second instead of every five."""
SETTLE_S, IDLE_S, WATCHED_S = 3.0, 6.0, 20.0

DRAWN_SIZE = (960, 300)
UPDATED_SIZE = (960, 180 * UPDATED_CHARTS)
WATCHED_SIZE = (1280, 180 * WATCHED_CHARTS // 2)


def times(points: int) -> array[float]:
    """The times of so many samples, in seconds since the epoch."""
    return array("d", range(BEGIN, BEGIN + points * STEP_S, STEP_S))


def values(name: object, points: int) -> array[float]:
    """So many response times, as restless as real ones; the same ones for the same name."""
    luck = random.Random(repr(name))
    base, slow = luck.uniform(100, 900), luck.uniform(40, 200)
    wave = (1 + math.sin(at / slow) / 4 for at in range(points))
    return array("d", (round(base * each * luck.lognormvariate(0, 0.12), 2) for each in wave))


def per_hour(idle: float, busy_s: float, updates: int) -> float:
    """The processor time of an hour: of resting at the rate `idle`, and of an update every `STEP_S`."""
    assert updates > 0.8 * WATCHED_S * FASTER / STEP_S, f"only {updates} updates"
    return 3600 * idle + 3600 / STEP_S * max(0.0, busy_s - idle * WATCHED_S) / updates
