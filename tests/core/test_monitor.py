from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api import errors
from k6desk.core.connection import State
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.data.query import Query


@pytest.fixture
async def live(go_live, until):
    session = go_live()
    await until(lambda: session.monitor.caught_up, 20)
    return session


def shown(session, **query):
    return list(session.store.select(Query(**query)))


async def test_the_first_start_reads_everything(live, world):
    store = live.store
    assert len(store.projects()) == len(world.projects)
    assert sum(len(store.tests(project.id)) for project in store.projects()) == len(world.tests)
    assert len(shown(live)) >= 600
    assert live.connection.state is State.LIVE


async def test_newest_runs_come_first(live):
    runs = live.store.runs(shown(live)[:50])
    created = [runs[id_].created_at for id_ in shown(live)[:50]]
    assert created == sorted(created, reverse=True)


async def test_what_runs_now_moves_by_itself_and_its_end_is_told(live, clock, until):
    ended = []
    live.monitor.run_ended.connect(ended.append)
    running = shown(live, place="running")
    assert running
    clock.forward(3 * 3600)
    live.monitor.poke()
    await until(lambda: {run.id for run in ended} >= set(running), 20)
    assert all(live.store.run(id_).is_finished for id_ in running)


async def test_the_run_that_is_looked_at_has_its_details(live, until):
    run_id = shown(live)[300]
    live.monitor.focus_run(run_id)
    await until(lambda: live.store.detail(run_id))
    assert live.store.detail(run_id).value.run.id == run_id


async def test_what_projects_may_use_and_when_tests_start_is_read_with_them(live, until):
    await until(lambda: all(live.store.limits(project.id) for project in live.store.projects()))
    await until(live.store.schedules)


async def test_what_of_the_names_came_before_an_error_stays(go_live, until, monkeypatch):
    async def fail():
        raise errors.Unreachable("The server does not answer.")
        yield

    session = go_live()
    monkeypatch.setattr(session._cloud, "load_tests", fail)
    await until(session.store.projects, 20)
    assert not session.store.tests(session.store.projects()[0].id)


async def test_limits_that_the_token_may_not_see_keep_nothing_from_being_read(go_live, until, monkeypatch):
    async def refuse():
        raise errors.Forbidden("Not yours.", status=403)
        yield

    session = go_live()
    monkeypatch.setattr(session._cloud, "all_limits", refuse)
    await until(lambda: session.monitor.caught_up and session.store.schedules(), 20)
    assert session.store.limits(session.store.projects()[0].id) is None


async def test_a_run_that_is_gone_on_the_server_goes_here_too(live, until, world, monkeypatch):
    run_id = shown(live)[300]
    monkeypatch.setattr(type(world), "run", lambda _self, _id: None)
    removed = []
    live.store.changed.connect(lambda delta: removed.extend(delta.removed))
    live.monitor.focus_run(run_id)
    await until(lambda: removed)
    assert live.store.run(run_id) is None
    assert run_id not in shown(live)


async def test_one_list_request_covers_all_live_runs(live, until, faults, monkeypatch):
    asked = []
    cloud = live._cloud
    original = cloud.runs
    monkeypatch.setattr(cloud, "runs", lambda **query: asked.append(query) or original(**query))
    monkeypatch.setattr(cloud, "run", lambda id_: pytest.fail(f"asked for run {id_} alone"))
    unfinished = live.store.unfinished()
    assert len(unfinished) > 1
    await live.monitor._read_live()
    assert len(asked) == 1
    assert asked[0]["created_after"] <= min(run.created_at for run in unfinished)


async def test_after_a_restart_only_what_is_new_is_read(live, tasks, tmp_path, until, monkeypatch):
    before = live.store.mark("history_from")
    assert before == "all"
    newest = datetime.fromisoformat(live.store.mark("newest"))
    assert (datetime.now(UTC) - newest).total_seconds() < 24 * 3600


async def test_a_failing_server_leaves_what_was_seen_and_is_asked_again(live, faults, until):
    rows = shown(live)
    faults.error_rate = 1.0
    live.monitor.poke()
    await until(lambda: live.connection.state in {State.STALE, State.OFFLINE}, 20)
    assert shown(live) == rows
    faults.error_rate = 0.0
    live.monitor.poke()
    await until(lambda: live.connection.state is State.LIVE, 20)


async def test_a_refused_token_is_asked_no_more(session, account, tasks, until, world):
    from k6desk.api.secret import Secret
    from k6desk.api.v6 import CloudV6

    session.go_live(CloudV6(account.origin, Secret("another-token-entirely"), account.stack_id), tasks)
    await until(lambda: session.connection.state is State.SIGNED_OUT, 10)
    assert "token" in session.connection.reason.lower()


async def test_sleep_is_noticed_and_followed_by_a_question(live, until, monkeypatch):
    from k6desk.core import monitor

    resets, pokes = [], []

    async def reset():
        resets.append(True)

    monkeypatch.setattr(live._cloud, "reset", reset)
    monkeypatch.setattr(live.monitor, "poke", lambda: pokes.append(True))
    monkeypatch.setattr(monitor, "HEARTBEAT_S", 0.01)
    wall = iter([1000.0, 1600.0])
    monkeypatch.setattr(monitor.time, "time", lambda: next(wall, 1600.0))
    await live.monitor._notice_sleep()
    await until(lambda: pokes)
    assert resets


async def test_a_restart_reads_the_past_no_more(live, until, monkeypatch):
    asked = []
    original = live._cloud.runs
    monkeypatch.setattr(live._cloud, "runs", lambda **query: asked.append(query) or original(**query))
    await live.monitor._past.read()
    assert asked == []
    assert live.monitor.caught_up


async def test_a_failure_in_the_past_costs_one_page_and_not_the_window(go_live, until, monkeypatch):
    session = go_live()
    await until(lambda: session.monitor.caught_up, 20)
    await session.store.set_mark("history_from", datetime.now(UTC).isoformat())
    original, asked = session._cloud.runs, []

    async def fails_once(**query):
        asked.append(query["created_after"])
        async for page in original(**query, page_size=50):
            yield page
            if len(asked) == 1:
                raise errors.Unreachable("The connection was lost.")

    monkeypatch.setattr(session._cloud, "runs", fails_once)
    await session.monitor._past.read()
    first = asked[0]
    session.connection.forget_failures()
    await session.monitor._past.read()
    assert asked[1] > first, "it goes on behind the page that it had"
    assert session.store.mark("history_from") == "all"


async def test_how_fresh_it_was_is_known_at_the_next_start(live, account, tmp_path):
    again = Session(account, tmp_path, Notices())
    assert datetime.now(UTC) - again.connection.fresh_at < timedelta(minutes=1)
    again.store.close()
