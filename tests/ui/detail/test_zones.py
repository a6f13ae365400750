"""Load zones: configured shares and real load generators."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton

from k6desk.api.errors import TryLater
from k6desk.ui.detail.zones import ZonesPane


@pytest.fixture
def pane(desk, shown):
    made = shown(ZonesPane(desk.store, desk.commands, desk.tasks))

    def refresh(delta) -> None:
        if made.run and made.run.id in delta.details:
            made.present(desk.store.run(made.run.id), desk.store.detail(made.run.id))

    desk.store.changed.connect(refresh)
    return made


async def show(desk, pane, raw: dict) -> None:
    run_id = await desk.put(raw)
    pane.present(desk.store.run(run_id), desk.store.detail(run_id))


async def test_configured_shares_are_there_at_once_and_generators_when_they_arrive(desk, pane, samples, words, until):
    desk.cloud.nodes[samples.ID] = samples.NODES
    await show(desk, pane, samples.raw_run())
    assert "US East (N. Virginia)\n60 %\namazon:us:ashburn" in words(pane)
    assert "Asking for the load generators…" in words(pane)
    assert not pane.is_settled()
    await until(pane.is_settled)
    assert "4 load generators in 2 load zones" in words(pane)
    assert "3 load generators: 2 × m5.large, 1 × c5.xlarge" in words(pane)
    assert "13.244.8.90" in words(pane)


async def test_generators_are_asked_for_once(desk, pane, samples, until):
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    await show(desk, pane, samples.raw_run(note="changed"))
    assert desk.cloud.asked.count("distribution") == 1


async def test_addresses_of_a_zone_and_of_all_can_be_copied(desk, pane, samples, until):
    desk.cloud.nodes[samples.ID] = samples.NODES
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    by_name = {}
    for button in pane.findChildren(QToolButton):
        by_name.setdefault(button.accessibleName(), button)
    by_name["Copy the addresses of this zone"].click()
    assert QGuiApplication.clipboard().text() == "18.206.4.11\n18.206.4.12\n3.80.17.201"
    by_name["Copy all addresses"].click()
    assert QGuiApplication.clipboard().text().endswith("3.80.17.201\n13.244.8.90")


async def test_no_data_is_said_and_not_asked_again(desk, pane, samples, words, until):
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    assert "No distribution data for this run" in words(pane)
    pane.present(desk.store.run(samples.ID), desk.store.detail(samples.ID))
    assert desk.cloud.asked.count("distribution") == 1


async def test_a_failure_is_told_and_can_be_tried_again(desk, pane, samples, words, until):
    desk.cloud.error = TryLater("The server has a problem.", status=503)
    await show(desk, pane, samples.raw_run())
    await until(pane.is_settled)
    assert "The load generators are not known: The server has a problem." in words(pane)
    desk.cloud.error = None
    desk.cloud.nodes[samples.ID] = samples.NODES
    again = next(button for button in pane.findChildren(QPushButton) if button.text() == "Try again")
    assert again.isVisible()
    again.click()
    await until(lambda: "4 load generators" in words(pane))
    assert not again.isVisible()


async def test_an_answer_for_a_run_that_was_left_does_not_disturb(desk, pane, samples, words, until):
    desk.cloud.nodes[samples.ID] = samples.NODES
    await show(desk, pane, samples.raw_run())
    other = samples.ID + 1
    await show(desk, pane, samples.raw_run(other, distribution=[{"load_zone": "amazon:jp:tokyo", "percent": 100}]))
    await until(lambda: desk.store.distribution(other) is not None)
    assert "amazon:jp:tokyo" in words(pane)
    assert "US East" not in words(pane)


async def test_neither_zones_nor_generators(desk, pane, samples, words, until):
    await show(desk, pane, samples.invalid())
    await until(pane.is_settled)
    assert "The server names neither load zones nor load generators." in words(pane)
