from datetime import UTC, datetime

import httpx
import pytest

from k6desk.api import errors
from k6desk.api.models import Run
from k6desk.data.library import Target
from k6desk.data.query import Query
from k6desk.demo.errors import Refusal


@pytest.fixture
async def live(go_live, until):
    session = go_live()
    await until(lambda: session.monitor.caught_up, 20)
    return session


@pytest.fixture
async def colleague(server, world, token):
    """Somebody else with the same rights, on the web."""
    headers = {"Authorization": f"Bearer {token}", "X-Stack-Id": str(world.stack_id)}
    async with httpx.AsyncClient(base_url=f"{server}/cloud/v6", headers=headers, trust_env=False) as client:
        yield client


def some(session, place):
    return session.store.run(session.store.select(Query(place=place))[0])


def said(session):
    return [notice.text for notice in session.notices.current()]


async def test_an_abort_is_laid_over_the_record_until_the_server_shows_it(live, until, clock):
    run = next(run for run in live.store.unfinished() if run.status == "running")
    await live.commands.runs.abort(run.id)
    assert live.store.intent(run.id) == "Aborting…"
    clock.forward(60)
    live.monitor.focus_run(run.id)
    live.monitor.poke()
    await until(lambda: live.store.intent(run.id) is None, 20)
    assert live.store.run(run.id).status == "aborted"
    assert any("accepted" in text for text in said(live))


async def test_an_abort_of_a_run_that_had_ended_says_how_it_ended(live, clock):
    run = next(run for run in live.store.unfinished() if run.status == "running")
    clock.forward(6 * 3600)
    await live.commands.runs.abort(run.id)
    assert any("had already ended" in text for text in said(live))
    assert live.store.intent(run.id) is None
    assert live.store.run(run.id).is_finished


async def test_an_abort_whose_answer_is_lost_is_called_unknown_until_the_server_tells(live, monkeypatch, until, clock):
    run = next(run for run in live.store.unfinished() if run.status == "running")
    abort = live._cloud.abort

    async def lost(run_id):
        await abort(run_id)
        raise errors.Unreachable("The connection was lost.")

    monkeypatch.setattr(live._cloud, "abort", lost)
    await live.commands.runs.abort(run.id)
    assert any("k6desk asks the server whether the request arrived" in text for text in said(live))
    assert live.store.intent(run.id) == "Aborting?"
    assert live.store.run(run.id).status == "running"
    clock.forward(600)
    await until(lambda: said(live)[-1].endswith("The server says: aborted."), 20)
    assert live.store.pending() == []
    assert live.store.intent(run.id) is None


@pytest.mark.parametrize("status", [400, 403])
async def test_a_refused_abort_quotes_the_server(live, world, monkeypatch, status):
    run = next(run for run in live.store.unfinished() if run.status == "running")

    def refuse(*_arguments):
        raise Refusal(status, "Only admins\nmay abort.")

    monkeypatch.setattr(type(world), "abort", refuse)
    await live.commands.runs.abort(run.id)
    assert "was not aborted" in said(live)[-1]
    assert said(live)[-1].endswith("The server says: “Only admins may abort.”")
    assert live.store.intent(run.id) is None


async def test_a_note_is_saved_and_its_draft_forgotten(live):
    run = some(live, "recent")
    assert await live.commands.outbox.save(run.id, run.note, "Cache was cold.") is None
    assert live.store.run(run.id).note == "Cache was cold."
    assert live.store.draft(run.id) is None


async def test_a_colleagues_note_is_shown_and_not_overwritten(live, colleague):
    run = some(live, "recent")
    await colleague.patch(f"/test_runs/{run.id}", json={"note": "Theirs."})
    assert await live.commands.outbox.save(run.id, run.note, "Mine.") == "Theirs."
    assert (await colleague.get(f"/test_runs/{run.id}")).json()["note"] == "Theirs."
    assert live.store.draft(run.id).text == "Mine."
    assert await live.commands.outbox.save(run.id, "Theirs.", "Theirs. Mine.") is None
    assert (await colleague.get(f"/test_runs/{run.id}")).json()["note"] == "Theirs. Mine."


async def test_a_note_that_cannot_be_sent_is_queued(live, faults):
    run = some(live, "recent")
    faults.error_rate = 1.0
    assert await live.commands.outbox.save(run.id, run.note, "Mine.") is None
    assert live.store.queued_note(run.id).text == "Mine."


async def test_a_script_is_loaded_once_and_readable_offline(live, faults):
    run = some(live, "recent")
    script = await live.commands.load_script("run", run.id)
    assert live.store.script("run", run.id).value.is_archive == script.is_archive
    faults.error_rate = 1.0
    assert live.store.script("run", run.id)


@pytest.mark.parametrize(("place", "reason"), [("running", None), ("failed", "already ended")])
async def test_only_what_runs_can_be_aborted(live, place, reason):
    refusal = live.commands.refusal("abort", some(live, place))
    assert (refusal is None) if reason is None else (reason in refusal)


async def test_without_a_server_actions_say_why_not(session):
    running = Run(1, 2, 3, "running", datetime.now(UTC))
    assert session.commands.refusal("abort", None) == "Choose a run first."
    assert session.commands.refusal("abort", running) == "Not possible offline."
    assert session.commands.refusal("script", running) == "Not possible offline."


async def test_a_crash_during_an_abort_is_cleared_up_at_the_next_start(session, go_live, world, until):
    ended = world.run_id(world.runs(None, None)[0])
    session.store._library.begin("abort", Target("run", ended, "Checkout"))
    session.commands._settling._began_at = datetime.now(UTC)
    go_live()
    await until(lambda: any("k6desk ended before it knew" in text for text in said(session)), 40)
    assert session.store.pending() == []
