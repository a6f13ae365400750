"""Which thresholds are drawn across which chart."""

from __future__ import annotations

import pytest

from k6desk.api.metrics import Matcher, Metric
from k6desk.core.metrics.chart_choice import ChartChoice
from k6desk.core.thresholds.chart_limits import MOST, limits_of
from k6desk.core.thresholds.thresholds import thresholds_of, verdicts

TYPES = {
    "vus": "gauge",
    "http_reqs": "counter",
    "http_req_duration": "trend",
    "http_req_failed": "rate",
    "data_received": "counter",
}
METRICS = tuple(Metric(name, kind) for name, kind in TYPES.items())
NAME = Matcher("name", "/x")


def drawn(thresholds: dict, choice: ChartChoice = ChartChoice()) -> dict[str, list[str]]:  # noqa: B008 - frozen
    found = verdicts(thresholds_of({"thresholds": thresholds}), METRICS, lambda _asked: None, (), None)
    charts = choice.charts(METRICS, {})
    limits = {chart.title: limits_of(chart, found, TYPES, choice.matchers) for chart in charts}
    return {title: [each.threshold.source for each in some] for title, some in limits.items() if some}


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ({"http_req_duration": ["p(95)<300", "avg<100", "max<2000"]},
         {"Response time": ["p(95)<300", "avg<100", "max<2000"]}),
        ({"http_req_failed": ["rate<0.01"], "vus": ["value>0"]},
         {"Failure rate": ["rate<0.01"], "Virtual users": ["value>0"]}),
        ({"http_reqs": ["rate>20", "count>1000"]}, {"Request rate": ["rate>20"]}),
        ({"http_req_duration": ["nonsense", "p(95)<"], "unknown": ["p(95)<1"]}, {}),
        ({"http_req_duration{name:/x}": ["p(95)<300"]}, {}),
        ({"http_req_duration": [f"p(95)<{n}" for n in range(20)]},
         {"Response time": [f"p(95)<{n}" for n in range(MOST)]}),
    ],
)  # fmt: skip
def test_a_limit_is_drawn_where_its_unit_and_its_samples_are(thresholds, expected):
    assert drawn(thresholds) == expected


def test_in_a_split_chart_only_limits_of_its_statistic_are_drawn():
    thresholds = {"http_req_duration": ["p(95)<300", "avg<100"], "http_req_duration{name:/x}": ["p(95)<200"]}
    by_name = ChartChoice(label="name")
    assert drawn(thresholds, by_name) == {"Response time · p95": ["p(95)<300", "p(95)<200"]}
    assert drawn(thresholds, ChartChoice(label="name", statistic="avg")) == {"Response time · avg": ["avg<100"]}
    assert drawn(thresholds, ChartChoice(label="status")) == {"Response time · p95": ["p(95)<300"]}


def test_in_a_filtered_chart_only_limits_of_these_samples_are_drawn():
    thresholds = {
        "http_req_duration": ["p(95)<300"], "http_req_duration{name:/x}": ["p(95)<200"], "vus": ["value<9"],
    }  # fmt: skip
    assert drawn(thresholds, ChartChoice(matchers=(NAME,))) == {
        "Response time": ["p(95)<200"],
        "Virtual users": ["value<9"],
    }
