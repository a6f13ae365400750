"""One figure of a test over its last runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.api.metrics import Metric, quantile
from k6desk.api.models import Run
from k6desk.core.compare.trend import STANDARD, aggregates_of, trend_of
from k6desk.core.thresholds.thresholds import thresholds_of

NOW = datetime(2026, 4, 6, 19, 0, tzinfo=UTC)
P95 = aggregates_of(STANDARD[0])[0]


def run(run_id: int, status: str = "completed", result: str | None = "passed") -> Run:
    return Run(run_id, 10, 1, status, NOW + timedelta(hours=run_id), result)


def test_the_points_go_from_the_oldest_to_the_newest_and_gaps_stay():
    found = trend_of(P95, [run(3), run(1), run(2)], {1: 100.0, 3: 300.0})
    assert [(point.run.id, point.value) for point in found.points] == [(1, 100.0), (2, None), (3, 300.0)]


def test_what_was_never_loaded_is_told_from_what_has_no_samples():
    found = trend_of(P95, [run(1), run(2)], {}, unknown={1})
    assert [point.is_known for point in found.points] == [False, True]


@pytest.mark.parametrize("value", [nan, inf])
def test_what_is_no_number_is_a_gap(value):
    [point] = trend_of(P95, [run(1)], {1: value}).points
    assert point.value is None


def test_only_thresholds_of_the_same_figure_are_limits():
    options = {
        "thresholds": {
            "http_req_duration": ["p(95)<300", "p(99)<900", "avg<200"],
            "http_req_duration{name:login}": ["p(95)<100"],
            "checks": ["rate>0.9"],
        }
    }
    found = trend_of(P95, [run(1), run(2)], {1: 299.0, 2: 300.0}, thresholds_of(options))
    assert [limit.source for limit in found.limits] == ["p(95)<300"]
    assert [len(point.crossed) for point in found.points] == [0, 1]


def test_a_threshold_that_is_not_understood_is_no_limit():
    options = {"thresholds": {"http_req_duration": ["p(95) is small", None, {"threshold": 5}]}}
    assert trend_of(P95, [run(1)], {1: 1.0}, thresholds_of(options)).limits == ()


def test_what_failed_is_known():
    runs = [run(1), run(2, "completed", "failed"), run(3, "aborted", None), run(4, "running", None)]
    points = trend_of(P95, runs, {}).points
    assert [point.has_failed for point in points] == [False, True, True, False]


def test_the_newest_ended_run_stands_against_the_median_of_those_before():
    runs = [run(1), run(2), run(3), run(4), run(5, "running", None)]
    found = trend_of(P95, runs, {1: 10, 2: 30, 3: 20, 4: 40, 5: 9})
    point, usual = found.against_usual
    assert (point.run.id, usual) == (4, 20)
    assert trend_of(P95, runs[:3], {1: 10, 2: 30, 3: 20}).against_usual is None


@given(st.dictionaries(st.integers(1, 50), st.floats(allow_nan=True), max_size=50))
def test_every_run_has_one_point(values):
    found = trend_of(P95, [run(number) for number in range(1, 51)], values)
    assert [point.run.id for point in found.points] == list(range(1, 51))


def test_the_figures_of_a_metric_follow_its_type():
    assert P95.name == "Response time, p95"
    assert P95.query.method == quantile(0.95)
    assert aggregates_of(Metric("vus", "gauge"))[0].query.expression == "sum(max by (instance_id))"
    assert [one.title for one in aggregates_of(Metric("basket", "trend", is_builtin=False))][-1] == "smallest"
    assert [one.name for one in aggregates_of(Metric("checks", "rate"))] == ["Checks"]
    assert aggregates_of(Metric("odd", "of another type")) == ()
