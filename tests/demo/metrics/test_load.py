from __future__ import annotations

import json
import time

import numpy as np
import pytest

from k6desk.demo.metrics.load import loads_of
from k6desk.demo.uploads import draft_of, read_script


def only(options, steps=20, planned_s=60.0):
    (load,) = loads_of(options, steps, planned_s)
    return load


def iterations(load, iteration_s):
    """The virtual users of a scenario whose iterations all last so long, what they make, and what is dropped."""
    users = load.users(np.full(len(load.vus), iteration_s))
    return users, *load.iterations(users, np.full(len(users) - 1, iteration_s))


def test_users_follow_stages_and_go_when_they_are_over():
    stages = [{"duration": "15s", "target": 10}, {"duration": "30s", "target": 10}, {"duration": "15s", "target": 0}]
    vus = only({"stages": stages}).vus
    assert vus[[0, 1, 5, 10, 15, 20]].tolist() == [0, 2, 10, 10, 10, 0]


def test_constant_users_make_iterations_as_fast_as_they_can():
    load = only({"vus": 8, "duration": "1m"})
    assert load.vus[:-1].tolist() == [8] * 20
    for iteration_s in (2.0, 4.0):
        _, made, dropped = iterations(load, iteration_s)
        assert made[3] == pytest.approx(8 / iteration_s * 3)
        assert dropped.sum() == 0


def test_a_rate_of_arrivals_is_kept_by_as_many_users_as_that_takes():
    executor = {"executor": "constant-arrival-rate", "rate": 300, "timeUnit": "1m", "duration": "30s"}
    load = only({"scenarios": {"steady": {**executor, "preAllocatedVUs": 2, "maxVUs": 50}}})
    assert load.name == "steady"
    users, made, dropped = iterations(load, 2.0)
    assert made[:9] == pytest.approx([15.0] * 9)
    assert users[:10].tolist() == [10] * 10
    assert made[11:].sum() == dropped.sum() == 0
    assert load.most_vus == 50


def test_arrivals_are_dropped_when_all_users_are_busy():
    executor = {"executor": "constant-arrival-rate", "rate": 10, "duration": "1m", "preAllocatedVUs": 2, "maxVUs": 30}
    users, made, dropped = iterations(only({"scenarios": {"steady": executor}}), 4.0)
    assert max(users) == 30
    assert made[3] == pytest.approx(30 / 4 * 3)
    assert made[3] + dropped[3] == pytest.approx(30)


def test_shared_iterations_are_made_once():
    scenario = {"executor": "shared-iterations", "vus": 5, "iterations": 200}
    _, made, _ = iterations(only({"scenarios": {"some": scenario}}), 1.0)
    assert made.sum() == pytest.approx(200, rel=0.1)
    _, fewer, dropped = iterations(only({"scenarios": {"some": scenario}}), 5.0)
    assert (fewer.sum(), dropped.sum()) == (pytest.approx(60, rel=0.1), 0)


def test_scenarios_begin_when_they_say(world):
    late = {"executor": "constant-vus", "vus": 3, "duration": "30s", "startTime": "30s"}
    early = {"executor": "constant-vus", "vus": 2, "duration": "30s", "options": {"browser": {"type": "chromium"}}}
    loads = {load.name: load for load in loads_of({"scenarios": {"late": late, "ui": early}}, 20, 60)}
    assert (loads["ui"].vus > 0).tolist() == [True] * 10 + [False] * 11
    assert (loads["late"].vus > 0).tolist() == [False] * 10 + [True] * 10 + [False]
    assert (loads["ui"].is_browser, loads["late"].is_browser) == (True, False)


def test_a_few_users_are_late_when_a_run_takes_longer():
    vus = only({"vus": 50, "duration": "30s"}, planned_s=30).vus
    assert vus[9] == 50
    assert set(vus[10:-1].tolist()) == {5.0}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"vus": 1_000_000, "duration": "8700h"},
        {"scenarios": {"a": {"executor": "constant-arrival-rate", "rate": 2**52, "timeUnit": "1ms", "duration": "1m"}}},
        {"scenarios": {"a": {"executor": "ramping-vus", "stages": []}}},
        {"vus": 0, "duration": "10s", "thresholds": {"checks": ["rate>5"], "http_req_failed": ["rate<-1"], "x": None}},
        {"duration": "0s", "thresholds": {"http_req_duration": "p(95)<0"}},
    ],
)
def test_whatever_is_uploaded_has_metrics_soon(world, clock, ask, options):
    script = read_script(f"export const options = {json.dumps(options)};\n".encode())
    run = world.start(world.create_test(world.projects[2].id, draft_of("Uploaded", script), script, None))
    clock.now_s = next((step.at_us for step in run.steps if step.status == "running"), 0) / 1e6 + 100
    begun = time.perf_counter()
    measured = ask.measured(run)
    for name in measured.types if measured else ():
        assert measured.table(name) is not None
    ask.totals(run, "histogram_quantile(0.9) by (name)", "http_req_duration")
    assert time.perf_counter() - begun < 8
