"""Time in the demo cloud.

Instants are whole microseconds since the epoch. There are two scales. *Story time* is what the plans of runs are made
in: a ten-minute test takes ten minutes of it. *Real time* is what the server tells. Story time passes `speed` times
faster from an hour and a half of story before the cloud starts, so that what is under way at the start is at that
speed as a whole, and its progress is as varied as at speed 1. History before that is told at its natural pace.

Everything given out is real time: the statuses' times are ordinary recent times, and `estimated_duration` is the real
number of seconds the run will take, so a client's progress and time left come out right at every speed. Costs, VUs and
the durations inside `options` are those of the test as written and do not depend on the speed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_LEAD = 90 * MINUTE
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoryClock:
    """Turns real time into story time and back. `now_s` is the injected clock: seconds since the epoch."""

    now_s: Callable[[], float]
    start_us: int
    speed: float

    def now(self) -> int:
        """The real time."""
        return max(self.start_us, int(self.now_s() * SECOND))

    def story(self, real_us: int) -> int:
        """The story time of a real time."""
        if real_us <= self._bend_us + self._shift_us:
            return real_us - self._shift_us
        return self.start_us + int((real_us - self.start_us) * self.speed)

    def real(self, story_us: int) -> int:
        """The real time of a story time."""
        if story_us <= self._bend_us:
            return story_us + self._shift_us
        return self.start_us + int((story_us - self.start_us) / self.speed)

    @property
    def _bend_us(self) -> int:
        return self.start_us - _LEAD

    @property
    def _shift_us(self) -> int:
        """How much later history is told, so that it ends where the quick time begins."""
        return _LEAD - int(_LEAD / self.speed)


def instant(at: datetime) -> int:
    """The microseconds since the epoch of a datetime; one without a zone is read as UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def moment(real_us: int) -> datetime:
    """The datetime of microseconds since the epoch."""
    return _EPOCH + timedelta(microseconds=real_us)


def text(real_us: int, digits: int = 6, zone: str = "Z") -> str:
    """An ISO 8601 text with `digits` fraction digits (cut, not rounded)."""
    seconds, fraction = divmod(real_us, SECOND)
    head = (_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None).isoformat()
    return f"{head}.{fraction:06d}"[: 20 + digits if digits else 19] + zone
