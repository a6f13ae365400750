"""The scale of values: from where to where, with round figures in one unit that people read."""

from __future__ import annotations

from math import ceil, floor, log10

from msgspec import Struct

from k6desk.core.metrics.units import Unit

_UNITS: dict[Unit, tuple[tuple[float, str], ...]] = {
    "ms": ((2 * 3_600_000, " h"), (2 * 60_000, " min"), (1000, " s"), (0, " ms")),
    "bytes": ((1e12, " TB"), (1e9, " GB"), (1e6, " MB"), (1e3, " kB"), (0, " B")),
}
_FACTORS = {" h": 3_600_000.0, " min": 60_000.0, " s": 1e3, " kB": 1e3, " MB": 1e6, " GB": 1e9, " TB": 1e12}
_LEAST = 1e-12
_ROUND = (1.0, 2.0, 5.0, 10.0)


class Scale(Struct, frozen=True):
    """A scale and the values that are named on it."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]


def scale_of(
    low: float, high: float, unit: Unit, *, per_s: bool = False, ticks: int = 4, from_zero: bool = True
) -> Scale:
    """A scale with about so many ticks that holds the values from `low` to `high`."""
    low, high = (0.0 if abs(each) < _LEAST else each for each in (low, high))
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    unit_at_top = _unit(max(abs(low), abs(high)), unit, per_s=per_s)
    found = _in_unit(low, high, unit_at_top, ticks, is_whole=unit == "count" and not per_s)
    unit_of_ticks = _unit(max(abs(found.low), abs(found.high)), unit, per_s=per_s)
    if unit_of_ticks != unit_at_top:  # up to 980 ms: not 500 and 1,000 ms, but 0.5 and 1 s
        found = _in_unit(low, high, unit_of_ticks, ticks, is_whole=False)
    return found


def _in_unit(low: float, high: float, unit: tuple[float, str], ticks: int, *, is_whole: bool) -> Scale:
    factor, suffix = unit
    low, high = low / factor, high / factor
    if high - low < 1e-9 * max(1.0, abs(high)):
        high, low = high + (1 if high == low == 0 or is_whole else abs(high) * 0.1), low - abs(low) * 0.1
    step = _step((high - low) / max(1, ticks))
    if is_whole:
        step = max(1.0, step)
    first = floor(low / step + 1e-6)
    last = max(first + 1, ceil(high / step - 1e-6))
    decimals = max(0, -floor(log10(step) + 1e-9))
    named = tuple((n * step * factor, _words(n * step, decimals, suffix)) for n in range(first, last + 1))
    return Scale(named[0][0], named[-1][0], named)


def _unit(top: float, unit: Unit, *, per_s: bool) -> tuple[float, str]:
    if unit == "share":
        return 0.01, " %"
    suffix = next((name for least, name in _UNITS.get(unit, ()) if top >= least), "")
    return _FACTORS.get(suffix, 1.0), suffix + "/s" * (per_s and unit != "ms")


def _step(rough: float) -> float:
    size = 10.0 ** floor(log10(rough))
    return size * next(each for each in _ROUND if each * size >= rough * 0.999)


def _words(value: float, decimals: int, suffix: str) -> str:
    if value == 0:
        return "0"
    if decimals > 6 or abs(value) >= 1e9:
        return f"{value:.1e}{suffix}"
    return f"{value:,.{decimals}f}{suffix}"
