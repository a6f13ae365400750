"""Which test runs next by itself, and after how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from k6desk.demo.inventory import LoadTest

_GOLDEN = 0.6180339887498949


class Deck:
    """Tests as cards, as many of each as its cadence says; when all are drawn they are shuffled again."""

    def __init__(self, rng: Random, tests: Sequence[LoadTest], gap_us: int) -> None:
        self._rng = rng
        self._turns = [test for test in tests for _ in range(test.draft.cadence)]
        self._turns.sort(key=lambda test: test.draft.workload.duration_s)
        self._gap_us = gap_us
        self._left: list[int] = []

    def draw(self, find: Callable[[int], LoadTest | None]) -> LoadTest | None:
        """The next test as `find` knows it today; None when it was deleted or has no script."""
        if not self._left:
            # An order that spreads long ones evenly, so that something always runs.
            offset = self._rng.random()
            places = sorted(range(len(self._turns)), key=lambda i: (i * _GOLDEN + offset) % 1)
            self._left = [self._turns[place].id for place in places]
        return find(self._left.pop())

    def gap(self) -> int:
        """The story time until the next run."""
        return int(self._gap_us * (0.6 + 0.8 * self._rng.random()))
