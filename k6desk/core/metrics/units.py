"""The units of k6's metrics, and their values in words."""

from __future__ import annotations

from math import isfinite
from typing import Literal

Unit = Literal["ms", "bytes", "share", "count", ""]
"""What a metric counts; "" where a script's own metric does not say."""

NO_VALUE = "–"
_BYTES = frozenset({"data_received", "data_sent", "browser_data_received", "browser_data_sent"})
_PURE = frozenset({"browser_web_vital_cls"})
_DURATIONS = ("http_req_", "browser_web_vital_", "browser_http_req_", "ws_", "grpc_")
_SPANS = frozenset({"iteration_duration", "group_duration"})
_NANOSECOND = 1e-6
"""In ms. No clock of k6 is finer: less comes from a calculation."""
_SELDOM = 0.001
"""What happens less often in a second is counted by the hour."""
_SIZES = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def unit_of(metric: str, metric_type: str) -> Unit:
    """The unit of a metric; what a script measures by itself has none that is known, unless it counts something."""
    if metric in _BYTES:
        return "bytes"
    if metric_type == "rate":
        return "share"
    if metric_type == "trend":
        is_span = metric in _SPANS or (metric.startswith(_DURATIONS) and metric not in _PURE)
        return "ms" if is_span else ""
    return "count" if metric_type == "counter" or metric in {"vus", "vus_max"} else ""


def words(value: float | None, unit: Unit, *, per_s: bool = False) -> str:
    """A value for people: `310 ms`, `1.71 MB`, `2.79 %`, `18.5/s`; `–` where there is none."""
    if value is None or not isfinite(value):
        return NO_VALUE
    if unit == "ms":
        return _span(value)
    if unit == "bytes":
        shown = _size(value)
    elif unit == "share":
        return _share(value)
    elif per_s and 0 < abs(value) < _SELDOM:
        return f"{figure(value * 3600)}/h"
    else:
        shown = figure(value)
    return f"{shown}/s" if per_s else shown


def figure(value: float) -> str:
    """A number with three figures that count, whole from 100 on: `0.0123`, `18.5`, `2,980`."""
    size = abs(value)
    if size >= 99.95 or value == int(value):
        return f"{value:,.0f}"
    if size >= 0.001:
        return f"{value:.3g}"
    return f"{value:.1e}"


def _share(value: float) -> str:
    """Never 100 % of what was not all."""
    if 0.9995 <= value < 1:
        return f"{value * 100:.2f} %" if value < 0.99995 else ">99.99 %"
    return f"{figure(value * 100)} %"


def _span(ms: float) -> str:
    size = abs(ms)
    if size < _NANOSECOND:
        return "0 ms"
    if size < 0.9995:
        return f"{figure(ms * 1000)} µs"
    if size < 1000:
        return f"{figure(ms)} ms"
    if size < 60_000:
        return f"{ms / 1000:.2f} s"
    minutes, seconds = divmod(round(size / 1000), 60)
    sign = "-" if ms < 0 else ""
    return f"{sign}{minutes} min {seconds:02} s" if minutes < 60 else f"{sign}{minutes // 60} h {minutes % 60:02} min"


def _size(count: float) -> str:
    for factor, name in _SIZES:
        if abs(count) >= factor * 0.9995:
            return f"{count / factor:.3g} {name}"
    return f"{figure(count)} B"
