"""Figures as k6 prints them at the end of a test: cut off rather than rounded, without needless zeros."""

from __future__ import annotations

from math import isfinite, trunc

from k6desk.core.metrics.units import NO_VALUE, Unit

_SIZES = ("B", "kB", "MB", "GB", "TB", "PB", "EB")


def printed(value: float | None, unit: Unit) -> str:
    """A value in its unit: `310.27ms`, `1.7 MB`, `2.78%`, `2980`; `–` where there is none."""
    if value is None or not isfinite(value):
        return NO_VALUE
    if unit == "ms":
        return _span(value)
    if unit == "bytes":
        return _size(value)
    return f"{trunc(round(value * 1e4, 6)) / 100:.2f}%" if unit == "share" else plain(value, 6)


def plain(value: float, digits: int) -> str:
    """A number with at most so many digits after the point."""
    shown = f"{value:.{digits}f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown == "-0" else shown


def _span(ms: float) -> str:
    if ms == 0:
        return "0s"
    if abs(ms) < 0.001:
        return f"{trunc(ms * 1e6)}ns"
    if abs(ms) < 1:
        return f"{_cut(ms * 1000)}µs"
    if abs(ms) < 1000:
        return f"{_cut(ms)}ms"
    minutes = trunc(ms / 60_000)
    if not minutes:
        return f"{_cut(ms / 1000)}s"
    shown = f"{abs(minutes) % 60}m{trunc(abs(ms) % 60_000 / 1000)}s"
    hours = abs(minutes) // 60
    return "-" * (ms < 0) + (f"{hours}h{shown}" if hours else shown)


def _size(count: float) -> str:
    if abs(count) < 10:
        return f"{plain(count, 6)} B"
    power = 0
    while abs(count) >= 1000 and power < len(_SIZES) - 1:
        count, power = count / 1000, power + 1
    return f"{count:.{1 if abs(count) < 10 else 0}f} {_SIZES[power]}"


def _cut(value: float) -> str:
    return plain(trunc(round(value * 100, 6)) / 100, 2)
