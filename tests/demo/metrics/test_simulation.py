"""The figures of all runs fit together, and to what the cloud says of the runs."""

from __future__ import annotations

import time
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k6desk.demo.legacy_thresholds import threshold_rows
from k6desk.demo.metrics.tables import STEP_S
from k6desk.demo.world import World
from tests.demo.conftest import Clock
from tests.demo.metrics.conftest import Ask

QUANTILES = [f"histogram_quantile({share})" for share in (0, 0.01, 0.5, 0.75, 0.9, 0.95, 0.99, 1)]
ORDERED = ["histogram_min", *QUANTILES, "histogram_max"]
COUNTS = {"counter": ["increase"], "rate": ["increase_total", "increase_nz"], "trend": ["histogram_count_increase"]}
LABELS = ("name", "status", "method", "group", "scenario", "check", "load_zone", "instance_id", "expected_response")
WORLD = World(Clock(), 7)
ASK = Ask(WORLD)
WITH_LOAD = [
    run
    for run in map(WORLD.plan, WORLD.runs(None, None))
    if (measured := WORLD.measurements.of(run, WORLD.now())) and measured.steps
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_sums_over_labels_are_totals_and_quantiles_are_ordered(data):
    run = data.draw(st.sampled_from(WITH_LOAD))
    types = ASK.measured(run).types
    metric = data.draw(st.sampled_from(sorted(types)))
    label = data.draw(st.sampled_from(LABELS))
    step_s = data.draw(st.sampled_from([3, 5, 15, 60]))
    for query in COUNTS.get(types[metric], ()):
        total = ASK.total(run, query, metric) or 0
        assert sum(ASK.totals(run, f"{query} by ({label})", metric).values()) == pytest.approx(total)
        _, curves = ASK.curves(run, f"{query} by ({label})", metric, step_s)
        assert sum(np.nansum(values) for values in curves.values()) == pytest.approx(total)
        values = [value for (pair,) in [*(key for key in curves if key)][:1] for value in [pair[1]]]
        for value in values:
            quoted = value.replace("\\", "\\\\").replace('"', '\\"')
            matched = ASK.total(run, query, f'{metric}{{{label}="{quoted}"}}')
            others = ASK.total(run, query, f'{metric}{{{label}!="{quoted}"}}') or 0
            assert matched + others == pytest.approx(total)
    if types[metric] == "trend":
        _check_order(run, metric, label, step_s)


def _check_order(run, metric, label, step_s):
    for by in ("", f" by ({label})"):
        totals = [ASK.totals(run, query + by, metric) for query in ORDERED]
        lines = [ASK.curves(run, query + by, metric, step_s)[1] for query in ORDERED]
        means, mean_lines = ASK.totals(run, "histogram_avg" + by, metric), ASK.curves(run, "histogram_avg" + by, metric)
        for key in totals[0]:
            values = [total[key] for total in totals]
            assert all(low <= high * (1 + 1e-9) + 1e-9 for low, high in pairwise(values)), (metric, key, values)
            assert values[0] - 1e-9 <= means[key] <= values[-1] * (1 + 1e-9) + 1e-9
            stack = np.array([line[key] for line in lines])
            stack = stack[:, ~np.isnan(stack[0])]
            assert (np.diff(stack, axis=0) >= -1e-9 - 1e-9 * stack[1:]).all()
        assert mean_lines[1].keys() == means.keys()


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_range_is_what_its_aggregate_says(data):
    run = data.draw(st.sampled_from(WITH_LOAD))
    times, curves = ASK.curves(run, "increase", "iterations")
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(times) - 1)] * 2)))
    start_us, end_us = int(times[low] * 1e6), int(times[high] * 1e6) + 1
    cut_times, cut = ASK.curves(run, "increase", "iterations", 3, start_us, end_us)
    assert cut_times.tolist() == times[low : high + 1].tolist()
    for key, values in cut.items():
        assert np.array_equal(values, curves[key][low : high + 1], equal_nan=True)
        assert (ASK.total(run, "increase", "iterations", start_us, end_us) or 0) == np.nansum(values)
    _, running = ASK.curves(run, "value", "iterations", 3, start_us, end_us)
    for values in running.values():
        assert np.nanmax(values) == np.nansum(curves[()][: high + 1])


def test_the_parts_of_a_request_add_up_to_its_time():
    for run in WITH_LOAD[-40:]:
        if "http_req_duration" in ASK.measured(run).types and WORLD.begun_from(run.index).draft.flow != "ramp":
            parts = [
                ASK.total(run, "histogram_avg", f"http_req_{part}") for part in ("sending", "waiting", "receiving")
            ]
            assert sum(parts) == pytest.approx(ASK.total(run, "histogram_avg", "http_req_duration"))


def test_each_request_of_an_iteration_is_made_once_in_it():
    runs = [run for run in WITH_LOAD if WORLD.begun_from(run.index).draft.flow == "shop"][-8:]
    assert runs
    for run in runs:
        if WORLD.state(run, WORLD.now()).outcome:
            made = ASK.totals(run, "increase by (name)", "http_reqs")
            names = ("GET /", "GET /api/pizza/:id", "POST /api/basket")
            iterations = ASK.total(run, "increase", "iterations")
            # The last step of a run that was stopped misses what would have come in the step after.
            slack = 0 if run.outcome.stop is None else iterations / 10
            assert all(iterations - slack <= made[(("name", name),)] <= iterations for name in names)


def test_a_check_fails_with_its_request():
    failed = 0
    for run in [run for run in WITH_LOAD if WORLD.begun_from(run.index).draft.flow == "shop"][-12:]:
        requests = ASK.total(run, "increase_nz", 'http_req_failed{name="GET /api/pizza/:id"}')
        assert requests == ASK.total(run, "increase_z", 'checks{check="pizza has a price"}')
        failed += requests
    assert failed


def test_virtual_users_follow_the_stages(ask, world):
    test = next(test for test in world.tests if test.name == "Friday night rush")
    run = world.start(test)
    world.clock.now_s.forward(7200)
    times, curves = ask.curves(run, "sum(last by (instance_id))", "vus")
    (values,) = curves.values()
    at = {round(float(time - times[0])): value for time, value in zip(times, values, strict=True)}
    assert at[297] == 400
    assert at[147] == 200
    assert at[900] == 400
    assert max(values) == at[1617] == 800
    assert len(ask.totals(run, "max by (instance_id)", "vus")) > len(test.draft.zones) > 1
    zones = ask.totals(run, "increase by (load_zone)", "http_reqs")
    share = zones[(("load_zone", "amazon:us:ashburn"),)] / sum(zones.values())
    assert share == pytest.approx(0.43, abs=0.04)  # of the users there are 40 % in it, who wait the shortest time


def test_no_user_makes_two_iterations_at_once():
    for run in [run for run in WITH_LOAD[-90:] if WORLD.begun_from(run.index).draft.flow != "ramp"]:
        users_s = ASK.curves(run, "sum(avg by (instance_id))", "vus")[1][()] * STEP_S
        for steps in (20, len(users_s)):
            counts = np.nan_to_num(ASK.curves(run, "increase", "iterations", steps * STEP_S)[1][()])
            lasts_s = ASK.curves(run, "histogram_avg", "iteration_duration", steps * STEP_S)[1][()] / 1000
            there_s = np.add.reduceat(np.nan_to_num(users_s), range(0, len(users_s), steps))
            # Two that end early in a minute may have begun in the one before.
            spare = 2 if steps == 20 else 0
            assert ((counts - spare) * np.nan_to_num(lasts_s) <= there_s).all(), run.index


def test_arrivals_are_dropped_when_the_users_are_used_up():
    dropped = []
    for run in WITH_LOAD:
        if WORLD.begun_from(run.index).draft.name == "Basket API baseline":
            dropped.append(ASK.total(run, "increase", "dropped_iterations") or 0)
            if not run.outcome.stop and WORLD.state(run, WORLD.now()).outcome:
                made = ASK.total(run, "increase", "iterations")
                assert made + dropped[-1] == pytest.approx(40 * 600, rel=0.02)
            busy = ASK.total(run, "sum(max by (instance_id))", "vus") == 90
            assert busy or not dropped[-1]
    assert 0 < sum(count > 0 for count in dropped) < len(dropped)


def test_a_page_paints_in_order():
    runs = [run for run in WITH_LOAD if "browser_web_vital_lcp" in ASK.measured(run).types]
    assert runs
    for run in runs[-8:]:
        for query in QUANTILES:
            names = [f"browser_web_vital_{vital}" for vital in ("ttfb", "fcp", "lcp")]
            totals = [ASK.total(run, query, name) for name in names]
            assert totals == sorted(totals)
            lines = np.array([ASK.curves(run, query, name, 15)[1][()] for name in names])
            assert (np.diff(lines[:, ~np.isnan(lines[0])], axis=0) > 0).all()


def test_connections_are_used_again():
    runs = [run for run in WITH_LOAD if WORLD.begun_from(run.index).draft.flow in ("shop", "login")][-6:]
    for run in runs:
        for part in ("blocked", "connecting", "tls_handshaking"):
            assert ASK.total(run, "histogram_quantile(0.5)", f"http_req_{part}") == 0
            assert ASK.total(run, "histogram_max", f"http_req_{part}") > 1


def test_results_and_thresholds_agree():
    results = Counter()
    now = WORLD.now()
    for run in WITH_LOAD[:: len(WITH_LOAD) // 150]:
        state = WORLD.state(run, now)
        if state.outcome is None or state.outcome.result == "error":
            continue
        rows = threshold_rows(WORLD, run, ASK.measured(run))
        crossed = {f"'{row['name']}' have been crossed: {row['stat']}" for row in rows if row["tainted"]}
        results[state.outcome.result] += 1
        if state.outcome.result == "passed":
            assert not crossed, run.index
        else:
            assert len(crossed) == 1
            assert crossed.pop() in state.outcome.message
    assert results["passed"] > 40
    assert results["failed"] > 10


def test_some_passed_runs_have_failing_checks():
    ratios = [ASK.total(run, "ratio", "checks") for run in WITH_LOAD if run.outcome.result == "passed"]
    assert 0.05 < sum(ratio < 0.985 for ratio in ratios) / len(ratios) < 0.4
    assert min(ratios) > 0.95


def test_a_live_run_shows_what_is_there_by_now(clock, world, ask):
    run = world.start(next(test for test in world.tests if test.name == "Home page smoke"))
    begun_us = next(step.at_us for step in run.steps if step.status == "running")
    clock.now_s = begun_us / 1e6 - 1
    assert ask.measured(run) is None
    clock.forward(8)
    assert ask.measured(run).types == {}
    assert ask.totals(run, "rate", "http_reqs") == {}
    seen = []
    for _ in range(5):
        clock.forward(7)
        times, curves = ask.curves(run, "increase", "http_reqs")
        assert world.now() / 1e6 - 8 - 2 * STEP_S < times[-1] + STEP_S <= world.now() / 1e6 - 7
        assert curves[()].tolist()[: len(seen)] == seen
        assert len(curves[()]) > len(seen)
        seen = curves[()].tolist()
    clock.forward(600)
    assert ask.curves(run, "increase", "http_reqs")[1][()].tolist()[: len(seen)] == seen
    assert len(ask.curves(run, "increase", "http_reqs")[0]) == 40


def test_an_aborted_run_stops_early_and_one_that_was_lost_has_nothing(clock, world, ask):
    run = world.start(next(test for test in world.tests if test.name == "Home page smoke"))
    clock.now_s = next(step.at_us for step in run.steps if step.status == "running") / 1e6 + 31
    world.abort(run)
    clock.forward(900)
    assert 10 <= len(ask.curves(run, "increase", "http_reqs")[0]) <= 13
    lost = [
        run
        for run in map(world.plan, world.runs(None, None))
        if run.outcome.stop == "system" and world.state(run, world.now()).outcome and world.load(run, world.now())
    ]
    assert lost
    assert all(ask.measured(run).types == {} for run in lost)


def test_a_seed_makes_the_same_figures_again(clock):
    worlds = [Ask(World(clock, seed)) for seed in (5, 5, 6)]
    runs = [[ask._world.plan(index) for index in range(500, 520)] for ask in worlds]
    shown = [
        [
            ask.totals(run, "histogram_quantile(0.9) by (name)", "http_req_duration") if ask.measured(run) else None
            for run in some
        ]
        for ask, some in zip(worlds, runs, strict=True)
    ]
    assert shown[0] == shown[1] != shown[2]


def test_names_that_are_hard_to_show_are_there(ask, ended):
    links = ended(lambda _run, test: test.draft.name == "Deep links")[0]
    assert len(ask.totals(links, "increase by (name)", "http_reqs")) >= 400
    odd = ended(lambda _run, test: test.draft.name.startswith("<b>App"))[0]
    names = [dict(key)["name"] for key in ask.totals(odd, "increase by (name)", "http_reqs")]
    assert any("<b>" in name for name in names)
    assert any("\u202e" in name for name in names)
    assert any(len(name) > 10_000 for name in names)


def test_a_long_run_answers_quickly(ask, ended):
    run = ended(lambda run, test: test.draft.name.startswith("Storefront soak") and run.outcome.result == "passed")[0]
    ask.curves(run, "rate", "http_reqs")
    begun = time.perf_counter()
    times, _ = ask.curves(run, "histogram_quantile(0.95) by (name)", "http_req_duration")
    assert len(times) == 1200
    assert time.perf_counter() - begun < 1
