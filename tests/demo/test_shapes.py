from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from k6desk.demo.shapes import run_json
from k6desk.demo.world import World

ENDED = ("completed", "aborted")


@pytest.fixture
def rows(world):
    now = world.now()
    return [run_json(world, world.plan(index), now) for index in world.runs(None, None)]


def test_every_run_has_the_documented_members(rows, checked):
    for row in rows:
        checked(row, "run")


def test_runs_of_2024_lack_the_newer_fields_on_request_only(rows, clock):
    assert all("is_starred" in row for row in rows)
    world = World(clock, seed=7, generation_2024=True)
    every = [run_json(world, world.plan(index), world.now()) for index in world.runs(None, None)]
    assert every[12:] == rows[12:]
    old = [row for row in every if "is_starred" not in row]
    assert len(old) == 12
    for row in old:
        assert row["created"].startswith("2024-")
        assert row["result_details"] == {}
        assert row["cost"]["breakdown"].keys() == {"protocol_vuh", "browser_vuh"}
        assert row["retention_expiry"] is None


def test_costs_compound_to_the_last_digit(rows):
    reduced = 0
    for row in rows:
        if row["cost"] is None or "is_starred" not in row:
            continue
        cost = row["cost"]["breakdown"]
        left = Decimal(1)
        for percent in (cost["reduction_rate_breakdown"] or {}).values():
            left *= 1 - Decimal(percent) / 100
            reduced += 1
        assert float(cost["reduction_rate"]) == float((1 - left) * 100)
        assert Decimal(str(row["cost"]["total_vuh"])) == Decimal(str(cost["base_total_vuh"])) * left
        billed = float(cost["protocol_vuh"]) + float(cost["browser_vuh"])
        assert float(row["cost"]["total_vuh"]) == pytest.approx(billed)
    assert reduced


def test_cost_is_null_until_validated_and_an_estimate_until_ended(world, clock):
    for _ in range(900):
        index = world.runs(None, None)[-1]
        run = world.plan(index)
        if world.state(run, world.now()).status == "created" and run.outcome.result == "passed":
            break
        clock.forward(1)
    costs = {}
    while (shown := run_json(world, run, world.now()))["ended"] is None:
        costs.setdefault(shown["status"], set()).add(repr(shown["cost"]))
        clock.forward(1)
    assert costs["created"] == costs["queued"] == {"None"}
    assert len(costs["initializing"] | costs["running"] | costs["processing_metrics"]) == 1
    assert repr(shown["cost"]) not in costs["running"]


def test_the_awkward_cases_are_there(rows):
    new = [row for row in rows if "is_starred" in row]
    assert any(isinstance(row["cost"] and row["cost"]["total_vuh"], str) for row in new)
    assert any(row["cost"] and row["cost"]["breakdown"]["reduction_rate_breakdown"] is None for row in new)
    assert any(
        "local_run" in (row["cost"]["breakdown"]["reduction_rate_breakdown"] or {}) for row in new if row["cost"]
    )
    assert any(row["distribution"] is None and row["options"] for row in new)
    assert any(zone["load_zone"] == "amazon:sa:cape town" for row in new for zone in row["distribution"] or [])
    assert any(row["started_by"] is None for row in new)
    assert any(not row["started_by"].isascii() for row in new if row["started_by"])
    assert any("<img" in row["note"] for row in new)
    assert any("\n" in row["note"] for row in new)
    assert any("\u202e" in row["note"] for row in new)
    assert any(row["is_starred"] for row in new)
    assert any(row["max_browser_vus"] for row in new)
    assert any(row["retention_expiry"] is None for row in new)
    digits = Counter(len(row["created"].partition(".")[2].removesuffix("Z")) for row in new)
    assert digits.keys() == {0, 1, 2, 3, 4, 5, 6}


def test_aborted_runs_say_why(rows):
    aborted = [row for row in rows if row["status"] == "aborted"]
    assert aborted
    for row in aborted:
        extra = row["status_details"]["extra"]
        assert extra == row["status_history"][-1]["extra"]
        assert extra["message"]
        assert extra["code"]
        assert row["result_details"]["message"] == extra["message"]
    assert any(row["status_details"]["extra"]["by_user"] for row in aborted)


def test_rejected_runs_have_neither_options_nor_cost(rows):
    rejected = [row for row in rows if [step["type"] for step in row["status_history"]] == ["created", "aborted"]]
    assert rejected
    for row in rejected:
        assert row["result"] == "error"
        assert [row[name] for name in ("cost", "options", "distribution", "max_vus", "estimated_duration")] == [
            None
        ] * 5


def test_results_come_with_the_end_only(rows):
    for row in rows:
        assert (row["status"] in ENDED) == (row["result"] is not None) == (row["ended"] is not None)
        assert row["status"] == row["status_history"][-1]["type"]
