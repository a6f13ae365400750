"""From the demo cloud's server to what is passed on: the recorded run's summary is the one that k6 printed."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QObject

from k6desk.core.metrics import requests
from k6desk.core.report import report_of
from k6desk.core.summary import summary
from k6desk.core.summary.summary_text import as_json
from k6desk.core.thresholds.thresholds import thresholds_of
from k6desk.data.query import Query
from k6desk.demo.catalogue import RAMP_TEST
from tests.core.recording import k6_summary


@pytest.fixture
async def measured(session, go_live, until):
    """The newest failed run of the checkout ramp, when all that a summary asks has been answered."""
    await session.store.load_index()
    go_live()
    await until(lambda: session.monitor.caught_up, 20)
    store, numbers = session.store, session.numbers
    ids = (run_id for run_id in store.select(Query()) if store.name_of(store.run(run_id)) == RAMP_TEST)
    run = next(run for run_id in ids if (run := store.run(run_id)).outcome == "failed")
    await session.commands.runs.fetch(run.id)
    owner = QObject(session)
    numbers.watch(owner, run.id, ())
    await until(lambda: numbers.metrics(run.id) is not None)
    wanted = thresholds_of(store.detail(run.id).value.options)
    asked = (*summary.asks(numbers.metrics(run.id), wanted), *requests.ASKS)
    numbers.watch(owner, run.id, asked)
    await until(lambda: all(numbers.told(run.id, one) for one in asked), 20)
    return run


async def test_what_is_passed_on_is_what_k6_said(session, measured):
    truth = k6_summary()
    found = json.loads(as_json(report_of(session, measured).summary))
    assert found["root_group"] == truth["root_group"]
    for name, of_metric in truth["metrics"].items():
        assert found["metrics"][name].pop("thresholds", None) == of_metric.pop("thresholds", None)
        for figure, value in of_metric.items():
            error = 0.03 if figure in {"p(90)", "p(95)", "med"} else 0.01 if figure == "rate" else 2e-3
            assert found["metrics"][name][figure] == pytest.approx(value, rel=error, abs=1e-2)
    exact = [(name, "count") for name in ("http_reqs", "iterations", "data_sent", "data_received")]
    exact += [(name, figure) for name in ("checks", "http_req_failed") for figure in ("passes", "fails")]
    for name, figure in exact:
        assert found["metrics"][name][figure] == truth["metrics"][name][figure]


async def test_requests_add_up_to_the_run(session, measured):
    rows = requests.requests_of(session.numbers.known_of(measured.id))
    assert (sum(row.count for row in rows), sum(row.failures for row in rows)) == (2980, 83)


async def test_a_run_whose_metrics_were_never_looked_at_has_no_summary(session, measured):
    other = next(
        run
        for run_id in session.store.select(Query())
        if (run := session.store.run(run_id)).id != measured.id and run.is_finished
    )
    assert report_of(session, other).summary is None
