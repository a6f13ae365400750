"""Whole runs are kept: chosen ones at once, those of the rule by themselves, whatever the server does meanwhile."""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from k6desk.api import errors
from k6desk.api.metrics import Query, quantile
from k6desk.core import keeper, whole_run
from k6desk.core.compare.run_comparison import CURVE_ASKS, FIGURE_ASKS, REQUEST_ASKS
from k6desk.core.metrics.asked import Asked, single
from k6desk.core.metrics.settled import SETTLING
from k6desk.core.scripts.script_source import script_of
from k6desk.data.query import Query as Runs
from k6desk.data.run_log import RunLog
from k6desk.data.run_numbers import METRICS


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(keeper, "PAUSE_S", 0.0)


@pytest.fixture
async def live(session, go_live, until):
    await session.store.load_index()
    go_live()
    await until(lambda: session.monitor.caught_up, 20)
    return session


def ended(session, **query):
    """The runs of a list that have ended, the newest first."""
    store = session.store
    runs = [store.run(run_id) for run_id in store.select(Runs(**query))]
    return [run for run in runs if run.is_finished]


def is_whole(session, run_id):
    store = session.store
    return bool(
        store.kept_document(run_id, "run")
        and store.kept_document(run_id, "distribution")
        and run_id in store.asked_scripts("run")
    )


def gone(world, run_id):
    world.delete_run(world.run(run_id))


async def test_a_chosen_run_is_kept_with_all_of_its_parts_and_names(live):
    run = ended(live)[0]
    assert await live.keeper.keep(run.id)
    kept = live.store.kept(run.id)
    assert kept.why == "chosen"
    assert kept.test_name == live.store.test(run.test_id).name
    assert kept.project_name == live.store.project(run.project_id).name
    assert is_whole(live, run.id)


def kept_log(session, run_id):
    """The log of a kept run; None while it has none."""
    stored = session.store.kept_document(run_id, "log")
    return RunLog.unpacked(stored.value) if stored else None


async def test_the_log_of_a_kept_run_is_kept(live, until):
    run = next(run for run in ended(live) if run.ended_at > datetime.now(UTC) - timedelta(days=5))
    assert await live.keeper.keep(run.id)
    await until(lambda: kept_log(live, run.id), 20)
    assert kept_log(live, run.id).is_complete
    assert kept_log(live, run.id).rows()


async def test_a_log_that_cannot_be_read_now_is_got_later_and_one_that_is_refused_never(live, monkeypatch, until):
    first, second, *_ = ended(live)
    read, asked = live._cloud.log, []
    answers = {first.id: errors.Unreachable("Away."), second.id: errors.Forbidden("No.", status=403)}

    async def log(run_id, start_ns):
        asked.append(run_id)
        if error := answers.pop(run_id, None):
            raise error
        async with aclosing(read(run_id, start_ns)) as batches:
            async for batch in batches:
                yield batch

    monkeypatch.setattr(live._cloud, "log", log)
    for run in (first, second):
        assert await live.keeper.keep(run.id)
    await until(lambda: kept_log(live, first.id) and kept_log(live, second.id), 20)
    assert live.connection.wait_s == 0
    assert (asked.count(first.id), asked.count(second.id)) == (2, 1)
    assert not kept_log(live, second.id).rows()


async def test_what_was_seen_before_a_run_ended_is_not_all_of_it(live, until):
    run = next(run for run in ended(live) if run.ended_at < datetime.now(UTC) - SETTLING)
    await live.keeper.keep(run.id)
    await until(lambda: whole_run.is_whole(run, live.store), 20)
    assert not whole_run.is_whole(replace(run, ended_at=datetime.now(UTC) + timedelta(hours=1)), live.store)


async def test_without_a_server_what_is_known_is_kept_and_completed_later(live, faults, until):
    run = ended(live)[0]
    faults.error_rate = 1.0
    assert not await live.keeper.keep(run.id)
    assert live.store.kept(run.id)
    assert not is_whole(live, run.id)
    faults.error_rate = 0.0
    live.monitor.poke()
    await until(lambda: is_whole(live, run.id), 20)


async def test_a_run_that_was_not_completed_is_found_and_completed(live, until):
    run = ended(live)[0]
    await live.store.keep_run(run.id, "chosen")
    live.keeper._look_again()
    await until(lambda: is_whole(live, run.id), 10)


async def test_a_script_that_is_not_given_is_noted_and_not_asked_for_again(live, monkeypatch):
    run = ended(live)[0]

    async def refused(run_id):
        raise errors.Forbidden("Not for this token.", status=403)

    monkeypatch.setattr(live._cloud, "run_script", refused)
    assert await live.keeper.keep(run.id)
    assert live.store.script("run", run.id) is None
    assert is_whole(live, run.id)


async def test_a_run_that_went_on_is_got_once_more_when_it_has_ended(live, until, clock, monkeypatch):
    run = next(run for run in live.store.unfinished() if run.status == "running")
    get, asked = live._cloud.distribution, []

    async def counted(run_id):
        asked.append(live.store.run(run_id).is_finished)
        return await get(run_id)

    monkeypatch.setattr(live._cloud, "distribution", counted)
    assert await live.keeper.keep(run.id)
    clock.forward(6 * 3600)
    live.monitor.poke()
    await until(lambda: asked == [False, True], 20)
    await until(lambda: live.keeper._next() is None)
    kept = live.store.kept(run.id)
    assert kept.run.is_finished
    assert live.store.kept_document(run.id, "run").value == live.store.document(run.id).value


async def test_a_run_that_the_server_has_forgotten_can_still_be_read(live, world, until):
    run = ended(live)[0]
    assert await live.keeper.keep(run.id)
    gone(world, run.id)
    with pytest.raises(errors.NotFound):
        await live.commands.runs.fetch(run.id)
    assert live.store.kept(run.id).gone_at
    assert live.store.run(run.id)
    assert live.store.detail(run.id).value.run.id == run.id
    assert await script_of(live.store, live.commands, "run", run.id, with_secrets=True)
    day = f"{live.store.kept(run.id).gone_at.astimezone():%Y-%m-%d}"
    sentence = f"Grafana has deleted this run on {day}; what k6desk kept is shown."
    for operation in ("star", "save", "delete_run", "note"):
        assert live.commands.refusal(operation, run) == sentence
    assert live.commands.refusal("script", run) is None
    with pytest.raises(errors.CloudError, match="what k6desk kept is shown"):
        await live.commands.load_distribution(run.id)


async def test_the_rule_keeps_every_failed_run_whatever_its_age(live, until):
    failed = [run.id for run in ended(live) if run.outcome in {"failed", "error", "aborted"}]
    old = [run_id for run_id in failed if live.store.run(run_id).created_at < datetime.now(UTC) - timedelta(days=8)]
    assert old
    live.keeper.follow(starred=False, failed=True)
    await until(lambda: live.store.kept_ids() >= set(failed[:3]), 20)
    assert live.store.kept(failed[0]).why == "rule"
    assert set(old) <= live.keeper._wanted.keys() | live.store.kept_ids()
    live.keeper.follow(starred=False, failed=False)
    await until(lambda: live.keeper._next() is None)
    assert all(live.store.run(run_id).outcome in {"failed", "error", "aborted"} for run_id in live.store.kept_ids())


async def test_what_expires_soon_comes_first_and_then_the_newest(live, monkeypatch):
    now = datetime.now(UTC)
    rows = [replace(run, retention_expires_at=None) for run in ended(live)[:3]]
    newest, middle, oldest = rows
    oldest = replace(oldest, retention_expires_at=now + timedelta(days=2))
    live.keeper.follow(starred=True, failed=False)
    live.keeper.stop()
    for run in (middle, newest, oldest):
        live.keeper._consider(replace(run, is_starred=True))
    live.keeper._wanted = {run.id: live.keeper._wanted[run.id] for run in (middle, newest, oldest)}
    order = []
    while (run_id := live.keeper._next()) is not None:
        order.append(run_id)
        del live.keeper._wanted[run_id]
    assert order == [oldest.id, newest.id, middle.id]


async def test_a_run_is_kept_as_soon_as_it_is_starred(live, until):
    run = next(run for run in ended(live) if not run.is_starred)
    live.keeper.follow(starred=True, failed=False)
    await until(lambda: live.keeper._has_looked)
    await live.commands.runs.star(run.id, starred=True)
    await until(lambda: live.store.kept(run.id), 20)
    await until(lambda: is_whole(live, run.id), 20)


async def test_what_the_user_does_not_want_kept_the_rule_leaves_alone(live, until):
    live.keeper.follow(starred=False, failed=True)
    await until(lambda: live.store.kept_ids(), 20)
    unwanted = next(iter(live.store.kept_ids()))
    await live.keeper.stop_keeping(unwanted)
    live.keeper._look_again()
    before = len(live.store.kept_ids())
    await until(lambda: len(live.store.kept_ids()) > before, 20)
    assert live.store.kept(unwanted) is None
    again = type(live.keeper._rule)(live.store)
    again.choose(starred=False, failed=True)
    assert not again.wants(live.store.run(unwanted)), "it is remembered"
    await live.keeper.keep(unwanted)
    assert live.store.kept(unwanted).why == "chosen"


async def test_a_run_over_which_the_server_fails_does_not_hold_up_the_others(live, monkeypatch, until):
    rows = ended(live, place="failed")
    first = rows[0].id
    get = live._cloud.run

    async def faulty(run_id):
        if run_id == first:
            live.connection.forget_failures()
            raise errors.BadAnswer("That is no run.")
        return await get(run_id)

    monkeypatch.setattr(live._cloud, "run", faulty)
    live.connection.changed.connect(live.connection.forget_failures)
    live.keeper.follow(starred=False, failed=True)
    await until(lambda: len(live.store.kept_ids()) >= 2, 30)
    assert live.store.kept(first) is None


async def test_a_session_that_is_closed_asks_for_no_more(live, until):
    live.keeper.follow(starred=False, failed=True)
    await until(lambda: live.store.kept_ids(), 20)
    await live.aclose()


async def test_what_a_run_measured_is_kept_and_stays_when_grafana_deletes_it(live, world, until):
    run = next(run for run in ended(live) if run.result == "failed" and live.store.name_of(run) == "Checkout ramp")
    await live.keeper.keep(run.id)
    await until(lambda: whole_run.is_whole(run, live.store), 20)
    gone(world, run.id)
    await live.store.remove_run(run.id)
    p95 = live.numbers.told(run.id, Asked(Query("http_req_duration", quantile(0.95))))
    assert single(p95.answer) == pytest.approx(310, abs=1)
    assert live.store.failed_checks(run.id) == 83
    assert [verdict.tainted for verdict in live.served_thresholds.of(run.id)] == [True, False, False]
    for asked in (*FIGURE_ASKS, *CURVE_ASKS, *REQUEST_ASKS):
        assert live.numbers.told(run.id, asked), "kept runs can be compared without a server"


async def test_what_comes_after_the_end_of_a_run_is_waited_for(live, clock, world, monkeypatch, until):
    monkeypatch.setattr(keeper, "SETTLING", timedelta(milliseconds=50))
    run = next(run for run in map(live.store.run, live.store.select(Runs())) if run.status == "running")
    await live.keeper.keep(run.id)
    clock.forward(7200)
    live.monitor.poke()
    await until(lambda: live.store.run(run.id).is_finished, 20)
    await until(lambda: live.store.numbers(run.id, METRICS) is not None, 20)
