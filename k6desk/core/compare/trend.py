"""One figure of a test over its last runs, and how the newest stands against those before. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from statistics import median

from msgspec import Struct

from k6desk.api.metrics import Fold, Metric, Query, quantile
from k6desk.api.models import Run, has_failed
from k6desk.core.metrics.metric_names import title_of
from k6desk.core.metrics.units import Unit, unit_of
from k6desk.core.thresholds.thresholds import Threshold

SIZES = (10, 30, 50, 100)
"""So many runs can be looked at."""
FEWEST_BEFORE = 3
"""From so many runs on there is something usual."""
MOST = 1e100
"""No figure of k6 is greater, and no scale has to reach further."""

_METHODS: dict[str, dict[str, str]] = {
    "trend": {
        "p95": quantile(0.95),
        "average": "histogram_avg",
        "median": quantile(0.5),
        "p90": quantile(0.9),
        "p99": quantile(0.99),
        "longest": "histogram_max",
        "shortest": "histogram_min",
    },
    "counter": {"per second": "rate", "in all": "increase"},
    "gauge": {"largest": "max", "smallest": "min", "average": "avg", "last": "last"},
    "rate": {"share": "ratio"},
}
_WORDS_OF_NUMBERS = {"longest": "largest", "shortest": "smallest"}
_OF_INSTANCES = frozenset({"vus", "vus_max"})
"""Each load generator has some of them."""


class Aggregate(Struct, frozen=True):
    """One figure of a run: a way to put all samples of a metric into one value."""

    metric: Metric
    title: str
    query: Query
    unit: Unit
    per_s: bool = False

    @property
    def name(self) -> str:
        """The metric and the way: "Response time, p95"."""
        return title_of(self.metric.name) if self.title == "share" else f"{title_of(self.metric.name)}, {self.title}"


class Point(Struct, frozen=True):
    """A run and its value; None if it has none or it is not known. `crossed` are the limits that it does not keep."""

    run: Run
    value: float | None
    crossed: tuple[Threshold, ...] = ()
    is_known: bool = True

    @property
    def has_failed(self) -> bool:
        """Whether the run failed, was aborted or ended with an error."""
        return has_failed(self.run.status, self.run.result)


class Trend(Struct, frozen=True):
    """The runs from the oldest to the newest, and the limits that the newest thresholds of the test set."""

    aggregate: Aggregate
    points: tuple[Point, ...] = ()
    limits: tuple[Threshold, ...] = ()

    @property
    def against_usual(self) -> tuple[Point, float] | None:
        """The newest ended run with a value, and the median of those before; None without enough of them."""
        ended = [point for point in self.points if point.run.is_finished and point.value is not None]
        before = [point.value for point in ended[:-1] if point.value is not None]
        return (ended[-1], median(before)) if len(before) >= FEWEST_BEFORE else None


def aggregates_of(metric: Metric) -> tuple[Aggregate, ...]:
    """The figures that there are of a metric; none of a type that is not known."""
    unit = unit_of(metric.name, metric.type)
    is_span = unit == "ms"
    by: tuple[str, ...] = ("instance_id",) if metric.name in _OF_INSTANCES else ()
    fold: Fold | None = "sum" if by else None
    return tuple(
        Aggregate(
            metric,
            words if is_span else _WORDS_OF_NUMBERS.get(words, words),
            Query(metric.name, method, by, (), fold),
            unit,
            per_s=words == "per second",
        )
        for words, method in _METHODS.get(metric.type, {}).items()
    )


STANDARD = (
    Metric("http_req_duration", "trend"),
    Metric("http_req_failed", "rate"),
    Metric("checks", "rate"),
    Metric("http_reqs", "counter"),
)
"""The metrics that nearly every test has, the one that is looked at first before the others."""


def trend_of(
    aggregate: Aggregate,
    runs: Sequence[Run],
    values: Mapping[int, float],
    thresholds: Sequence[Threshold] = (),
    unknown: Collection[int] = (),
) -> Trend:
    """A figure over runs of a test, given in any order; of the `unknown` ones nobody knows whether they have it."""
    query, kind = aggregate.query, aggregate.metric.type
    limits = tuple(
        one for one in thresholds if one.limit is not None and abs(one.limit) < MOST and one.query(kind) == query
    )
    points = []
    for run in sorted(runs, key=lambda run: (run.created_at, run.id)):
        value = values.get(run.id)
        if value is not None and not abs(value) < MOST:  # nor is NaN
            value = None
        crossed = tuple(one for one in limits if value is not None and not one.is_met(value))
        points.append(Point(run, value, crossed, run.id not in unknown))
    return Trend(aggregate, tuple(points), limits)
