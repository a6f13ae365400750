"""The end-of-test summary: on the recorded run its figures are those that k6 itself printed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.metrics import Metric
from k6desk.api.models import Run, RunDetail, StatusEntry
from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.requests import requests_of
from k6desk.core.summary.summary import LOAD, SECTIONS, Summary, asks, summary_of
from k6desk.core.thresholds.thresholds import thresholds_of
from tests.core.recording import START, TOOK_S, Recording, k6_summary

AT = datetime.fromtimestamp(START, UTC)
OPTIONS = {
    "thresholds": {
        "http_req_duration": ["p(95)<300"],
        "http_req_failed": ["rate<0.05"],
        "checks": ["rate>0.95"],
    }
}


def detail(*after: tuple[str, float], status: str = "completed", options: dict | None = None) -> RunDetail:
    """A run that began to run at the first sample; `after` are statuses and how many seconds after that."""
    run = Run(id=1, test_id=2, project_id=3, status=status, created_at=AT - timedelta(seconds=20))
    history = [("created", -20.0), ("running", 0.0), *after]
    entries = tuple(StatusEntry(word, AT + timedelta(seconds=s)) for word, s in history)
    return RunDetail(run, entries, options=OPTIONS if options is None else options)


ENDED = (("processing_metrics", TOOK_S), ("completed", TOOK_S + 30))


def summed(recording: Recording, of: RunDetail | None = None) -> Summary:
    of = of or detail(*ENDED)
    return summary_of(recording.metrics, thresholds_of(of.options), recording.known, of)


def known_none(_: Asked) -> None:
    return None


# -- against k6 --------------------------------------------------------------------------------------------------------


def test_counts_are_exactly_those_of_k6():
    summary, truth = summed(Recording()), k6_summary()["metrics"]
    for name in ("http_reqs", "iterations", "data_sent", "data_received"):
        assert summary.line(name).values["count"] == truth[name]["count"]
        assert summary.line(name).values["rate"] == pytest.approx(truth[name]["rate"], rel=1e-4)
    for name in ("checks", "http_req_failed"):
        passes, fails, value = (summary.line(name).values[each] for each in ("passes", "fails", "value"))
        assert (passes, fails) == (truth[name]["passes"], truth[name]["fails"])
        assert value == pytest.approx(truth[name]["value"])
    for name in ("vus", "vus_max"):
        assert summary.line(name).values == {each: truth[name][each] for each in ("value", "min", "max")}


@pytest.mark.parametrize("name", ["http_req_duration", "http_req_duration{expected_response:true}", "http_req_waiting"])
def test_times_are_those_of_k6_within_the_error_of_steps_of_three_seconds(name):
    found, truth = summed(Recording()).line(name).values, k6_summary()["metrics"][name]
    for exact in ("avg", "min", "max"):
        assert found[exact] == pytest.approx(truth[exact], rel=0.002)
    for about in ("med", "p(90)", "p(95)"):
        assert found[about] == pytest.approx(truth[about], rel=0.12)


def test_the_verdicts_are_those_of_k6():
    assert [each.state for each in summed(Recording()).verdicts] == ["failed", "passed", "passed"]


def test_the_failed_checks_are_counted_once():
    checks = summed(Recording()).checks
    assert sum(each.fails for each in checks) == 83
    assert sum(each.passes + each.fails for each in checks) == 4470


def test_every_metric_of_k6_is_in_it():
    names = {line.name for line in summed(Recording()).lines}
    assert names == set(k6_summary()["metrics"])


# -- what is asked -----------------------------------------------------------------------------------------------------


def test_all_is_asked_that_is_read_and_nothing_twice():
    recording = Recording()
    wanted = asks(recording.metrics, thresholds_of(OPTIONS))
    summed(recording)
    assert len(wanted) == len(set(wanted)) <= 90
    assert set(recording.asked) <= set(wanted)


def test_what_is_seen_first_is_asked_first():
    recording = Recording()
    metrics = [each.query.metric for each in asks(recording.metrics, thresholds_of(OPTIONS))]
    assert metrics[:3] == ["http_req_duration", "http_req_failed", "checks"]
    assert metrics.index("http_req_waiting") < metrics.index("iterations") < metrics.index("data_sent")
    lines = summed(recording).lines
    order = [SECTIONS.index(line.section) for line in lines]
    assert order == sorted(order)


def test_samples_that_a_threshold_names_stand_below_all_samples():
    recording = Recording()
    options = {"thresholds": {"http_req_duration{name:GET /cart}": ["p(99)<600"]}}
    summary = summed(recording, detail(*ENDED, options=options))
    names = [line.name for line in summary.lines]
    assert names[:3] == [
        "http_req_duration",
        "http_req_duration{expected_response:true}",
        "http_req_duration{name:GET /cart}",
    ]
    assert summary.lines[2].values["max"] < summary.lines[0].values["max"]


def test_a_run_without_checks_is_not_asked_for_any():
    metrics = (Metric("http_reqs", "counter"),)
    assert "checks" not in {each.query.metric for each in asks(metrics, ())}
    assert summary_of(metrics, (), known_none, None).checks == ()


# -- what is not known -------------------------------------------------------------------------------------------------


def test_what_was_not_answered_yet_is_told_from_what_has_no_samples():
    recording = Recording()
    metrics = (Metric("late", "trend"), Metric("http_reqs", "counter"))

    def known(asked):
        return None if asked.query.metric == "late" else recording.known(asked)

    late = summary_of(metrics, (), known, None).line("late")
    assert (late.values, late.is_known) == ({}, False)
    empty = summary_of((Metric("empty", "trend"),), (), recording.known, None).line("empty")
    assert (empty.values, empty.is_known) == ({}, True)


def test_a_rate_that_was_never_true_is_no_gap():
    recording = Recording()
    recording.of["errors"] = {"type": "rate", "series": [{"labels": {}, "values": [[0, 40, 0]]}]}
    line = summary_of((Metric("errors", "rate"),), (), recording.known, None).line("errors")
    assert line.values == {"value": 0.0, "passes": 0.0, "fails": 40.0}


def test_a_metric_of_a_type_not_known_yet_is_named_without_figures():
    line = summary_of((Metric("new", "histogram"),), (), known_none, None).line("new")
    assert line.values == {}
    assert asks((Metric("new", "histogram"),), ()) == (LOAD,)


# -- how long ----------------------------------------------------------------------------------------------------------


def test_the_load_of_a_run_that_goes_on_has_lasted_until_its_last_sample():
    summary = summed(Recording(), detail(status="running"))
    assert (summary.duration_s, summary.is_over) == (159.0, False)


def test_without_details_the_samples_say_it():
    assert summary_of((), (), Recording().known, None).duration_s == 159.0
    assert summary_of((), (), known_none, None).duration_s is None


def test_the_rate_of_a_counter_is_that_of_the_server_as_in_thresholds_and_requests():
    recording = Recording()
    options = {"thresholds": {"http_reqs": ["rate>10"]}}
    summary = summed(recording, detail(("processing_metrics", 150), options=options))
    rate = summary.line("http_reqs").values["rate"]
    assert rate == summary.verdicts[0].value
    assert rate == pytest.approx(sum(row.rate for row in requests_of(recording.known)))
