"""Which charts tell how a run went: the usual ones, one for any metric by its type, and either split by a label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from k6desk.api.metrics import Matcher, Metric, Query, quantile
from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.metric_names import title_of
from k6desk.core.metrics.units import Unit, unit_of

VUS = "vus"
QUARTILE = 0.75

STATISTICS = {
    "p50": quantile(0.5),
    "p75": quantile(QUARTILE),
    "p95": quantile(0.95),
    "p99": quantile(0.99),
    "avg": "histogram_avg",
    "min": "histogram_min",
    "max": "histogram_max",
}
"""What people call the methods of a trend → the method."""

_REQUEST = ("name", "scenario", "group", "status", "method", "load_zone")
_USUAL = ("scenario", "group", "load_zone")
_BUILTIN = {"checks": ("check", "scenario", "group", "load_zone"), VUS: ("load_zone",), "vus_max": ("load_zone",)}
_PER_REQUEST = ("http_req", "browser_http_req", "grpc_")
_VITALS = {"lcp": "LCP", "fcp": "FCP", "inp": "INP", "fid": "FID", "ttfb": "TTFB"}
_LAYOUT_SHIFT = "browser_web_vital_cls"
_FAILURES = ("http_req_failed", "browser_http_req_failed")
_TIMES = ("http_req_duration", "browser_http_req_duration", "grpc_req_duration")


class LineSpec(Struct, frozen=True):
    """A curve of a chart. With `query.by` or `query.fold_by` there is one for each value of that label.

    `is_quiet`: it is there to measure another one by.
    """

    name: str
    query: Query
    is_quiet: bool = False


class ChartSpec(Struct, frozen=True):
    """Curves of one unit. `per_s`: of it in a second. `label` is what it is split by, "" if it is not."""

    title: str
    unit: Unit
    per_s: bool
    lines: tuple[LineSpec, ...]
    label: str = ""

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that it shows."""
        return tuple(dict.fromkeys(line.query.metric for line in self.lines))

    def asks(self) -> tuple[Asked, ...]:
        """What to ask to draw it."""
        return tuple(Asked(line.query, over_time=True) for line in self.lines)


def standard_charts(metrics: Sequence[Metric] | None) -> tuple[ChartSpec, ...]:
    """The charts for a run with these metrics; those of a run that makes HTTP requests, while they are not known."""
    types = _HTTP_RUN if metrics is None else {metric.name: metric.type for metric in metrics}
    return tuple(chart for chart in _usual(types) if chart.lines)


def asks(metrics: Sequence[Metric] | None) -> tuple[Asked, ...]:
    """What to ask for the standard charts of a run with these metrics."""
    return tuple(dict.fromkeys(asked for chart in standard_charts(metrics) for asked in chart.asks()))


def chart_of(metric: Metric) -> ChartSpec | None:
    """A chart of any metric; None for a type that is not known."""
    name, unit = metric.name, unit_of(metric.name, metric.type)
    title = title_of(name)
    match metric.type:
        case "counter":
            return ChartSpec(title, unit, True, (LineSpec("Rate", Query(name, "rate")),))
        case "gauge" if name in {VUS, "vus_max"}:
            return ChartSpec(title, unit, False, (LineSpec(title, _users(name)),))
        case "gauge":
            lines = (LineSpec(word, Query(name, word)) for word in ("avg", "min", "max"))
            return ChartSpec(title, unit, False, tuple(lines))
        case "rate":
            return ChartSpec(title, unit, False, (LineSpec("Share", Query(name, "ratio")),))
        case "trend":
            return ChartSpec(title, unit, False, _statistics(name, "p50", "p95", "p99", "max"))
    return None


def labels_of(metric: str) -> tuple[str, ...]:
    """The labels that samples of a metric usually have, as long as the server does not name them."""
    return _BUILTIN.get(metric) or (_REQUEST if metric.startswith(_PER_REQUEST) else _USUAL)


def split(chart: ChartSpec, label: str, statistic: str = "p95") -> tuple[ChartSpec, ...]:
    """A chart for each metric of this one, with a curve for each value of a label.

    Of several statistics of one metric it is the one that is asked for, else the first; quiet curves are left out.
    """
    found: list[ChartSpec] = []
    loud = [line for line in chart.lines if not line.is_quiet]
    metrics = dict.fromkeys(line.query.metric for line in loud)
    for metric in metrics:
        lines = [line for line in loud if line.query.metric == metric]
        line, title = lines[0], chart.title if len(metrics) == 1 else title_of(metric)
        if line.query.method.startswith("histogram_") and statistic in STATISTICS:
            line = LineSpec(statistic, replace(line.query, method=STATISTICS[statistic]))
        elif len(lines) > 1:
            line = next((each for each in lines if each.name == statistic), line)
        if len(lines) > 1 or line is not lines[0]:
            title = f"{title} · {line.name}"
        found.append(ChartSpec(title, chart.unit, chart.per_s, (replace(line, query=_by(line.query, label)),), label))
    return tuple(found)


def filtered(chart: ChartSpec, matchers: tuple[Matcher, ...]) -> ChartSpec:
    """The same chart of only those samples that match."""
    lines = (replace(line, query=replace(line.query, matchers=matchers)) for line in chart.lines)
    return replace(chart, lines=tuple(lines))


def _usual(types: Mapping[str, str]) -> Iterator[ChartSpec]:
    def only(*lines: LineSpec) -> tuple[LineSpec, ...]:
        return tuple(line for line in lines if line.query.metric in types)

    def first(*names: str) -> list[Metric]:
        """Of what a run makes, that which it makes most: requests go before messages."""
        return [Metric(name, types[name]) for name in names if name in types][:1]

    users = only(LineSpec("Active", _users(VUS)), LineSpec("Allocated", _users("vus_max"), is_quiet=True))
    yield ChartSpec("Virtual users", "count", False, users)
    yield ChartSpec("Request rate", "count", True, only(LineSpec("Rate", Query("http_reqs", "rate"))))
    for metric in first(*_TIMES):
        yield _times(metric.name)
    for metric in first(*_FAILURES):
        yield ChartSpec("Failure rate", "share", False, (LineSpec("Failed", Query(metric.name, "ratio")),))
    messages = only(
        LineSpec("Received", Query("ws_msgs_received", "rate")), LineSpec("Sent", Query("ws_msgs_sent", "rate"))
    )
    yield ChartSpec("WebSocket messages", "count", True, messages)
    yield ChartSpec("WebSocket sessions begun", "count", True, only(LineSpec("Rate", Query("ws_sessions", "rate"))))
    if "ws_session_duration" in types:
        yield _times("ws_session_duration")
    yield ChartSpec(
        "Data",
        "bytes",
        True,
        only(LineSpec("Received", Query("data_received", "rate")), LineSpec("Sent", Query("data_sent", "rate"))),
    )
    yield ChartSpec(
        "Iterations",
        "count",
        True,
        only(
            LineSpec("Finished", Query("iterations", "rate")), LineSpec("Dropped", Query("dropped_iterations", "rate"))
        ),
    )
    yield ChartSpec("Checks", "share", False, only(LineSpec("Passed", Query("checks", "ratio"))))
    p75 = quantile(QUARTILE)
    vitals = only(*(LineSpec(word, Query(f"browser_web_vital_{key}", p75)) for key, word in _VITALS.items()))
    yield ChartSpec("Web vitals · p75", "ms", False, vitals)
    shift = only(LineSpec("CLS", Query(_LAYOUT_SHIFT, p75)))
    yield ChartSpec("Cumulative layout shift · p75", unit_of(_LAYOUT_SHIFT, "trend"), False, shift)


def _times(metric: str) -> ChartSpec:
    unit = unit_of(metric, "trend")
    return ChartSpec(title_of(metric), unit, False, _statistics(metric, "p50", "p95", "p99", "max"))


def _statistics(metric: str, *names: str) -> tuple[LineSpec, ...]:
    return tuple(LineSpec(name, Query(metric, STATISTICS[name])) for name in names)


def _users(metric: str) -> Query:
    return Query(metric, "last", by=("instance_id",), fold="sum")


def _by(query: Query, label: str) -> Query:
    if query.fold:
        return replace(query, by=(*query.by, label), fold_by=(label,))
    return replace(query, by=(label,))


_HTTP_RUN = {
    "vus": "gauge",
    "vus_max": "gauge",
    "http_reqs": "counter",
    "http_req_duration": "trend",
    "http_req_failed": "rate",
    "data_received": "counter",
    "data_sent": "counter",
    "iterations": "counter",
    "checks": "rate",
}
