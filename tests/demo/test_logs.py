"""Logs follow the life of their run."""

from __future__ import annotations

import json

import pytest

from k6desk.demo.clock import DAY, HOUR
from k6desk.demo.logs import KEPT_DAYS, frame, plan_log, told


@pytest.fixture
def log(world, clock):
    def lines(index: int):
        run = world.plan(index)
        planned = plan_log(world.seed, run, world.begun_from(index).draft)
        now = world.now()
        return list(told(planned, run, world.state(run, now), world.clock, now))

    return lines


def indices(world, fits):
    now = world.now()
    return [index for index in world.runs(None, None) if fits(world.state(world.plan(index), now))]


def test_a_log_is_the_same_each_time_and_in_order(world, log):
    for index in list(world.runs(None, None))[-40:]:
        lines = log(index)
        assert lines == log(index)
        times = [line.at_ns // 1000 for line in lines]
        assert times == sorted(times)


def test_it_grows_with_its_run_and_never_changes_what_was_said(world, clock, log):
    index = indices(world, lambda state: state.status == "running")[0]
    before = log(index)
    clock.forward(60)
    assert log(index)[: len(before)] == before
    assert len(log(index)) > len(before)
    clock.forward(6 * 3600)
    assert world.state(world.plan(index), world.now()).outcome


def test_it_ends_with_how_the_run_ended(world, log):
    now = world.now()
    recent = [i for i in world.runs(now - 10 * DAY, now - HOUR) if world.state(world.plan(i), now).outcome]
    outcomes = {world.state(world.plan(index), now).outcome.result for index in recent}
    assert outcomes == {"passed", "failed", "error"}
    for index in recent:
        state = world.state(world.plan(index), now)
        said = [line.entry.text for line in log(index)]
        message = state.outcome.message
        if state.outcome.stop == "user":
            assert any(state.outcome.by_user in text for text in said[-2:])
        elif message:
            assert message in said[-2:]


def test_an_abort_ends_it(world, clock, log):
    index = indices(world, lambda state: state.status == "running")[0]
    world.abort(world.plan(index))
    clock.forward(60)
    lines = log(index)
    assert f"The test was stopped by {world.user}." in [line.entry.text for line in lines[-2:]]
    ended_us = world.state(world.plan(index), world.now()).ended_us
    assert all(line.at_ns // 1000 <= ended_us + 1 for line in lines)


def test_logs_are_kept_some_days_only(world, clock, log):
    index = indices(world, lambda state: state.outcome)[-1]
    assert log(index)
    clock.forward((KEPT_DAYS + 1) * 86_400)
    assert log(index) == []


def test_logs_have_what_makes_logs_hard(world, log):
    now = world.now()
    lines = [line for index in list(world.runs(now - 10 * DAY, None))[-60:] for line in log(index)]
    texts = [line.entry.text for line in lines]
    assert {line.entry.level for line in lines} == {"trace", "debug", "info", "warning", "error"}
    assert any("\x1b[" in text for text in texts)
    assert any("\n\tat " in text for text in texts)
    assert max(map(len, texts)) == 20 << 10
    assert any("\u0640" > character > "\u0620" for text in texts for character in text)


def test_a_frame_has_a_stream_for_each_source_and_names_what_is_lost(world, log):
    index = next(i for i in reversed(world.runs(None, None)) if any(line.entry.lost for line in log(i)))
    lines = log(index)
    made = json.loads(json.dumps(frame(lines)))
    values = [value for stream in made["streams"] for value in stream["values"]]
    lost = [line for line in lines if line.entry.lost]
    assert values == [[str(line.at_ns), line.entry.text] for line in lines if not line.entry.lost]
    assert [entry["timestamp"] for entry in made["dropped_entries"]] == [str(line.at_ns) for line in lost]
    assert all("level" in stream["stream"] for stream in made["streams"])
