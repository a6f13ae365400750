"""Reading what a comparison shows, from the demo cloud and without any."""

from __future__ import annotations

import asyncio

import pytest

from k6desk.api.metrics import Metric
from k6desk.api.models import Script
from k6desk.core.compare.compared_runs import METRICS, ComparedRuns, ScriptChange
from k6desk.core.compare.run_comparison import DURATION, FIGURES, figures_of, requests_of
from k6desk.core.summary.summary import summary_of


@pytest.fixture
async def live(session, go_live, until):
    await session.store.load_index()
    go_live()
    await until(lambda: any(session.store.tests(project.id) for project in session.store.projects()), 20)
    return session


@pytest.fixture
async def ended(live, until):
    """Two ended runs of one test, the newest first."""

    def find():
        for project in live.store.projects():
            for test in live.store.tests(project.id):
                runs = [run for run in live.store.latest_of_test(test.id, 20) if run.outcome in {"passed", "failed"}]
                if len(runs) > 1:
                    return [run.id for run in runs[:2]]
        return []

    await until(find, 20)
    return find()


async def test_everything_of_the_runs_is_read(live, tasks, ended, until):
    runs, told = ComparedRuns(live, tasks), []
    runs.changed.connect(told.append)
    runs.read(ended)
    await until(lambda: runs.is_settled, 20)
    for run_id in ended:
        assert runs.problems(run_id) == []
        assert not runs.has_no_metrics(run_id)
        values = figures_of(runs.run(run_id), runs.detail(run_id), runs.known(run_id))
        assert values[next(figure for figure in FIGURES if figure.title == "Requests")] > 0
        summary = summary_of((Metric("http_reqs", "counter"),), (), runs.known(run_id), runs.detail(run_id))
        assert values[DURATION] == summary.duration_s, "as on the page of its summary"
        assert requests_of(runs.known(run_id))
        assert runs.detail(run_id).options
    assert runs.script_change(*ended) is not None
    assert frozenset().union(*told) == {"detail", "figures", "curves", "requests", "script"}


async def test_only_four_things_are_asked_for_at_once_and_none_after_the_end(live, tasks, ended, until, monkeypatch):
    running, most, asked = set(), [], []
    release = asyncio.Event()

    async def get(run_id, what):
        asked.append(what)
        running.add(what)
        most.append(len(running))
        try:
            await release.wait()
        finally:
            running.discard(what)

    monkeypatch.setattr(live.numbers, "get", get)
    runs = ComparedRuns(live, tasks)
    runs.read(ended)
    await until(lambda: len(running) == 4)
    runs.stop()
    await until(lambda: not running)
    release.set()
    assert max(most) == 4
    assert len(asked) == 4
    assert runs.done == runs.total


async def test_other_runs_take_the_place_of_those_that_were_being_read(live, tasks, ended, until):
    runs = ComparedRuns(live, tasks)
    runs.read(ended)
    runs.read(ended[::-1])
    await until(lambda: runs.is_settled, 20)
    assert runs.run_ids == tuple(ended[::-1])
    assert runs.done == runs.total == 2 * (2 + sum(map(len, METRICS.values())))


async def test_without_a_server_each_reason_is_said_once(session, tasks, until):
    runs = ComparedRuns(session, tasks)
    runs.read([1, 2])
    await until(lambda: runs.is_settled)
    assert runs.problems(1)
    assert len(runs.problems(1)) == len(set(runs.problems(1)))
    assert runs.script_change(1, 2) is None


async def test_scripts_are_counted_line_by_line(session, tasks, until):
    store = session.store
    contents = {1: "a\nb\n", 2: "a\nc\nd\n", 3: "a\nb\n"}
    for run_id, content in contents.items():
        await store.put_script("run", run_id, Script(content.encode(), is_archive=False))
    runs = ComparedRuns(session, tasks)
    runs.read([1, 2, 3])
    await until(lambda: runs.is_settled)
    assert runs.script_change(1, 2) == ScriptChange(files=1, added=2, removed=1)
    assert runs.script_change(1, 3) == ScriptChange(is_same=True)
