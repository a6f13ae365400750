"""Time since the start, in words and in steps that people count in."""

from __future__ import annotations

from math import ceil

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_STEPS = (
    *(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(_MINUTE * each for each in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * each for each in (1, 2, 3, 6, 12)),
    *(_DAY * each for each in (1, 2, 7, 14, 28)),
)


def elapsed(seconds: float, step: float = 1.0) -> str:
    """A time as exact as the step asks for: `4:05`, `4:05.5`, `1:04:05`, `1:30 h`, `2 d 6 h`."""
    sign = "-" if seconds < 0 else ""
    tenths = round(abs(seconds) * 10)
    whole, tenth = divmod(tenths, 10) if step < 1 else (round(abs(seconds)), 0)
    fraction = f".{tenth}" if step < 1 else ""
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if step >= _HOUR and whole >= 2 * _DAY:
        days, hours = divmod(hours, 24)
        return f"{sign}{days} d {hours} h" if hours else f"{sign}{days} d"
    if step >= _MINUTE and hours:
        return f"{sign}{hours}:{minutes:02} h"
    if hours:
        return f"{sign}{hours}:{minutes:02}:{left:02}{fraction}"
    return f"{sign}{minutes}:{left:02}{fraction}"


def time_ticks(start: float, end: float, most: int) -> tuple[tuple[float, str], ...]:
    """At most so many times from `start` to `end`, all at multiples of one step, with their words."""
    rough = (end - start) / max(1, most)
    step = next((each for each in _STEPS if each >= rough), _STEPS[-1] * ceil(rough / _STEPS[-1]))
    first = ceil(start / step - 1e-9)
    return tuple((n * step, elapsed(n * step, step)) for n in range(first, int(end / step + 1e-9) + 1))
