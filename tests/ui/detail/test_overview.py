"""The facts of a run."""

from __future__ import annotations

import pytest

from k6desk.ui.detail.overview import OverviewPane


@pytest.fixture
def facts(desk, shown, words):
    pane = shown(OverviewPane(desk.store, desk.commands, desk.tasks))

    async def read(raw: dict, *, with_detail: bool = True) -> dict[str, str]:
        run_id = await (desk.put(raw) if with_detail else desk.put_row(raw))
        pane.present(desk.store.run(run_id), desk.store.detail(run_id))
        lines = words(pane).split("\n")
        return dict(zip(lines[::2], lines[1::2], strict=True))

    return read


async def test_every_fact_of_a_finished_run(facts, samples):
    known = await facts(samples.raw_run())
    assert known["Result"] == "Passed"
    assert known["Status"] == "Completed"
    assert known["Test"] == "Checkout ramp"
    assert known["Project"] == "Webshop"
    assert known["Run ID"] == "5000000001"
    assert known["Duration"] == "11 min 40 s"
    assert known["Billed time"] == "10 min 03 s"
    assert known["VUs"] == "1,200"
    assert known["VUH"] == "6.75 (billed)"
    assert known["Thresholds"] == "3"
    assert known["k6"] == "k6 v0.56.0, k6/x/faker v0.4.1"
    assert known["Dependencies"] == "k6 >=v0.52, k6/x/faker >=0.4.0"
    assert known["In Grafana"].startswith("Until ")
    assert known["In Grafana"].endswith(("(in 19 days)", "(in 20 days)"))
    assert known["Kept here"] == "No"
    assert known["Updated"] == "just now"


async def test_a_running_run_has_no_end_and_an_estimate(facts, samples):
    known = await facts(samples.running(since=800))
    assert (known["Result"], known["Ended"]) == ("Not yet", "Not yet")
    assert known["VUH"] == "6.75 (estimate)"
    assert "overdue by " in known["Duration"]


async def test_what_the_row_does_not_know_is_a_dash(facts, samples):
    known = await facts(samples.raw_run(), with_detail=False)
    assert (known["k6"], known["Thresholds"], known["Updated"]) == ("–", "–", "Details have not been loaded yet")


async def test_another_run_does_not_inherit_facts(facts, samples):
    await facts(samples.raw_run())
    known = await facts(samples.raw_run(samples.ID + 1), with_detail=False)
    assert (known["k6"], known["Browser VUs"], known["Thresholds"]) == ("–", "–", "–")


async def test_nobody_started_it(facts, samples):
    assert (await facts(samples.raw_run(started_by=None)))["Started by"] == "Not by a user"
