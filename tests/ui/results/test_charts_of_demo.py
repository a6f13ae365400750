"""The charts on a real session: its numbers, and the demo cloud that answers them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtWidgets import QComboBox

from k6desk.data.query import Query
from k6desk.ui.charts.stack import ChartStack
from k6desk.ui.results.pane import ResultsPane

USUAL = ["Virtual users", "Request rate", "Response time", "Failure rate", "Data", "Iterations", "Checks"]


@pytest.fixture
async def opened(session, tasks, go_live, dressed, shown, until):
    """`await opened(condition)` shows the results of the newest run of which that is so, when all has arrived."""
    go_live()
    pane = shown(ResultsPane(session, tasks), 700, 900)

    async def open_run(is_wanted) -> ResultsPane:
        store = session.store

        def found():
            ids = store.select(Query()).tolist()
            return next((run for run_id in ids if is_wanted(run := store.run(run_id))), None)

        await until(lambda: found() is not None, 20)
        run = found()
        session.monitor.focus_run(run.id)
        await until(lambda: store.detail(run.id) is not None, 20)
        pane.present(store.run(run.id), store.detail(run.id))
        await until(lambda: session.numbers.metrics(run.id) and has_all_lines(pane), 20)
        return pane

    yield open_run
    pane.leave()


def charts(pane):
    return {chart.title: chart for chart in pane.findChild(ChartStack).charts}


def has_all_lines(pane) -> bool:
    return all(chart.lines for chart in charts(pane).values())


def split(pane, label: str) -> None:
    box = next(box for box in pane.findChildren(QComboBox) if box.accessibleName() == "Split by")
    box.setCurrentIndex(box.findData(label))
    box.activated.emit(box.currentIndex())


async def test_a_finished_run_from_its_start_to_its_end(opened, until):
    pane = await opened(lambda run: run.status == "completed" and run.result == "failed" and run.execution_duration_s)
    assert set(charts(pane)) >= set(USUAL)
    times = charts(pane)["Response time"].lines
    assert [line.name for line in times] == ["p50", "p95", "p99", "max"]
    for low, high in pairwise(times):
        both = np.isfinite(low.values) & np.isfinite(high.values)
        assert (low.values[both] <= high.values[both] + 1e-6).all()
    assert charts(pane)["Data"].plot.bands
    run = pane.run
    lasted = charts(pane)["Request rate"].extent()[1]
    assert 0 < lasted <= (run.ended_at - run.created_at).total_seconds()
    await until(lambda: charts(pane)["Response time"].plot.limits)


async def test_split_curves_add_up_to_the_whole(opened, until):
    pane = await opened(lambda run: run.status == "completed" and run.execution_duration_s)
    whole = np.nansum(charts(pane)["Request rate"].lines[0].values)
    split(pane, "name")
    await until(lambda: has_all_lines(pane), 20)
    lines = charts(pane)["Request rate"].lines
    assert 1 < len(lines) <= 12
    assert sum(np.nansum(line.values) for line in lines) == pytest.approx(whole, rel=0.01)
    assert [line.name for line in lines] == [line.name for line in charts(pane)["Response time · p95"].lines]


async def test_a_run_that_goes_on_gets_longer(opened, clock, until, monkeypatch):
    monkeypatch.setattr("k6desk.core.metrics.numbers.CURVES_S", 0.1)
    pane = await opened(lambda run: run.status == "running" and run.max_vus)
    before = charts(pane)["Request rate"].extent()[1]
    users = charts(pane)["Request rate"]
    clock.forward(9)
    await until(lambda: charts(pane)["Request rate"].extent()[1] > before, 20)
    assert charts(pane)["Request rate"] is users
