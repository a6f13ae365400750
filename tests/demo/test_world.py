from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k6desk.demo.catalogue import RAMP_TEST
from k6desk.demo.shapes import run_json
from k6desk.demo.world import AlreadyEndedError, World

START_S = 1_781_533_800.25
ENDED = ("completed", "aborted")
ORDER = ("created", "queued", "initializing", "running", "processing_metrics", "completed")


def states(world):
    now = world.now()
    return [world.state(world.plan(index), now) for index in world.runs(None, None)]


def statuses(world):
    return Counter(state.status for state in states(world))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.5, 1, 60, 900]), st.floats(0, 7200))
def test_every_run_is_in_order_at_every_instant(seed, speed, later_s):
    now_s = START_S
    world = World(lambda: now_s, seed, "small", speed)
    now_s += later_s / speed
    now = world.now()
    previous = 0
    for index in world.runs(None, None)[-200:]:
        run = world.plan(index)
        state = world.state(run, now)
        assert previous <= run.created_us <= now
        previous = run.created_us
        assert state.history[0] == ("created", run.created_us)
        assert all(one.at_us <= other.at_us <= now for one, other in pairwise(state.history))
        path = [step.status for step in state.history]
        assert path[-1] == "aborted" or path == list(ORDER[: len(path)])
        assert (state.status in ENDED) == (state.outcome is not None) == (state.ended_us is not None)
        assert 0 <= state.executed <= 1
        assert state.estimated_s >= 1


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("speed", [1, 60])
def test_something_is_always_live(seed, speed, clock):
    world = World(clock, seed, "small", speed)
    running = []
    for _ in range(60):
        clock.forward(240 / speed)
        now = world.now()
        recent = [world.state(world.plan(index), now).status for index in world.runs(None, None)[-80:]]
        running.append(recent.count("running"))
    assert min(running) >= 1
    assert 3 <= sum(running) / len(running) <= 6


def test_a_seed_makes_the_same_world_again(clock):
    worlds = [World(clock, 5), World(clock, 5), World(clock, 6)]
    shown = [[run_json(world, world.plan(index), world.now()) for index in range(550, 590)] for world in worlds]
    assert shown[0] == shown[1]
    assert shown[0] != shown[2]


def test_runs_go_through_all_statuses_and_progress_fits_the_estimate(clock):
    world = World(clock, 3, "small", 60)
    clock.forward(5)
    index = next(
        index
        for index in world.runs(None, None)[::-1]
        if world.plan(index).outcome.result == "passed" and world.plan(index).outcome.reached == 1
    )
    run = world.plan(index)
    seen = {}
    for _ in range(4000):
        state = world.state(run, world.now())
        seen.setdefault(state.status, world.now())
        if state.status == "completed":
            break
        clock.forward(0.1)
    assert list(seen) == list(ORDER)[list(ORDER).index(next(iter(seen))) :]
    at = {step.status: step.at_us for step in state.history}
    running_s = (at["processing_metrics"] - at["running"]) / 1e6
    assert running_s == pytest.approx(state.estimated_s, abs=1.6)


def test_the_small_world_has_every_ending(world):
    outcomes = Counter((state.status, state.outcome.result) for state in states(world) if state.outcome)
    assert outcomes.keys() == {
        ("completed", "passed"),
        ("completed", "failed"),
        ("completed", "error"),
        ("aborted", "error"),
        ("aborted", "failed"),
    }
    stops = {state.outcome.stop for state in states(world) if state.outcome}
    assert stops == {None, "validation", "user", "system", "script", "threshold", "timeout"}
    assert 580 <= len(states(world)) <= 620
    assert (len(world.projects), len(world.tests)) == (6, 40)


def test_the_newest_finished_checkout_ramp_missed_its_p95(clock):
    world = World(clock, 1, "small", 60)
    test = next(test for test in world.tests if test.name == RAMP_TEST)
    assert [stage["duration"] for stage in test.draft.workload.options["stages"]] == ["30s", "1m30s", "20s", "20s"]
    for _ in range(10):
        clock.forward(20)
        now = world.now()
        runs = [world.state(world.plan(index), now) for index in world.runs_of_test(test, None, None)]
        newest = next(state for state in reversed(runs) if state.outcome)
        assert (newest.status, newest.outcome.result) == ("completed", "failed")
        assert "p(95)<300" in newest.outcome.message


def test_ids_find_their_run_and_nothing_else(world):
    ids = [world.run_id(index) for index in world.runs(None, None)]
    assert len(set(ids)) == len(ids)
    assert min(ids) < 2**32 < sorted(ids)[-20]
    assert any(id_ > 2**53 and int(float(id_)) != id_ for id_ in ids)
    for index, id_ in enumerate(ids):
        assert world.run(id_).index == index
    unknown = [0, -7, ids[0] - 7, ids[0] + 1, ids[0] + 2**53, 2**53, 2**63, max(ids) + 7]
    assert [world.run(id_) for id_ in unknown] == [None] * len(unknown)


def test_an_abort_takes_a_moment_and_names_the_user(world, clock):
    index = next(index for index, state in enumerate(states(world)) if state.status == "running")
    run = world.plan(index)
    world.abort(run)
    assert world.state(run, world.now()).status == "running"
    world.abort(run)
    clock.forward(3)
    state = world.state(run, world.now())
    assert state.status == "aborted"
    assert (state.outcome.result, state.outcome.by_user) == ("error", world.user)
    with pytest.raises(AlreadyEndedError):
        world.abort(run)


def test_an_abort_before_the_load_began_leaves_no_execution(clock):
    world = World(clock, 2, "small", 1)
    for _ in range(600):
        clock.forward(5)
        newest = world.plan(world.runs(None, None)[-1])
        if world.state(newest, world.now()).status in ("queued", "initializing") and newest.outcome.result == "passed":
            break
    world.abort(newest)
    clock.forward(3)
    shown = run_json(world, newest, world.now())
    assert shown["status"] == "aborted"
    assert shown["execution_duration"] == 0
    assert shown["cost"] is None or float(shown["cost"]["total_vuh"]) == 0


def test_the_large_world_is_large(clock):
    world = World(clock, 1, "large")
    assert (len(world.projects), len(world.tests)) == (500, 10_000)
    assert abs(len(world.runs(None, None)) - 100_000) < 50
    assert len({test.name for test in world.tests}) > 300
    assert len({(test.project_id, test.name) for test in world.tests}) == 10_000
    running = sum(world.state(world.plan(i), world.now()).status == "running" for i in world.runs(None, None)[-400:])
    assert 8 <= running <= 40


def test_planned_runs_do_not_depend_on_what_clients_did_to_earlier_ones(clock):
    touched, left_alone = World(clock, 4), World(clock, 4)
    index = left_alone.runs(None, None)[50]
    touched.delete_run(touched.plan(index))
    clock.forward(3600)
    rows = [
        [run_json(world, world.plan(i), world.now()) for i in world.runs(None, None) if i != index]
        for world in (touched, left_alone)
    ]
    assert rows[0] == rows[1]


def test_a_lot_of_runs_takes_no_longer_to_list_a_page_of(clock):
    world = World(clock, 1, "large")
    world.delete_run(world.plan(5000))
    part = world.runs(None, None)
    begun = time.perf_counter()
    for _ in range(1000):
        assert len(world.runs(None, None)[90_000:90_010]) == 10
        assert world.run(world.run_id(part[80_000]))
    assert time.perf_counter() - begun < 1
