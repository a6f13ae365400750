"""The recorded run of the checkout ramp: what a real k6 measured, in steps of three seconds.

The file holds for every series its columns, one number where a column has the same in all steps, and `steps` where a
series has no samples in some. `whole` is k6's own summary at the end of the run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from k6desk.demo.metrics.tables import Floats, Labels, MetricType, Table, Whole

STEPS = 54
_GROUPS = {"GET /catalogue": "::browse", "GET /cart": "::checkout"}
_GROUP_OF_CHECK = {"status is 200": "::browse", "body is not empty": "::browse", "cart is 200": "::checkout"}


def recorded_length_s() -> float:
    """How long the load of the recorded run lasted."""
    length_s: float = _file()["length_s"]
    return length_s


def recorded_types() -> dict[str, MetricType]:
    """The metrics of the recorded run."""
    types = {name: metric["type"] for name, metric in _file()["metrics"].items()}
    return types | {"http_reqs": "counter"}


def recorded_table(name: str, everywhere: Labels) -> Table:
    """What was measured; every series has the labels `everywhere` too."""
    file = _file()
    metric = file["metrics"]["http_req_failed" if name == "http_reqs" else name]
    labels, series, steps = [], [], []
    columns: dict[str, list[Floats]] = {column: [] for column in metric["columns"]}
    for place, one in enumerate(metric["series"]):
        labels.append(_labels(one["labels"]) | everywhere)
        own = np.array(one.get("steps", range(STEPS)))
        steps.append(own)
        series.append(np.full(len(own), place))
        for column, values in zip(metric["columns"], one["columns"], strict=True):
            columns[column].append(np.broadcast_to(np.array(values, dtype=float), own.shape))
    joined = {column: np.concatenate(parts) for column, parts in columns.items()}
    shares: tuple[float, ...] = ()
    if metric["type"] == "trend":
        knots = np.stack([joined[knot] for knot in ("min", "p50", "p90", "p95", "p99", "max")], axis=1)
        joined = {"count": joined["count"], "avg": joined["avg"], "knots": knots}
        shares = tuple(file["shares"])
    elif metric["type"] == "gauge":
        joined["avg"] = (joined["min"] + joined["max"]) / 2
    elif name == "http_reqs":
        joined = {"sum": joined["total"]}
    return Table(
        recorded_types()[name],
        labels,
        np.concatenate(series),
        np.concatenate(steps),
        {column: np.asarray(values) for column, values in joined.items()},
        shares,
        _wholes(name),
    )


@cache
def _file() -> dict[str, Any]:
    file: dict[str, Any] = json.loads(Path(__file__).with_name("recording.json").read_bytes())
    return file


def _labels(own: Mapping[str, str]) -> dict[str, str]:
    labels = dict(own)
    if "name" in own:
        labels["group"] = _GROUPS[own["name"]]
        labels["url"] = "https://quickpizza.example.com/" + own["name"].partition("/")[2]
    if "check" in own:
        labels["group"] = _GROUP_OF_CHECK[own["check"]]
    return labels


def _wholes(name: str) -> dict[tuple[tuple[str, str, str], ...], Whole]:
    found: dict[tuple[tuple[str, str, str], ...], Whole] = {}
    for key, one in _file()["whole"].items():
        metric, _, rest = key.partition("{")
        if metric == name:
            label, _, value = rest.rstrip("}").partition(":")
            wanted = ((label, "=", value),) if rest else ()
            quantiles = tuple((share, value) for share, value in one["quantiles"])
            found[wanted] = Whole(one["min"], one["avg"], one["max"], quantiles)
    return found
