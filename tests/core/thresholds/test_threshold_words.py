from __future__ import annotations

import pytest
from msgspec.structs import replace

from k6desk.api.metrics import Metric
from k6desk.core.thresholds import threshold_words as words
from k6desk.core.thresholds.thresholds import asks, thresholds_of, verdicts
from tests.measured import total

METRICS = (
    Metric("http_req_duration", "trend"),
    Metric("http_req_tls_handshaking", "trend"),
    Metric("checks", "rate"),
    Metric("http_reqs", "counter"),
    Metric("Orders", "counter", is_builtin=False),
)


def verdict(metric, expression, value):
    thresholds = thresholds_of({"thresholds": {metric: expression}})
    known = dict.fromkeys(asks(thresholds, METRICS), total(value))
    return verdicts(thresholds, METRICS, known.get, (), None)[0]


FAILED = verdict("http_req_duration", "p(95)<300", 312)
NEAR = verdict("http_req_duration", "p(95)<300", 295)
PASSED = verdict("http_req_duration", "p(95)<300", 100)
EMPTY = verdict("http_req_duration", "p(95)<300", None)
ODD = verdict("http_req_duration", "p95<300", None)


@pytest.mark.parametrize(
    ("metric", "expression", "value", "said"),
    [
        ("http_req_duration", "p(95)<300", 312, "p(95) of response time is 312 ms, limit 300 ms"),
        ("http_req_duration", "p(99.9)<2000", 100, "p(99.9) of response time is 100 ms, limit 2.00 s"),
        ("http_req_duration{name:login}", "avg<3", 5, "average of response time {name:login} is 5 ms, limit 3 ms"),
        ("http_req_tls_handshaking", "med<3", 5, "median of TLS handshake is 5 ms, limit 3 ms"),
        ("checks", "rate>0.95", 0.93, "rate of checks is 93 %, limit 95 %"),
        ("http_reqs", "rate>20", 18.5, "rate of requests is 18.5/s, limit 20/s"),
        ("Orders", "count>10", 7, "number of Orders is 7, limit 10"),
    ],
)
def test_a_threshold_is_one_short_phrase(metric, expression, value, said):
    assert words.phrase(verdict(metric, expression, value)) == said


@pytest.mark.parametrize(
    ("metric", "expression", "value", "said"),
    [
        ("http_req_duration", "p(95)<300", 310.27, "10.3 ms (3.42 %) too much"),
        ("http_req_duration", "p(95)<300", 240, "60 ms (20 %) to spare"),
        ("http_req_duration", "p(95)<300", 300, "just at the limit"),
        ("checks", "rate>0.95", 0.9, "5 points (100 %) too little"),
        ("checks", "rate>0.95", 0.96, "1 point (20 %) to spare"),
        ("http_reqs", "rate>20", 18.5, "1.5/s (7.5 %) too little"),
        ("http_reqs", "count==3", 3, ""),
        ("http_reqs", "count==3", 5, "2 apart"),
        ("http_reqs", "count!=3", 3, "just at the limit"),
        ("http_reqs", "count!=3", 5, "2 apart"),
        ("http_reqs", "count<1", None, ""),
    ],
)
def test_the_margin_says_how_far_and_on_which_side(metric, expression, value, said):
    assert words.margin(verdict(metric, expression, value)) == said


def test_the_verdict_is_a_word_that_knows_whether_the_run_goes_on():
    assert [words.state(each, is_live=False) for each in (FAILED, NEAR, PASSED, EMPTY, ODD)] == [
        "Failed",
        "Passed",
        "Passed",
        "No samples",
        "Not known",
    ]
    assert [words.state(each, is_live=True) for each in (FAILED, NEAR, PASSED)] == [
        "Failing",
        "Near the limit",
        "Passing",
    ]


def test_the_sum_begins_with_what_is_worst():
    assert words.summary([PASSED, EMPTY, FAILED, PASSED], is_live=False) == "1 failed, 2 passed, 1 without samples"
    assert words.summary([PASSED, PASSED], is_live=False) == "All passed"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((), ""),
        ((FAILED, PASSED, EMPTY), "1 of 3 thresholds failed"),
        ((FAILED,), "1 of 1 threshold failed"),
        ((PASSED, NEAR), "all thresholds passed"),
        ((PASSED, EMPTY), "no threshold failed"),
        ((PASSED, ODD), "no threshold failed"),
    ],
)
def test_what_they_come_to_is_one_phrase(found, said):
    assert words.headline(found) == said


def test_who_said_it_counts_only_where_something_was_said():
    served = replace(PASSED, is_computed=False)
    assert words.who((EMPTY, ODD)) == "nobody"
    assert words.who((served, EMPTY)) == "server"
    assert words.who((served, FAILED)) == "both"
    assert words.who((FAILED, ODD)) == "k6desk"


def test_what_is_worst_is_told_and_what_is_near_only_while_it_can_change():
    assert words.worst([PASSED, NEAR, FAILED], is_live=False) is FAILED
    assert words.worst([PASSED, NEAR], is_live=True) is NEAR
    assert words.worst([PASSED, NEAR, EMPTY, ODD], is_live=False) is None


def test_what_aborts_the_run_is_said_with_its_delay():
    options = {"thresholds": {"checks": [{"threshold": "rate>0.9", "abortOnFail": True, "delayAbortEval": "10s"}]}}
    assert words.abort(thresholds_of(options)[0]) == "aborts the run, after 10 s at the earliest"
    assert words.abort(PASSED.threshold) == ""
