"""The old APIs and v6 of the demo cloud tell the same story of the same runs."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from k6desk.api.errors import Conflict, NotFound, Refused
from k6desk.api.legacy.cloud import CloudLegacy
from k6desk.api.legacy.v2 import RunsV2
from k6desk.api.legacy.wanted import Wanted
from k6desk.api.models import Run
from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from k6desk.api.wire import runs
from k6desk.demo.server import create_app, serve
from k6desk.demo.world import World
from tests.live_session import Clock, clock, world

__all__ = ["clock", "world"]

TOKEN, LEGACY = "token-of-this-test", "legacy-token-of-this-test"


@pytest.fixture
async def both(world: World):
    """`await both(removed)` is a client of the old APIs and one of v6, for the same demo cloud."""
    async with AsyncExitStack() as stack:

        async def start(*removed) -> tuple[CloudLegacy, CloudV6]:
            app = create_app(world, token=TOKEN, legacy_token=LEGACY, removed=frozenset(removed))
            url = await stack.enter_async_context(serve(app))
            clients = CloudLegacy(url, Secret(LEGACY)), CloudV6(url, Secret(TOKEN), world.stack_id)
            for client in clients:
                stack.push_async_callback(client.aclose)
            return clients

        yield start


async def rows(pages) -> list:
    return [row async for page in pages for row in page.rows]


def by_id(things: list) -> list:
    return sorted(things, key=lambda thing: thing.id)


def story(run: Run) -> tuple:
    result = "failed" if (run.status, run.result) == ("completed", "error") else run.result  # v2 has no third number
    return run.id, run.test_id, run.project_id, run.status, result, run.note, run.created_at.replace(microsecond=0)


async def test_every_project_test_and_run_is_the_same(both):
    old, new = await both()
    assert by_id(await rows(old.projects())) == by_id(await rows(new.projects()))
    old_tests, new_tests = by_id(await rows(old.load_tests())), by_id(await rows(new.load_tests()))
    assert [(test.id, test.name) for test in old_tests] == [(test.id, test.name) for test in new_tests]
    old_runs, new_runs = await rows(old.runs()), await rows(new.runs())
    assert len(old_runs) > 100
    assert list(map(story, old_runs)) == list(map(story, new_runs))
    assert {run.status for run in old_runs} >= {"running", "completed", "aborted"}
    assert old.requests_per_poll == len(old_tests)


async def test_a_window_of_time_is_the_same(both):
    old, new = await both()
    middle = (await rows(new.runs()))[200].created_at
    window = {"created_after": middle, "created_before": middle + timedelta(days=2)}
    found = await rows(old.runs(**window, page_size=7))
    assert list(map(story, found)) == list(map(story, await rows(new.runs(**window))))
    test = found[0].test_id
    assert await rows(old.test_runs(test, **window)) == [run for run in reversed(found) if run.test_id == test]


async def test_v2_lists_the_same_runs_as_v5(both):
    old, _ = await both()
    first = (await rows(old.runs()))[0]
    window = Wanted(created_before=first.created_at + timedelta(days=30), newest_first=True)
    by_v5 = await rows(old.test_runs(first.test_id, created_before=window.created_before))
    by_v2 = await rows(RunsV2(old._exchange).runs_of_test(first.test_id, window))
    assert list(map(story, by_v2)) == list(map(story, by_v5))
    assert len(by_v2) > 1


async def test_a_run_is_started_followed_and_stopped(both, clock: Clock):
    old, new = await both()
    test = (await rows(old.load_tests()))[0]
    started = runs.run_detail(await old.start(test.id, "a key"))
    assert (started.run.test_id, started.run.is_finished) == (test.id, False)
    assert started.run.id in [run.id for run in await rows(old.runs(created_after=started.run.created_at))]
    await old.abort(started.run.id)
    clock.forward(60)
    ended = runs.run_detail(await old.run(started.run.id))
    by_v6 = runs.run_detail(await new.run(started.run.id))
    assert (ended.run.status, ended.run.result) == (by_v6.run.status, by_v6.run.result) == ("aborted", "error")
    assert "ser" in (ended.status_history[-1].by_user or ended.status_history[-1].message)
    with pytest.raises(Conflict):
        await old.abort(started.run.id)


async def test_a_public_link_and_a_search_find_what_there_is(both):
    old, _ = await both()
    shared = (await rows(old.runs()))[3]
    assert [run.id for run in (await old.shared_run(f"shared-{shared.id}")).rows] == [shared.id]
    assert (await old.shared_run("no-such-run")).rows == []
    tests = await rows(old.load_tests())
    word = tests[0].name.split()[0]
    assert await rows(old.search_load_tests(word)) == [test for test in tests if word in test.name]
    with pytest.raises(NotFound):
        await old.run(2**40)


async def test_a_runs_script_is_the_same_where_it_is_a_text(both):
    old, new = await both()
    for run in (await rows(old.runs()))[-20:]:
        script = await new.run_script(run.id)
        if script.is_archive:
            with pytest.raises(NotFound):
                await old.run_script(run.id)
        else:
            assert await old.run_script(run.id) == script


async def test_without_v2_runs_are_still_read_and_a_start_is_refused_as_removed(both):
    old, _ = await both("v2")
    every = await rows(old.runs())
    assert runs.run_detail(await old.run(every[0].id)).run.id == every[0].id
    with pytest.raises(Refused) as refused:
        await old.start(every[0].test_id, "")
    assert refused.value.status in {404, 405, 410}
