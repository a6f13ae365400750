from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from k6desk.api.metrics import Metric, Query
from k6desk.api.wire.runs import run_detail
from k6desk.core.metrics.asked import Asked
from k6desk.core.thresholds.threshold_watch import MOST, ThresholdWatch
from tests.measured import FakeNumbers, total

P95 = Asked(Query("http_req_duration", "histogram_quantile(0.95)"))


def detail_of(thresholds, status="running"):
    return run_detail(
        json.dumps(
            {
                "id": 5,
                "test_id": 2,
                "project_id": 3,
                "status": status,
                "result": None,
                "created": "2026-01-01T09:00:00Z",
                "options": {"thresholds": thresholds},
            }
        ).encode()
    )


@pytest.fixture
def numbers():
    return FakeNumbers((Metric("http_req_duration", "trend"),))


@pytest.fixture
def watch(numbers):
    return ThresholdWatch(numbers)


def test_a_run_that_is_about_to_fail_is_told_as_soon_as_it_is_known(numbers, watch):
    told = []
    watch.changed.connect(lambda: told.append(watch.warning))
    detail = detail_of({"http_req_duration": ["p(95)<300"]})
    watch.follow(detail.run, detail)
    assert numbers.watched[watch] == (5, (P95,))
    for value in (200, 295, 312, 312, 250):
        numbers.answers[P95] = total(value)
        numbers.changed.emit(5, frozenset({P95}))
    assert told == [
        "p(95) of response time is 295 ms, limit 300 ms",
        "p(95) of response time is 312 ms, limit 300 ms",
        "",
    ]


def test_another_runs_news_and_an_ended_run_say_nothing(numbers, watch):
    detail = detail_of({"http_req_duration": ["p(95)<300"]})
    numbers.answers[P95] = total(312)
    watch.follow(detail.run, detail)
    assert watch.warning
    ended = replace(detail, run=replace(detail.run, status="completed", result="failed"))
    watch.follow(ended.run, ended)
    assert watch.warning == ""
    assert numbers.watched[watch] == (None, ())
    numbers.changed.emit(5, frozenset({P95}))
    assert watch.warning == ""


def test_only_the_first_thresholds_of_many_are_asked_for(numbers, watch):
    detail = detail_of({"http_req_duration": [f"p({n})<300" for n in range(1, 60)]})
    watch.follow(detail.run, detail)
    assert len(numbers.watched[watch][1]) == MOST


def test_a_run_without_thresholds_or_details_is_not_asked_about(numbers, watch):
    detail = detail_of({})
    watch.follow(detail.run, detail)
    watch.follow(detail.run, None)
    watch.follow(None, None)
    assert all(run_id is None for run_id, _ in numbers.watched.values())


def test_metrics_that_come_to_be_known_later_are_watched_then(numbers, watch):
    numbers.known_metrics = None
    detail = detail_of({"http_req_duration": ["p(95)<300"]})
    watch.follow(detail.run, detail)
    assert numbers.watched[watch] == (5, ())
    numbers.known_metrics = (Metric("http_req_duration", "trend"),)
    numbers.metrics_changed.emit(5)
    assert numbers.watched[watch] == (5, (P95,))
