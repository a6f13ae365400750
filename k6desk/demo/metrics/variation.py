"""The recorded run as it goes on another day: other times, a few users more or less, and fewer failures.

All metrics of one variation fit together: an iteration more is one more request of each kind, and a request that does
not fail is one more that is answered as expected, with its checks.
"""

from __future__ import annotations

from functools import cache
from random import Random
from typing import NamedTuple

import numpy as np

from k6desk.demo.metrics.recording import STEPS, recorded_table
from k6desk.demo.metrics.tables import Floats, Ints, Labels, Table

FAILURES = 83
"""How many requests of the recorded run failed."""
_SLEEP_MS = 1400.0
_PARTS = ("blocked", "connecting", "tls_handshaking", "sending", "waiting", "receiving")
_PER_ITERATION = {
    "data_sent": 153.0,
    "data_received": 1149.0,
    "group_duration": 2.0,
    **{f"http_req_{part}": 2.0 for part in _PARTS},  # both requests are in one series
}
_QUIET = 3
"""The fewest requests of each kind in a step to which one more or one less may be added."""
_CHECKED = {"status is 200": "GET /catalogue", "cart is 200": "GET /cart"}
"""The checks that fail with a request."""


class Variation(NamedTuple):
    """Answers take `factor` of the time, and of the requests that failed only so many `failures` still do."""

    seed: int
    factor: float
    failures: int


def varied_table(name: str, everywhere: Labels, variation: Variation) -> Table:
    """What is measured on such a day; every series has the labels `everywhere` too."""
    table = recorded_table(name, everywhere)
    columns = dict(table.columns)
    if "knots" in columns:
        base = _SLEEP_MS if name == "iteration_duration" else 0.0
        columns["knots"] = base + (columns["knots"] - base) * variation.factor
        columns["avg"] = base + (columns["avg"] - base) * variation.factor
    more = _more_iterations(variation.seed)[table.step] * _PER_ITERATION.get(name, 1.0)
    mended = np.zeros(len(table.step))
    for place, one in enumerate(table.labels):
        rows = table.series == place
        request = _CHECKED.get(one.get("check", ""), one.get("name", ""))
        mended[rows] = _mended(variation.seed, variation.failures).get(request, np.zeros(STEPS))[table.step[rows]]
        if one.get("expected_response") == "false":
            more[rows], mended[rows] = 0, -mended[rows]
    for column in ("sum", "count", "total", *(("nonzero",) if name == "checks" else ())):
        if column in columns:
            columns[column] = columns[column] + more + (mended if name != "checks" or column == "nonzero" else 0)
    if name == "http_req_failed":
        columns["nonzero"] = columns["nonzero"] + np.minimum(mended, 0)
    varied = Table(table.type, table.labels, table.series, table.step, columns, table.shares)
    counts = columns.get("total", columns.get("count", columns.get("sum")))
    return varied if counts is None else varied.rows(counts > 0)


@cache
def _more_iterations(seed: int) -> Ints:
    """How many iterations more each step has than the recorded one: −1, 0 or 1."""
    requests = recorded_table("http_reqs", {})
    is_main = np.array([one["expected_response"] == "true" for one in requests.labels])[requests.series]
    fewest = np.full(STEPS, np.inf)
    np.minimum.at(fewest, requests.step[is_main], requests.columns["sum"][is_main])
    rng = Random(seed)  # noqa: S311
    more = np.array([rng.choice((-1, 0, 0, 1)) for _ in range(STEPS)])
    return np.where(fewest > _QUIET, more, 0)


@cache
def _mended(seed: int, failures: int) -> dict[str, Floats]:
    """By the name of a request and step how many do not fail that failed when it was recorded."""
    requests = recorded_table("http_req_failed", {})
    failed = [
        (requests.labels[place]["name"], step)
        for place, step, count in zip(requests.series, requests.step, requests.columns["nonzero"], strict=True)
        for _ in range(int(count))
    ]
    mended: dict[str, Floats] = {}
    for name, step in Random(seed).sample(failed, len(failed) - failures):  # noqa: S311
        mended.setdefault(name, np.zeros(STEPS))[step] += 1
    return mended
