"""The usual charts of a run, one of any metric, and both split by a label."""

from __future__ import annotations

from k6desk.api.metrics import Matcher, Metric
from k6desk.core.metrics.standard_charts import ChartSpec, asks, chart_of, filtered, labels_of, split, standard_charts

HTTP = [
    Metric("vus", "gauge"),
    Metric("vus_max", "gauge"),
    Metric("http_reqs", "counter"),
    Metric("http_req_duration", "trend"),
    Metric("http_req_failed", "rate"),
    Metric("data_received", "counter"),
    Metric("data_sent", "counter"),
    Metric("iterations", "counter"),
    Metric("checks", "rate"),
]


def queries(chart: ChartSpec) -> dict[str, str]:
    return {line.name: f"{line.query.expression} on {line.query.selector}" for line in chart.lines}


def of(charts, title: str) -> ChartSpec:
    return next(chart for chart in charts if chart.title == title)


def titles(charts) -> list[str]:
    return [chart.title for chart in charts]


USUAL = ["Virtual users", "Request rate", "Response time", "Failure rate", "Data", "Iterations", "Checks"]


def test_a_run_that_makes_requests():
    charts = standard_charts(HTTP)
    assert titles(charts) == titles(standard_charts(None)) == USUAL
    assert queries(of(charts, "Virtual users"))["Active"] == "sum(last by (instance_id)) on vus"
    assert queries(of(charts, "Request rate")) == {"Rate": "rate on http_reqs"}
    assert list(queries(of(charts, "Response time")).values()) == [
        "histogram_quantile(0.5) on http_req_duration",
        "histogram_quantile(0.95) on http_req_duration",
        "histogram_quantile(0.99) on http_req_duration",
        "histogram_max on http_req_duration",
    ]
    assert queries(of(charts, "Failure rate")) == {"Failed": "ratio on http_req_failed"}
    assert all(asked.over_time for asked in asks(HTTP))
    assert len(asks(HTTP)) == len(set(asks(HTTP))) == 12


def test_what_a_run_does_not_have_makes_no_chart():
    assert titles(standard_charts([Metric("vus", "gauge"), Metric("iterations", "counter")])) == [
        "Virtual users",
        "Iterations",
    ]
    assert standard_charts([]) == ()


def test_a_browser_run_has_web_vitals_and_its_own_response_times():
    charts = standard_charts(
        [Metric(f"browser_web_vital_{key}", "trend") for key in ("lcp", "cls", "ttfb")]
        + [Metric("browser_http_req_duration", "trend"), Metric("browser_http_req_failed", "rate")]
    )
    assert titles(charts) == [
        "Response time in browsers", "Failure rate", "Web vitals · p75", "Cumulative layout shift · p75",
    ]  # fmt: skip
    assert list(queries(charts[2])) == ["LCP", "TTFB"]
    assert (charts[2].unit, charts[3].unit) == ("ms", "")


def test_calls_of_grpc_have_their_times_where_there_are_no_requests():
    grpc = [Metric("grpc_req_duration", "trend")]
    assert titles(standard_charts(grpc)) == ["gRPC response time"]
    assert "gRPC response time" not in titles(standard_charts([*HTTP, *grpc]))


def test_sockets_have_charts_of_their_own_beside_those_of_requests():
    counters = [Metric(f"ws_{name}", "counter") for name in ("sessions", "msgs_sent", "msgs_received")]
    sockets = [*counters, Metric("ws_session_duration", "trend")]
    own = ["WebSocket messages", "WebSocket sessions begun", "WebSocket session duration"]
    assert titles(standard_charts(sockets)) == own
    both = titles(standard_charts([*HTTP, *sockets]))
    assert set(own) < set(both)
    assert len(both) == len(titles(standard_charts(HTTP))) + 3


def test_any_metric_by_its_type():
    def lines(name, kind):
        return list(queries(chart_of(Metric(name, kind))).values())

    assert lines("orders", "counter") == ["rate on orders"]
    assert lines("queue", "gauge") == ["avg on queue", "min on queue", "max on queue"]
    assert lines("vus", "gauge") == ["sum(last by (instance_id)) on vus"]
    assert lines("ok", "rate") == ["ratio on ok"]
    assert len(lines("waited", "trend")) == 4
    assert chart_of(Metric("orders", "counter")).per_s
    assert chart_of(Metric("what", "from-the-future")) is None


def test_a_split_chart_has_one_statistic_of_each_value():
    charts = standard_charts(HTTP)
    (times,) = split(of(charts, "Response time"), "name", "p99")
    assert (times.title, times.label) == ("Response time · p99", "name")
    assert queries(times) == {"p99": "histogram_quantile(0.99) by (name) on http_req_duration"}
    (mean,) = split(of(charts, "Response time"), "name", "avg")
    assert queries(mean) == {"avg": "histogram_avg by (name) on http_req_duration"}
    assert titles(split(of(charts, "Data"), "scenario")) == ["Data received", "Data sent"]
    (users,) = split(of(charts, "Virtual users"), "load_zone")
    assert list(queries(users).values()) == ["sum(last by (instance_id,load_zone)) by (load_zone) on vus"]
    (queue,) = split(chart_of(Metric("queue", "gauge")), "scenario", "max")
    assert list(queries(queue).values()) == ["max by (scenario) on queue"]
    assert split(chart_of(Metric("queue", "gauge")), "scenario", "p95")[0].title == "queue · avg"


def test_a_filter_goes_into_every_query():
    (chart,) = split(of(standard_charts(HTTP), "Request rate"), "status")
    only = filtered(chart, (Matcher("name", 'GET "/x"'),))
    assert list(queries(only).values()) == [r'rate by (status) on http_reqs{name="GET \"/x\""}']


def test_the_labels_that_samples_usually_have():
    assert "name" in labels_of("http_req_waiting")
    assert "name" not in labels_of("iterations")
    assert labels_of("checks")[0] == "check"
    assert labels_of("vus") == ("load_zone",)
