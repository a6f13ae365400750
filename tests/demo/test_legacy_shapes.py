from __future__ import annotations

import pytest

from k6desk.demo.legacy_runs import legacy_run, shared_run_id
from k6desk.demo.legacy_shapes import V2_RUN, V5_RUN
from k6desk.demo.world import World


@pytest.fixture(params=[1, 60])
def items(clock, request):
    world = World(clock, seed=3, speed=request.param)
    clock.forward(3600 / request.param)
    now = world.now()
    return [legacy_run(world, world.plan(index), now) for index in world.runs(None, None)]


@pytest.mark.parametrize("fields", [V5_RUN, V2_RUN])
def test_cutting_times_never_turns_them_round(items, fields):
    for item in items:
        created, started, ended = (fields[name].value(item) for name in ("created", "started", "ended"))
        assert created <= (started or ended or created)
        assert (started or created) <= (ended or started or created)


def test_every_value_is_of_the_kind_of_its_field(items):
    types = {"number": (int, float), "text": str, "time": str, "boolean": bool, "object": dict}
    for item in items:
        for name, field in (V2_RUN | V5_RUN).items():
            value = field.value(item)
            assert value is None or isinstance(value, types[field.kind]), name
            assert isinstance(value, bool) == (field.kind == "boolean"), name


def test_rejected_runs_have_no_size_and_never_began(items):
    rejected = [item for item in items if item.state.outcome and item.state.outcome.stop == "validation"]
    for item in items:
        size = (V5_RUN["vus"].value(item), V5_RUN["duration"].value(item))
        assert size == (0, 0) if item in rejected else min(size) > 0
    assert {V5_RUN["run_status"].value(item) for item in rejected} == {7, 9}
    assert all(V5_RUN["started"].value(item) is None for item in rejected)


def test_a_public_id_leads_to_its_run_only(items):
    shared = [item for item in items if item.public_id]
    assert 0 < len(shared) < len(items) / 10
    assert all(shared_run_id(item.public_id) == item.id for item in shared)
    for public_id in ("", "shared-", "shared-x", "shared-٣", f"shared-{10**19}", "12", "xshared-1"):
        assert shared_run_id(public_id) == 0
