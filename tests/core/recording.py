"""The answers that a server would give on a recorded run, worked out from its steps of three seconds."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from k6desk.api.metrics import Answer, Metric, Query, Series
from k6desk.core.metrics.asked import Asked

SHARED = Path(__file__).parents[3] / "shared" / "data"
NAME = "k6-recording-checkout-ramp"
START = 1_760_000_000.0
TOOK_S = 160.77
SHARES = (0.0, 0.5, 0.9, 0.95, 0.99, 1.0)


def k6_summary() -> dict:
    """What k6 itself said at the end of the run."""
    return json.loads(_text("summary.json"))


class Recording:
    """`known` gives what is asked, as `Known` does."""

    def __init__(self) -> None:
        self.of = json.loads(_text("json"))["metrics"]
        self.metrics = tuple(Metric(name, each["type"]) for name, each in self.of.items())
        self.asked: list[Asked] = []

    def known(self, asked: Asked) -> Answer | None:
        self.asked.append(asked)
        query = asked.query
        metric = self.of.get(query.metric)
        if metric is None:
            return Answer()
        chosen = [
            series
            for series in metric["series"]
            if all((series["labels"].get(m.label, "") == m.value) == (m.operator == "=") for m in query.matchers)
        ]
        if asked.over_time:
            return Answer(tuple(_curve(series["values"]) for series in chosen))
        by = () if query.fold else query.by
        groups = defaultdict(list)
        for series in chosen:
            groups[tuple(series["labels"].get(label, "") for label in by)] += series["values"]
        found = {key: _value(query, rows) for key, rows in groups.items()}
        return Answer(
            tuple(
                Series(
                    {label: part for label, part in zip(by, key, strict=True) if part},
                    array("d", [START]).tobytes(),
                    array("d", [value]).tobytes(),
                )
                for key, value in found.items()
            )
        )


def _text(ending: str) -> str:
    file = SHARED / f"{NAME}.{ending}"
    if not file.exists():
        pytest.skip("the recorded run is not on this computer")
    return file.read_text()


def _curve(rows: list[list[float]]) -> Series:
    times = array("d", [START + row[0] for row in rows])
    return Series({}, times.tobytes(), array("d", [row[1] for row in rows]).tobytes())


def _value(query: Query, rows: list[list[float]]) -> float:
    method = query.method
    if method.startswith("histogram_quantile("):
        return _quantile(float(method[19:-1]), tuple(map(tuple, rows)))
    return {
        "increase": lambda: sum(row[1] for row in rows),
        "rate": lambda: sum(row[1] for row in rows) / TOOK_S,
        "increase_total": lambda: sum(row[1] for row in rows),
        "increase_nz": lambda: sum(row[2] for row in rows),
        "increase_z": lambda: sum(row[1] - row[2] for row in rows),
        "ratio": lambda: sum(row[2] for row in rows) / sum(row[1] for row in rows),
        "last": lambda: rows[-1][1],
        "min": lambda: min(row[2] for row in rows),
        "max": lambda: max(row[3] for row in rows),
        "histogram_min": lambda: min(row[2] for row in rows),
        "histogram_max": lambda: max(row[8] for row in rows),
        "histogram_avg": lambda: sum(row[1] * row[3] for row in rows) / sum(row[1] for row in rows),
    }[method]()


@cache
def _quantile(share: float, rows: tuple[tuple[float, ...], ...]) -> float:
    """Of all steps together; between the quantiles of a step its samples lie evenly."""
    low, high = min(row[2] for row in rows), max(row[8] for row in rows)
    wanted = share * sum(row[1] for row in rows)
    for _ in range(60):
        middle = (low + high) / 2
        if sum(row[1] * _below(middle, (row[2], *row[4:8], row[8])) for row in rows) < wanted:
            low = middle
        else:
            high = middle
    return round(high, 6)


def _below(value: float, points: tuple[float, ...]) -> float:
    if value < points[0]:
        return 0.0
    for left, right, least, most in zip(points, points[1:], SHARES, SHARES[1:], strict=False):
        if value < right:
            return least + (most - least) * (value - left) / (right - left)
    return 1.0
