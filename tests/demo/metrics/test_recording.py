"""The checkout ramp plays a real run: what k6 itself said at its end is what the demo cloud says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k6desk.demo.catalogue import RAMP_TEST

SUMMARY = Path(__file__).parents[4] / "shared" / "data" / "k6-recording-checkout-ramp.summary.json"
needed = pytest.mark.skipif(not SUMMARY.exists(), reason="k6's own summary is not beside this checkout")

COUNTERS = ("http_reqs", "iterations", "data_sent", "data_received")
TRENDS = ("http_req_duration", "http_req_waiting", "http_req_blocked", "iteration_duration", "group_duration")


@pytest.fixture
def failed(ended):
    return ended(lambda run, test: test.draft.name == RAMP_TEST and run.outcome.result == "failed")[0]


@pytest.fixture(scope="module")
def summary():
    return json.loads(SUMMARY.read_text())["metrics"]


def test_the_counts_are_those_of_the_real_run(ask, failed):
    assert [ask.total(failed, "increase", name) for name in COUNTERS] == [2980, 1490, 227970, 1712630]
    assert ask.total(failed, "increase_nz", "http_req_failed") == 83
    assert ask.total(failed, "increase_total", "http_req_failed") == 2980
    assert ask.total(failed, "increase_nz", "checks") == 4387
    assert ask.total(failed, "increase_z", "checks") == 83
    assert ask.totals(failed, "increase_z by (check)", "checks") == {
        (("check", "body is not empty"),): 0,
        (("check", "cart is 200"),): 37,
        (("check", "status is 200"),): 46,
    }
    for name in TRENDS:
        of_requests = 1490 if name == "iteration_duration" else 2980
        assert ask.total(failed, "histogram_count_value", name) == of_requests


@needed
def test_every_figure_is_that_of_the_summary_at_its_end(ask, failed, summary):
    for name in COUNTERS:
        assert ask.total(failed, "increase", name) == summary[name]["count"]
        assert ask.total(failed, "rate", name) == pytest.approx(summary[name]["rate"])
    for name in ask.measured(failed).types:
        if ask.measured(failed).types[name] == "trend":
            for statistic, query in (
                ("min", "histogram_min"),
                ("avg", "histogram_avg"),
                ("med", "histogram_quantile(0.5)"),
                ("p(90)", "histogram_quantile(0.9)"),
                ("p(95)", "histogram_quantile(0.95)"),
                ("max", "histogram_max"),
            ):
                assert ask.total(failed, query, name) == summary[name][statistic], (name, statistic)
    expected = summary["http_req_duration{expected_response:true}"]["p(95)"]
    assert ask.total(failed, "histogram_quantile(0.95)", 'http_req_duration{expected_response="true"}') == expected
    assert ask.total(failed, "ratio", "http_req_failed") == summary["http_req_failed"]["value"]
    assert ask.total(failed, "ratio", "checks") == summary["checks"]["value"]
    for name in ("vus", "vus_max"):
        found = [ask.total(failed, query, name) for query in ("last", "min", "max")]
        assert found == [summary[name][statistic] for statistic in ("value", "min", "max")]


@needed
def test_quantiles_of_parts_are_near_the_real_ones(ask, failed, summary):
    """Without what is known of the whole, the mixture of steps of three seconds comes near it."""
    start_us = int((ask.curves(failed, "rate", "http_reqs")[0][0] + 3) * 1e6)
    found = ask.total(failed, "histogram_quantile(0.95)", "http_req_duration", start_us)
    assert found == pytest.approx(summary["http_req_duration"]["p(95)"], rel=0.07)


def test_no_two_runs_of_it_are_the_same(ask, ended):
    p95 = {"failed": [], "passed": []}
    for run in ended(lambda _run, test: test.draft.name == RAMP_TEST):
        p95[run.outcome.result].append(ask.total(run, "histogram_quantile(0.95)", "http_req_duration"))
    newest, *older = p95["failed"]
    assert newest == pytest.approx(310.270926)
    assert len(set(older)) == len(older) >= 3
    assert all(301 < value < 365 and abs(value - newest) > 1e-3 for value in older)
    assert len(set(p95["passed"])) == len(p95["passed"]) >= 3
    assert all(180 < value < 300 for value in p95["passed"])


def test_those_that_begin_later_are_as_recorded_and_change_none_before(ask, world, clock, ended):
    def p95():
        runs = ended(lambda run, test: test.draft.name == RAMP_TEST and run.outcome.result == "failed")
        return {run.index: ask.total(run, "histogram_quantile(0.95)", "http_req_duration") for run in runs}

    before = p95()
    world.start(next(test for test in world.tests if test.name == RAMP_TEST))
    clock.forward(6 * 3600)
    after = p95()
    assert len(after) > len(before) + 1
    assert before.items() <= after.items()
    assert {after[index] for index in after.keys() - before.keys()} == {before[max(before)]}


def test_the_metrics_of_every_run_fit_together(ask, ended):
    failures = {"failed": [], "passed": []}
    for run in ended(lambda _run, test: test.draft.name == RAMP_TEST):
        requests = ask.total(run, "increase", "http_reqs")
        iterations = ask.total(run, "increase", "iterations")
        assert requests == 2 * iterations
        for name in ("http_req_duration", "http_req_waiting", "http_req_blocked", "group_duration"):
            assert ask.total(run, "histogram_count_value", name) == requests
        assert ask.total(run, "increase_total", "http_req_failed") == requests
        assert ask.total(run, "increase_total", "checks") == 3 * iterations
        fails = ask.total(run, "increase_z", "checks")
        assert fails == ask.total(run, "increase_nz", "http_req_failed")
        for label, value in (("status", "500"), ("expected_response", "false")):
            for query, name in (("increase", "http_reqs"), ("histogram_count_value", "http_req_duration")):
                assert (ask.total(run, query, f'{name}{{{label}="{value}"}}') or 0) == fails
        for check, name in (("status is 200", "GET /catalogue"), ("cart is 200", "GET /cart")):
            failed_requests = ask.total(run, "increase_nz", f'http_req_failed{{name="{name}"}}')
            assert ask.total(run, "increase_z", f'checks{{check="{check}"}}') == failed_requests
        failures[run.outcome.result].append(fails)
    assert failures["failed"][0] == 83
    assert sum(count <= 20 for count in failures["passed"]) > len(failures["passed"]) / 2
    assert all(count <= 20 or count == 83 for count in failures["passed"])
