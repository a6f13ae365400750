"""The cost: figures that add up."""

from __future__ import annotations

import pytest

from k6desk.api.models import Cost
from k6desk.ui.detail.cost import CostPane, reductions


def test_reductions_compound():
    cost = Cost(total_vuh=6.75, base_total_vuh=10, reduction_rate=32.5, reductions={"volume": 10, "local_run": 25})
    assert [(each.name, each.percent, each.vuh) for each in reductions(cost)] == [
        ("volume", 10, pytest.approx(1.0)),
        ("local_run", 25, pytest.approx(2.25)),
    ]


def test_what_the_reductions_do_not_explain_is_named():
    cost = Cost(total_vuh=5, base_total_vuh=10, reductions={"volume": 10})
    assert [(each.name, each.vuh) for each in reductions(cost)] == [
        ("volume", pytest.approx(1.0)),
        ("not explained by the server", pytest.approx(4.0)),
    ]


def test_rounding_is_not_a_reduction():
    cost = Cost(total_vuh=9.0, base_total_vuh=10.004, reductions={"volume": 10})
    assert len(reductions(cost)) == 1


def test_an_old_breakdown_has_no_reductions():
    assert reductions(Cost(total_vuh=10, protocol_vuh=10, browser_vuh=0)) == []


@pytest.fixture
def pane(desk, shown):
    return shown(CostPane(desk.store, desk.commands, desk.tasks))


async def show(desk, pane, raw: dict) -> None:
    run_id = await desk.put(raw)
    pane.present(desk.store.run(run_id), desk.store.detail(run_id))


async def test_a_finished_run_is_billed(desk, pane, samples, words):
    await show(desk, pane, samples.raw_run())
    said = words(pane)
    assert "6.75 VUH\nbilled" in said
    assert "−2.25" in said
    assert "together they are 32.5 %" in said
    assert "1,500 VUH per calendar month" in said


async def test_a_running_run_shows_an_estimate(desk, pane, samples, words):
    await show(desk, pane, samples.running())
    assert "estimate of the full cost" in words(pane)
    assert "Billed" not in words(pane)


async def test_no_cost_before_validation(desk, pane, samples, words):
    await show(desk, pane, samples.running(cost=None))
    assert "No cost yet\nk6 computes the cost when it has validated the script." in words(pane)


async def test_a_script_that_was_never_valid_costs_nothing(desk, pane, samples, words):
    await show(desk, pane, samples.invalid())
    assert "This run ended without one." in words(pane)


async def test_a_run_of_2024_says_that_there_is_no_base(desk, pane, samples, words):
    await show(desk, pane, samples.of_2024())
    assert "10.00 VUH" in words(pane)
    assert "The server gives no base and no reductions for this run." in words(pane)


async def test_the_row_alone_gives_the_figure(desk, pane, samples, words):
    run_id = await desk.put_row(samples.raw_run())
    pane.present(desk.store.run(run_id), None)
    assert "6.75 VUH\nbilled\nThe breakdown has not been loaded yet." in words(pane)


async def test_a_cost_of_nothing_divides_by_nothing(desk, pane, samples, words):
    raw = samples.raw_run()
    raw["cost"] = {"total_vuh": 0, "breakdown": dict.fromkeys(raw["cost"]["breakdown"], 0)}
    await show(desk, pane, raw)
    assert "0 VUH" in words(pane)
