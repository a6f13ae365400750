"""The charts that come of what the user wants to see."""

from __future__ import annotations

import pytest

from k6desk.api.metrics import Matcher, Metric
from k6desk.core.metrics.chart_choice import ChartChoice, has_label, labels_offered

METRICS = (
    Metric("vus", "gauge"),
    Metric("http_reqs", "counter"),
    Metric("http_req_duration", "trend"),
    Metric("http_req_waiting", "trend"),
    Metric("iterations", "counter"),
    Metric("checks", "rate"),
    Metric("orders", "counter", is_builtin=False),
)


def titles(choice: ChartChoice, labels=None) -> list[str]:
    return [chart.title for chart in choice.charts(METRICS, labels or {})]


def test_added_metrics_come_last_and_once_and_only_where_the_run_has_them():
    assert titles(ChartChoice(added=("orders", "http_reqs", "of another run")))[-2:] == ["orders", "Requests"]
    assert titles(ChartChoice(added=("orders", "orders")))[-1:] == ["orders"]
    assert ChartChoice(added=("orders",)).charts(None, {})[0].title == "Virtual users"


@pytest.mark.parametrize(
    ("label", "split"),
    [
        ("name", {"Request rate", "Response time · p95"}),
        ("check", {"Checks"}),
        ("scenario", {"Request rate", "Response time · p95", "Iterations", "Checks"}),
        ("nobody has it", set()),
    ],
)
def test_charts_are_split_where_their_samples_have_the_label(label, split):
    charts = ChartChoice(label=label).charts(METRICS, {})
    assert {chart.title for chart in charts if chart.label} == split
    assert len(charts) == 5


def test_a_filter_leaves_what_it_applies_to_and_the_load():
    choice = ChartChoice(added=("http_req_waiting",), matchers=(Matcher("name", "/x"), Matcher("status", "200")))
    assert titles(choice) == ["Virtual users", "Request rate", "Response time", "Waiting"]
    charts = choice.charts(METRICS, {})
    assert charts[0].lines[0].query.selector == "vus"
    assert charts[1].lines[0].query.selector == 'http_reqs{name="/x",status="200"}'


def test_labels_are_those_that_the_server_names_and_else_the_usual_ones():
    labels = {"http_reqs": ("__name__", "name", "tenant", "region", "test_run_id"), "orders": ("kind",)}
    charts = ChartChoice(added=("orders",)).charts(METRICS, labels)
    assert labels_offered(charts, {}) == ("name", "scenario", "group", "status", "method", "load_zone", "check")
    assert labels_offered(charts, labels)[-3:] == ("kind", "region", "tenant")
    assert has_label("http_req_waiting", "tenant", labels)  # it is a part of the same request
    assert not has_label("http_reqs", "status", labels)
    assert not has_label("iterations", "tenant", labels)
