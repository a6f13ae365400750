"""When each thing was asked for, and when it is to be asked for again."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from k6desk.core.metrics.asked import Asked

Key = tuple[int, Asked | str]
"""A run and what is asked of it; `METRICS` is the list of its metrics."""

NEVER = float("-inf")


class AskingTimes:
    """By run and question; `monotonic` is the clock, in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._asked: dict[Key, float] = {}
        self._pauses: dict[Key, float] = {}

    def wait_s(self, key: Key, period_s: float) -> float:
        """Seconds until it is due: below 0 for how long it has been, `NEVER` if it was never asked for."""
        asked = self._asked.get(key)
        return NEVER if asked is None else asked + self._pauses.get(key, period_s) - self._monotonic()

    def has_asked(self, key: Key) -> bool:
        """Whether it was asked for since it was last forgotten."""
        return key in self._asked

    def begin(self, key: Key) -> None:
        """It is asked for now."""
        self._asked[key] = self._monotonic()

    def pause(self, key: Key, seconds: float) -> None:
        """It brought nothing: leave it for so long."""
        self._pauses[key] = seconds

    def answered(self, key: Key) -> None:
        """It brought an answer."""
        self._pauses.pop(key, None)

    def forget(self, key: Key) -> None:
        """It is due now."""
        self._asked.pop(key, None)

    def forget_pauses(self) -> list[Key]:
        """All that brought nothing is due now; these."""
        paused, self._pauses = list(self._pauses), {}
        for key in paused:
            self.forget(key)
        return paused

    def keep_only(self, run_ids: Collection[int]) -> None:
        """Forget what was asked of other runs."""
        for times in (self._asked, self._pauses):
            for key in [key for key in times if key[0] not in run_ids]:
                del times[key]
