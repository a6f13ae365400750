"""Answers that come late or out of order, runs that never end, wrong clocks, and mistakes of our own."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.errors import Unreachable
from k6desk.api.models import Run
from k6desk.core import intents, past_reader, shelf
from k6desk.core import monitor as monitor_module
from k6desk.core.connection import State
from k6desk.data.library import Target
from k6desk.data.query import Query
from tests.api.faultserver import Reply
from tests.faults.conftest import run_json

CHECKOUT = Target("run", 7, "Checkout")

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def run(id_: int = 7, *, status: str = "running", **more) -> Run:
    return Run(id=id_, test_id=5, project_id=1, status=status, created_at=T0, **more)


async def test_an_answer_asked_for_earlier_does_not_undo_a_later_one(session):
    store = session.store
    await store.put_runs([run()], at(0))
    await store.put_runs([run(status="completed", result="passed")], at(2))
    await store.put_runs([run()], at(1))
    assert store.run(7).is_finished


async def test_answers_that_are_written_at_the_same_time_keep_their_order(session):
    store = session.store
    await store.put_runs([run()], at(0))
    await asyncio.gather(
        store.put_runs([run(status="completed")], at(2)),
        store.put_runs([run()], at(1)),
    )
    assert store.run(7).is_finished


async def test_the_end_of_a_run_is_told_once_whoever_sees_it(session):
    store, ended = session.store, []
    store.run_ended.connect(lambda run: ended.append(run.id))
    await store.put_runs([run()], at(0))
    end = run_json(7, status="completed")
    await asyncio.gather(
        store.put_runs([run(status="completed")], at(2)),
        store.put_detail(json.dumps(end).encode(), at(2)),
        store.put_runs([run(status="completed")], at(1)),
    )
    await store.put_runs([run(8, status="completed")], at(3))  # never seen running
    assert ended == [7]


async def test_a_note_of_ours_is_not_replaced_by_an_older_answer(live, stack, until):
    asked_at = datetime.now(UTC)
    stack.answers["/cloud/v6/test_runs/7"] = lambda request: (
        stack.runs.__setitem__(0, run_json(7, note="Mine.")) or Reply(status=204)
        if request.method == "PATCH"
        else Reply(stack.runs[0])
    )
    assert await live.commands.notes.write(7, "", "Mine.") is None
    await live.store.put_runs(
        [Run(id=7, test_id=5, project_id=1, status="completed", created_at=T0, note="")], asked_at
    )
    assert live.store.run(7).note == "Mine."


async def test_a_clock_that_was_set_back_does_not_stop_the_news(session):
    session.store._touch(7, datetime.now(UTC) + timedelta(hours=1))
    await session.store.put_runs([run()], datetime.now(UTC))
    assert session.store.run(7)


async def test_what_is_remembered_of_acted_on_runs_is_bounded(session):
    for id_ in range(3 * shelf.MOST_TOUCHED):
        session.store.acted_on(id_)
    assert len(session.store._touched) == shelf.MOST_TOUCHED


async def test_an_abort_that_came_to_nothing_can_be_repeated(session):
    store = session.store
    await store.put_runs([run()], at(0))
    entry = await store.begin("abort", CHECKOUT, "Aborting…")
    await store.finish(entry, CHECKOUT, "accepted", keep_intent=True)
    await store.put_runs([run(note="still there")], datetime.now(UTC))
    assert store.intent(7)
    await store.put_runs([run(note="still there")], datetime.now(UTC) + 2 * intents.PATIENCE)
    assert store.intent(7) is None


async def test_two_aborts_at_once_are_one_request(live, stack, server):
    stack.runs = [run_json(9, status="running")]
    await live.store.put_runs([run(9)], datetime.now(UTC))
    stack.answers["/cloud/v6/test_runs/9/abort"] = Reply(status=204)
    await asyncio.gather(live.commands.runs.abort(9), live.commands.runs.abort(9))
    assert sum(request.method == "POST" for request in server.requests) == 1


async def test_an_abort_whose_answer_is_lost_may_be_sent_again(live, stack, server, until):
    stack.runs = [run_json(9, status="running")]
    await live.store.put_runs([run(9)], datetime.now(UTC))
    stack.answers["/cloud/v6/test_runs/9/abort"] = Reply(reset=True)
    await live.commands.runs.abort(9)
    assert live.store.intent(9) == "Aborting?"
    assert len(live.store.pending()) == 1
    stack.answers["/cloud/v6/test_runs/9/abort"] = Reply(status=204)
    live.monitor.poke()
    await until(lambda: live.connection.state is State.LIVE)
    await live.commands.runs.abort(9)
    assert sum(request.method == "POST" for request in server.requests) == 2
    assert live.store.intent(9) == "Aborting…"
    assert live.store.pending() == []


async def test_runs_that_never_end_cost_a_few_requests_a_minute_and_no_long_list(live, stack, server, until):
    old = [run_json(id_, status="running", day=2) for id_ in range(100, 160)]
    new = [run_json(id_, day=20) for id_ in range(1000, 1000 + 2 * monitor_module.CROWD)]
    stack.runs = old + new
    await live.store.put_runs([_row(row) for row in old + new], datetime.now(UTC))
    await live.store.set_mark("newest", "2026-03-21T00:00:00+00:00")
    stack.answers["/cloud/v6/test_runs"] = Reply({"value": new[-3:], "@count": 3})
    before = len(server.requests)
    for _ in range(4):
        await live.monitor._read_live()
    asked = server.requests[before:]
    lists = [request.target for request in asked if request.path == "/cloud/v6/test_runs"]
    assert len(asked) <= 4 * (1 + monitor_module.LONE_RUNS) + 4
    assert all("created_after=2026-03-02" not in target for target in lists)
    alone = [request.path for request in asked if request.path.count("/") == 4]
    assert len(set(alone)) == len(alone) == 4 * monitor_module.LONE_RUNS
    assert live.monitor._interval() == monitor_module.IDLE_S


def _row(raw: dict) -> Run:
    from k6desk.api.wire.runs import runs_page

    return runs_page(json.dumps({"value": [raw]}).encode())[0].rows[0]


async def test_an_unfinished_run_that_the_server_forgot_goes(live, stack, until):
    await live.store.put_runs([run(55)], datetime.now(UTC))
    live.monitor.poke()
    await until(lambda: 55 not in live.store.select(Query()))
    assert live.store.run(55) is None


@pytest.mark.parametrize("wrong_by", [timedelta(days=-400), timedelta(days=-2), timedelta(days=2), timedelta(days=400)])
async def test_a_wrong_clock_hides_no_run(go_live, stack, until, monkeypatch, wrong_by):
    real = datetime.now(UTC)

    class WrongClock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + wrong_by

    for module in (monitor_module, past_reader):
        monkeypatch.setattr(module, "datetime", WrongClock)

    def runs(request):
        """As the server does it: created at or after, before."""
        from urllib.parse import parse_qs

        query = parse_qs(request.target.partition("?")[2])
        after, before = (
            query.get(name, [default])[0] for name, default in (("created_after", ""), ("created_before", "9"))
        )
        rows = [row for row in stack.runs if after <= row["created"] < before]
        return Reply({"value": rows, "@count": len(rows)})

    def created(ago: timedelta) -> str:
        return (real - ago).isoformat(timespec="microseconds").replace("+00:00", "Z")

    stack.answers["/cloud/v6/test_runs"] = runs
    stack.runs = [run_json(n, created=created(timedelta(days=30 - n))) for n in range(1, 29)]
    session = await go_live()
    await until(lambda: session.monitor.caught_up)
    assert len(session.store.select(Query())) == 28
    stack.runs = [*stack.runs, run_json(900, status="running", created=created(timedelta()))]
    session.monitor.poke()
    await until(lambda: session.store.run(900))


async def test_a_mistake_of_ours_is_reported_and_the_watching_goes_on(live, stack, tasks, until, monkeypatch):
    monkeypatch.setattr(monitor_module, "IDLE_S", 0.02)
    original = live.store.put_runs
    failed = []

    async def fails_once(*arguments):
        if not failed:
            failed.append(True)
            raise TypeError("a bug")
        await original(*arguments)

    monkeypatch.setattr(live.store, "put_runs", fails_once)
    live.monitor.poke()
    await until(lambda: tasks.errors)
    assert isinstance(tasks.errors.pop(), TypeError)
    stack.runs = [*stack.runs, run_json(8)]
    await until(lambda: live.store.run(8))


async def test_a_run_that_is_looked_at_and_goes_is_not_asked_for_in_a_hurry(live, stack, server, until):
    live.monitor.focus_run(7)
    stack.runs = []
    await until(lambda: live.store.run(7) is None)
    before = len(server.requests)
    over = time.monotonic() + 0.2
    await until(lambda: time.monotonic() > over)
    assert len(server.requests) <= before + 1


async def test_an_empty_stack_is_live_and_calm(go_live, stack, server, until):
    stack.runs, stack.tests, stack.projects = [], [], []
    session = await go_live()
    await until(lambda: session.monitor.caught_up)
    assert session.connection.state is State.LIVE
    before = len(server.requests)
    over = time.monotonic() + 0.2
    await until(lambda: time.monotonic() > over)
    assert len(server.requests) == before
    stack.runs = [run_json(8)]
    session.monitor.poke()
    await until(lambda: session.store.run(8))


async def test_a_journal_that_cannot_be_settled_now_is_settled_later(session, stack, server, tasks, go_live, until):
    await session.store.put_runs([run(7)], at(0))
    await session.store.begin("abort", CHECKOUT, "Aborting…")
    stack.every = Reply(reset=True)
    await go_live()
    await until(lambda: session.connection.state is State.OFFLINE)
    assert len(session.store.pending()) == 1
    assert session.notices.current() == []
    stack.every = None
    session.monitor.poke()
    await until(lambda: session.connection.state is State.LIVE)
    await until(session.notices.current, 10)
    assert "The server says: completed" in session.notices.current()[0].text
    assert session.store.pending() == []


async def test_leaving_an_account_in_the_middle_of_reading_reports_nothing(go_live, stack, server, until, tasks):
    stack.runs = [run_json(id_) for id_ in range(1, 400)]
    session = await go_live()
    await until(lambda: len(server.requests) >= 2)
    await session.aclose()
    assert isinstance(session.connection.state, State)
    before = len(server.requests)
    over = time.monotonic() + 0.1
    await until(lambda: time.monotonic() > over)
    assert len(server.requests) == before
    assert not any(isinstance(error, Unreachable) for error in tasks.errors)
