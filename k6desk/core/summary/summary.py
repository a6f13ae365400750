"""The end-of-test summary of a run: every metric in the figures that k6 prints, with thresholds and checks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from k6desk.api.metrics import Fold, Matcher, Metric, Query, quantile
from k6desk.api.models import RunDetail
from k6desk.core.metrics import checks
from k6desk.core.metrics.asked import Asked, Known, single
from k6desk.core.metrics.checks import Check
from k6desk.core.metrics.load_span import SampleSpan, load_s
from k6desk.core.metrics.units import Unit, unit_of
from k6desk.core.thresholds import thresholds
from k6desk.core.thresholds.thresholds import Threshold, Verdict

Section = Literal["http", "browser", "web vitals", "grpc", "websocket", "custom", "execution", "network", "checks"]

SECTIONS: tuple[Section, ...] = (
    "http",
    "browser",
    "web vitals",
    "grpc",
    "websocket",
    "custom",
    "execution",
    "network",
    "checks",
)
"""As they are shown and asked for: what people look for first stands first."""

STATS = ("avg", "min", "med", "max", "p(90)", "p(95)")
"""Of a trend, as k6 calls and orders them."""

_TREND = {
    "p(95)": quantile(0.95),
    "avg": "histogram_avg",
    "med": quantile(0.5),
    "max": "histogram_max",
    "p(90)": quantile(0.9),
    "min": "histogram_min",
}
_METHODS: dict[str, dict[str, str]] = {
    "trend": _TREND,
    "counter": {"count": "increase", "rate": "rate"},
    "gauge": {"value": "last", "min": "min", "max": "max"},
    "rate": {"passes": "increase_nz", "total": "increase_total"},
}
"""By type. The rate of a counter is that of the server, as in the thresholds and the comparison of runs: to divide its
count here would give another one in the last figures."""
_PREFIXES: tuple[tuple[str, Section], ...] = (
    ("http_", "http"),
    ("browser_web_vital_", "web vitals"),
    ("browser_", "browser"),
    ("grpc_", "grpc"),
    ("ws_", "websocket"),
    ("iteration", "execution"),
    ("data_", "network"),
)
_EXECUTION = frozenset({"vus", "vus_max", "dropped_iterations", "group_duration"})
_FIRST = ("http_req_duration", "http_req_failed", "http_reqs", "http_req_waiting", "iterations", "iteration_duration")
_VUS = frozenset({"vus", "vus_max"})
_EXPECTED = (Matcher("expected_response", "true"),)  # what k6 always shows beside the response time of all

LOAD = Asked(Query("vus", "last", ("instance_id",), (), "sum"), over_time=True)
"""The virtual users over time, which are there from the first to the last moment of the load."""


class Line(Struct, frozen=True):
    """The figures of one metric, or of its samples with some tags, by k6's names for them.

    A trend has `STATS`; a counter `count` and `rate` (in a second); a gauge `value`, `min` and `max`; a rate `value`
    (0..1), `passes` and `fails`. What there are no samples of is not in it, nor what is not known yet, which only the
    latter makes `is_known` false.
    """

    metric: str
    type: str
    tags: str = ""
    """`expected_response:true`, as k6 writes it; empty for all samples."""
    values: dict[str, float] = {}
    is_known: bool = True

    @property
    def name(self) -> str:
        """The metric with its tags, as k6 writes it."""
        return f"{self.metric}{{{self.tags}}}" if self.tags else self.metric

    @property
    def unit(self) -> Unit:
        """What its figures count."""
        return unit_of(self.metric, self.type)

    @property
    def section(self) -> Section:
        """Where k6 would print it."""
        return _section(self.metric)


class Summary(Struct, frozen=True):
    """What a run measured, or has measured so far. `checks` is None where these are not known."""

    lines: tuple[Line, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    checks: tuple[Check, ...] | None = None
    duration_s: float | None = None
    is_over: bool = True

    def of(self, section: Section) -> list[Line]:
        """The lines of one section."""
        return [line for line in self.lines if line.section == section]

    def line(self, name: str) -> Line | None:
        """The line with this name, as k6 writes it."""
        return next((line for line in self.lines if line.name == name), None)


def asks(metrics: Sequence[Metric], thresholds_set: Sequence[Threshold]) -> tuple[Asked, ...]:
    """What to ask for a summary, in the order in which it is looked at."""
    has_checks = _has_checks(metrics)
    asked = [*thresholds.asks(thresholds_set, metrics), *(checks.ASKS if has_checks else ()), LOAD]
    for line, matchers in _lines(metrics, thresholds_set):
        asked += _asked(line, matchers).values()
    asked += checks.WITHOUT_GROUPS if has_checks else ()
    return tuple(dict.fromkeys(asked))


def summary_of(
    metrics: Sequence[Metric],
    thresholds_set: Sequence[Threshold],
    known: Known,
    detail: RunDetail | None,
    verdicts: Sequence[Verdict] | None = None,
) -> Summary:
    """The summary of a run from what is known of it; without its `verdicts` they are worked out from the metrics."""
    if verdicts is None:
        verdicts = thresholds.verdicts(thresholds_set, metrics, known, (), detail)
    return Summary(
        lines=tuple(_filled(line, matchers, known) for line, matchers in _lines(metrics, thresholds_set)),
        verdicts=tuple(verdicts),
        checks=checks.checks_of(known) if _has_checks(metrics) else (),
        duration_s=_load_s(known, detail),
        is_over=detail is None or detail.run.is_finished,
    )


def _load_s(known: Known, detail: RunDetail | None) -> float | None:
    """How many seconds the load has lasted; by the virtual users alone where nothing is known of the run itself."""
    span = SampleSpan()
    span.take_in([known(LOAD)])
    if detail:
        return load_s(detail.run, detail, span.ends)
    first_s, last_s = span.ends or (0.0, 0.0)
    return last_s - first_s or None


def _has_checks(metrics: Sequence[Metric]) -> bool:
    return any(metric.name == checks.METRIC for metric in metrics)


def _lines(metrics: Sequence[Metric], wanted: Sequence[Threshold]) -> Iterator[tuple[Line, tuple[Matcher, ...]]]:
    """The metrics in order, each followed by those of its samples that a threshold names."""
    narrowed: dict[str, dict[str, tuple[Matcher, ...]]] = {"http_req_duration": {_tags(_EXPECTED): _EXPECTED}}
    for each in wanted:
        if each.matchers and not each.problem:
            narrowed.setdefault(each.metric, {})[_tags(each.matchers)] = each.matchers
    for metric in sorted(metrics, key=_rank):
        yield Line(metric.name, metric.type), ()
        for tags, matchers in narrowed.get(metric.name, {}).items():
            yield Line(metric.name, metric.type, tags), matchers


def _rank(metric: Metric) -> tuple[int, int, str]:
    first = _FIRST.index(metric.name) if metric.name in _FIRST else len(_FIRST)
    return SECTIONS.index(_section(metric.name)), first, metric.name


def _section(metric: str) -> Section:
    if metric == checks.METRIC:
        return "checks"
    if metric in _EXECUTION:
        return "execution"
    return next((section for prefix, section in _PREFIXES if metric.startswith(prefix)), "custom")


def _tags(matchers: Sequence[Matcher]) -> str:
    return ",".join(f"{matcher.label}:{matcher.value}" for matcher in matchers)


def _asked(line: Line, matchers: tuple[Matcher, ...]) -> dict[str, Asked]:
    by: tuple[str, ...] = ("instance_id",) if line.metric in _VUS else ()  # each load generator has some of them
    fold: Fold | None = "sum" if by else None
    return {
        name: Asked(Query(line.metric, method, by, matchers, fold))
        for name, method in _METHODS.get(line.type, {}).items()
    }


def _filled(line: Line, matchers: tuple[Matcher, ...], known: Known) -> Line:
    answers = {name: known(asked) for name, asked in _asked(line, matchers).items()}
    values = {name: value for name, answer in answers.items() if (value := single(answer)) is not None}
    if line.type == "rate":
        values = _share(values)
    is_known = None not in answers.values()
    return Line(line.metric, line.type, line.tags, {name: values[name] for name in _ORDER if name in values}, is_known)


def _share(values: dict[str, float]) -> dict[str, float]:
    """Both counts and their share; a count of nothing may come as no answer at all."""
    total = values.get("total")
    if not total:
        return {}
    passes = values.get("passes", 0.0)
    return {"value": passes / total, "passes": passes, "fails": total - passes}


_ORDER = ("count", "rate", "value", *STATS, "passes", "fails")
