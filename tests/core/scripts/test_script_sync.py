"""Scripts are fetched by themselves: what, in which order, how politely, and when not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from k6desk.api import errors
from k6desk.core.connection import State
from k6desk.core.notices import Notices
from k6desk.core.scripts import script_sync
from k6desk.core.session import Session

PLENTY_MB = 1000


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(script_sync, "PAUSE_S", 0.0)
    monkeypatch.setattr(script_sync, "PAUSE_WHILE_LIVE_S", 0.0)
    monkeypatch.setattr(script_sync, "LISTS_S", 0.01)


@pytest.fixture
async def live(session, go_live, until):
    await session.store.load_index()
    go_live()
    await until(lambda: session.monitor.caught_up, 20)
    return session


@pytest.fixture
def asked(live, monkeypatch):
    """What the server is asked for, in order; `fail` is raised in place of the answer while there is one."""

    class Asked(list):
        fail = None

    asked = Asked()
    for kind, name in (("run", "run_script"), ("test", "test_script")):
        ask = getattr(live._cloud, name)

        async def counted(id_, kind=kind, ask=ask):
            asked.append((kind, id_))
            if asked.fail:
                raise asked.fail
            return await ask(id_)

        monkeypatch.setattr(live._cloud, name, counted)
    return asked


def load_tests(session):
    return [test for project in session.store.projects() for test in session.store.tests(project.id)]


def wanted(session):
    """All that is to be fetched, in its order."""
    found = []
    for test in load_tests(session):
        runs = session.store.latest_of_test(test.id, 3)
        found += [(run.created_at, run.id, "run", run.id) for run in runs]
        at = runs[0].created_at if runs else test.updated_at or test.created_at
        found.append((at, test.id, "test", test.id))
    return [(kind, id_) for _, _, kind, id_ in sorted(found, reverse=True)]


def is_complete(session):
    sync = session.script_sync
    return sync.progress == "waiting" and sync.total > 0 and sync.done == sync.total


async def test_every_test_and_its_three_newest_runs_are_fetched_the_newest_first(live, asked, until):
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: is_complete(live), 30)
    assert asked == wanted(live)
    assert live.script_sync.total == len(asked)
    kept = {kind: live.store.asked_scripts(kind).keys() for kind in ("run", "test")}
    assert all(id_ in kept[kind] for kind, id_ in asked)


async def test_nothing_is_fetched_that_nobody_wants(live, asked, until):
    live.script_sync.follow(wanted=False, limit_mb=PLENTY_MB)
    live.monitor.poke()
    await until(lambda: live.script_sync.progress == "off")
    assert asked == []


async def test_it_goes_on_after_a_restart_where_it_was(live, asked, until, account, tmp_path, tasks):
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: len(asked) >= 5, 20)
    cloud = live._cloud
    live.script_sync.stop()
    await until(lambda: not [task for task in tasks._running if task.get_name() == "fetch scripts"])
    first = list(asked)
    asked.clear()
    again = Session(account, tmp_path, Notices())
    await again.store.load_index()
    again.go_live(cloud, tasks)
    again.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: is_complete(again), 30)
    assert not set(asked) & set(first[:-1])
    assert set(first) | set(asked) == set(wanted(again))
    tasks.cancel(again.script_sync)
    tasks.cancel(again.monitor)


async def test_too_many_requests_end_it_until_the_server_says_otherwise(live, asked, until):
    asked.fail = errors.TryLater("Slow down.", status=429, retry_after_s=60)
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: live.script_sync.progress == "waiting" and asked)
    assert len(asked) == 1
    assert live.connection.state is State.STALE
    assert live.connection.wait_s > 50
    asked.fail = None
    live.connection._unwanted_until = 0.0
    live.monitor.poke()
    await until(lambda: len(asked) > 3, 20)
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "no",
    [
        errors.NotFound("None.", status=404),
        errors.Forbidden("Not for you.", status=403),
        errors.Refused("Not acceptable.", status=406),
    ],
)
async def test_a_script_that_is_not_given_is_not_asked_for_again(live, asked, until, no):
    asked.fail = no
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: len(asked) >= 3, 20)
    asked.fail = None
    await until(lambda: is_complete(live), 30)
    assert len(asked) == len(set(asked))
    assert live.connection.state is State.LIVE


async def test_a_server_that_fails_over_one_script_is_not_asked_for_it_for_ever(live, until, monkeypatch):
    bad = next(id_ for kind, id_ in wanted(live) if kind == "run")
    ask, times = live._cloud.run_script, []

    async def faulty(run_id):
        if run_id == bad:
            times.append(run_id)
            raise errors.BadAnswer("That is no script.")
        return await ask(run_id)

    monkeypatch.setattr(live._cloud, "run_script", faulty)
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)

    def has_gone_on() -> bool:
        live.connection.forget_failures()
        live.monitor.poke()
        return is_complete(live)

    await until(has_gone_on, 30)
    assert len(times) == 2


async def test_it_can_be_paused(live, asked, until):
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: asked, 20)
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB, paused=True)
    assert live.script_sync.progress == "paused"
    count, rounds = len(asked), []
    live.script_sync.changed.connect(lambda: rounds.append(live.script_sync.progress))
    live.monitor.poke()
    await until(lambda: rounds, 20)
    assert set(rounds) == {"paused"}
    assert len(asked) <= count + 1
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: is_complete(live), 30)


async def test_it_stops_at_the_limit_and_goes_on_when_that_is_raised(live, asked, until, monkeypatch):
    monkeypatch.setattr(script_sync, "MEGABYTE", 2000)
    live.script_sync.follow(wanted=True, limit_mb=1)
    await until(lambda: live.script_sync.progress == "full", 20)
    assert 2000 <= live.store.script_bytes() <= 2000 + 200_000  # a script that several runs share counts once
    assert len(asked) < len(wanted(live))
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB * 1000)
    await until(lambda: is_complete(live), 30)


async def test_a_token_without_a_stack_gets_the_scripts_of_runs_alone(live, asked, until):
    live._cloud.lacks = {"upload": "A token without a stack cannot do that."}
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: is_complete(live), 30)
    assert {kind for kind, _ in asked} == {"run"}


async def test_a_test_is_asked_again_after_a_day_or_when_it_was_changed(live, asked, until, monkeypatch):
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: is_complete(live), 30)
    asked.clear()
    test = load_tests(live)[0]
    later = datetime.now(UTC) + timedelta(seconds=1)
    await live.store.put_test(replace(test, updated_at=later), datetime.now(UTC))
    await until(lambda: asked, 10)
    assert asked[0] == ("test", test.id)
    asked.clear()
    monkeypatch.setattr(script_sync, "AGAIN", timedelta())
    live.script_sync._is_old = True
    live.script_sync._bell.ring()
    await until(lambda: len(set(asked)) == len(load_tests(live)), 30)
    assert {kind for kind, _ in asked} == {"test"}


async def test_nothing_is_asked_while_the_server_is_away(live, asked, until, faults):
    faults.error_rate = 1.0
    live.monitor.poke()
    await until(lambda: live.connection.state is not State.LIVE)
    live.script_sync.follow(wanted=True, limit_mb=PLENTY_MB)
    await until(lambda: live.script_sync.progress == "waiting")
    assert asked == []
