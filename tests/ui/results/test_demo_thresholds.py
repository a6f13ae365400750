"""Thresholds and checks of the recorded run, all the way from a server to the window."""

from __future__ import annotations

import pytest

from k6desk.core.place import Place
from k6desk.core.thresholds.thresholds import Verdict
from k6desk.demo.catalogue import RAMP_TEST
from k6desk.ui.results.thresholds_model import VERDICT, ThresholdsModel
from k6desk.ui.roles import DISPLAY


@pytest.fixture
async def recorded(desk):
    """A run of the test that misses its p95, chosen in its test's table."""
    store = desk._session.store
    tests = [test for project in store.projects() for test in store.tests(project.id)]
    test = next(test for test in tests if test.name == RAMP_TEST)
    run = next(run for run in store.latest_of_test(test.id, 50) if run.result == "failed")
    desk.go(Place("test", test.id))
    desk.workspace.show_run(run.id)
    return run


async def test_the_verdicts_on_the_recorded_run_are_those_of_k6(desk, recorded, until):
    desk.workspace.read("thresholds")
    page = desk.workspace.details._results._page
    model = page.model
    await until(lambda: model.rowCount() == 3 and not any(_verdict(model, at).is_computed for at in range(3)), 20)
    await until(lambda: all("not known" not in model.index(at).data(DISPLAY) for at in range(3)), 20)
    rows = [model.index(at).data(DISPLAY) for at in range(3)]
    assert rows[0].startswith("http_req_duration p(95)<300: failed, 310 ms, ")
    assert rows[1].startswith("http_req_failed rate<0.05: passed, 2.79 %, ")
    assert rows[2].startswith("checks rate>0.95: passed, 98.1 %, ")


async def test_83_of_4470_checks_failed_in_it(desk, recorded, until, words):
    desk.workspace.read("checks")
    page = desk.workspace.details._results._page
    await until(page.has_content, 20)
    assert "83 of 4,470 failed" in words(page)
    store = desk._session.store
    await until(lambda: store.failed_checks(recorded.id) == 83, 20)
    assert "83 checks failed" in words(desk.workspace.details._headline)


async def test_every_run_of_the_test_that_is_looked_at_is_marked(desk, recorded, until):
    store = desk._session.store
    passed = [run for run in store.latest_of_test(recorded.test_id, 50) if run.result == "passed"]
    await until(lambda: all(store.failed_checks(run.id) is not None for run in passed), 20)
    assert sum(store.failed_checks(run.id) for run in passed) > 0


def _verdict(model: ThresholdsModel, at: int) -> Verdict:
    return model.index(at).data(VERDICT)
