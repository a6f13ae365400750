"""An account without a stack when the old APIs are taken away: what was seen stays, and one sentence says why."""

from __future__ import annotations

import asyncio
import re
import time

import pytest

from k6desk.api import errors
from k6desk.api.legacy import merge
from k6desk.api.secret import Secret
from k6desk.core.accounts import Account
from k6desk.core.connection import State
from k6desk.core.deeds import Removed, Unknown
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.data.query import Query
from k6desk.program.app import connect
from tests.api.faultserver import Reply, Request
from tests.faults.conftest import CANARY, said

HIDDEN = "agent-token-that-nobody-should-see"
SCRIPT = "export default function () {}"


def run_v5(id_: int, status: object = 3) -> dict:
    created = f"2026-03-01T00:{id_ // 60 % 60:02}:{id_ % 60:02}Z"
    secret = {"config": {"agent_access_token": HIDDEN}, "script": SCRIPT, "k6_archive": HIDDEN}
    return {"id": id_, "test_id": 5, "project_id": 1, "created": created, "run_status": status} | secret


class OldStack:
    """API v5 and v2; `gone` maps the beginning of a path to what is answered there instead."""

    def __init__(self) -> None:
        self.gone: dict[str, Reply] = {}
        self.runs = [run_v5(7), run_v5(9, status=2)]
        self.tests = [5]
        self.starts = 0

    def __call__(self, request: Request) -> Reply:
        path = request.path
        for start, reply in self.gone.items():
            if path.startswith(start):
                return reply
        if path == "/cloud/v5/projects":
            return Reply({"value": [{"id": 1, "name": "Shop"}]})
        if path == "/cloud/v5/projects/1/load_tests":
            return Reply({"value": [{"id": id_, "project_id": 1, "name": f"Test {id_}"} for id_ in self.tests]})
        if path == "/cloud/v5/load_tests/5":
            return Reply({"id": 5, "project_id": 1, "name": "Test 5"})
        if re.fullmatch(r"/cloud/v5/load_tests/\d+/test_runs", path):
            rows = self.runs if "/5/" in path else []
            return Reply({"value": rows[::-1] if "desc" in request.target else rows})
        if path == "/loadtests/v2/runs":
            return Reply({"k6-runs": self.runs})
        if match := re.fullmatch(r"/(?:cloud/v5/test_runs|loadtests/v2/runs)/(\d+)", path):
            for run in self.runs:
                if run["id"] == int(match[1]):
                    return Reply({"k6-run": run} if "v2" in path else run)
        if path.endswith("/start-testrun"):
            self.starts += 1
            self.runs.append(run_v5(20 + self.starts, status=0))
            return Reply({"k6-run": self.runs[-1]})
        return Reply({"error": {"message": "Not found."}}, status=404)


@pytest.fixture
def stack():
    return OldStack()


@pytest.fixture
async def session(server, folder, tasks):
    session = Session(Account.of(server.origin, "", 0, 1), folder, Notices())
    yield session
    await session.aclose()
    await tasks.aclose()


@pytest.fixture
async def live(session, tasks, until):
    await session.store.load_index()
    session.go_live(connect(session.account.origin, Secret(CANARY), 0), tasks)
    await until(lambda: session.monitor.caught_up and session.store.projects())
    return session


def answer(status: int) -> Reply:
    return Reply("<html>nginx</html>", status=status, content_type="text/html")


def shown(session) -> list[int]:
    return sorted(session.store.select(Query()))


@pytest.mark.parametrize("status", [404, 405, 410])
@pytest.mark.parametrize("gone", [["/cloud/v5"], ["/cloud/v5", "/loadtests/v2"]], ids=["v5", "both"])
async def test_when_an_api_is_taken_away_what_was_seen_stays(live, stack, until, status, gone):
    stack.gone = {start: answer(status) for start in gone}
    before = shown(live), live.store.test(5), live.store.projects()
    live.monitor.focus_run(7)
    live.monitor.poke()
    await until(lambda: live.connection.state is State.STALE)
    for ask in (
        live.commands.tests.fetch(5),
        live.commands.projects.fetch(1),
        *([live.commands.runs.fetch(7), live.commands.runs.fetch(9)] if len(gone) == 2 else []),
    ):
        with pytest.raises(errors.Refused) as error:
            await ask
        assert not isinstance(error.value, errors.NotFound)
        assert "any more" in str(error.value) or "no longer" in str(error.value)
        assert "<" not in str(error.value)
    assert (shown(live), live.store.test(5), live.store.projects()) == before
    assert "no such thing" not in live.connection.reason


async def test_a_run_that_is_gone_goes_though_the_api_is_there(live, stack, until):
    stack.runs = stack.runs[:1]
    with pytest.raises(errors.NotFound):
        await live.commands.runs.fetch(9)
    assert shown(live) == [7]


@pytest.mark.parametrize("status", [404, 405, 410])
async def test_without_v2_starting_and_stopping_are_hidden_and_reading_goes_on(live, stack, status):
    stack.gone = {"/loadtests/v2": answer(status)}
    with pytest.raises(Removed, match="Grafana has removed the old API that starts runs"):
        await live.commands.tests.start(5, "key")
    await live.commands.runs.abort(9)
    assert live.commands.is_removed("start")
    assert live.commands.is_removed("abort")
    assert live.store.pending() == []
    assert live.store.intent(5, "test") is live.store.intent(9) is None
    assert shown(live) == [7, 9]
    assert (await live.commands.runs.fetch(7)).id == 7


async def test_a_lost_start_is_never_repeated_for_the_old_api_has_no_keys(live, stack, server, until):
    def lose(request):
        reply = stack(request)
        return Reply(reset=True) if request.path.endswith("/start-testrun") else reply

    server.script = lose
    with pytest.raises(Unknown):
        await live.commands.tests.start(5, "one decision")
    with pytest.raises(errors.CloudError):
        await live.commands.tests.start(5, "one decision")
    await until(lambda: live.store.pending() == [])
    await until(lambda: any("run 21 was started" in text for text in said(live)))
    assert stack.starts == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_a_token_that_is_wrong_or_of_another_organisation_is_said_once(live, stack, server, until, status):
    stack.gone = {"/": answer(status)}
    before, kept = len(server.requests), shown(live)
    live.monitor.poke()
    await until(lambda: live.connection.state in {State.SIGNED_OUT, State.STALE})
    assert live.connection.reason
    assert len(server.requests) - before < 8
    assert shown(live) == kept


@pytest.mark.parametrize("status", [-7, 11, 99, 2**53])
async def test_a_status_that_nobody_knows_is_shown_and_no_error(live, stack, until, status):
    stack.runs = [*stack.runs, run_v5(30, status=status)]
    live.monitor.poke()
    await until(lambda: 30 in shown(live))
    assert live.store.run(30).outcome


async def test_many_tests_are_asked_for_politely(stack, serve, monkeypatch):
    monkeypatch.setattr(merge, "AT_ONCE", 20)
    monkeypatch.setattr(merge, "PER_S", 50.0)
    stack.tests = [5, *range(1000, 11_000)]
    server = await serve(stack)
    cloud = connect(server.origin, Secret(CANARY), 0)
    try:
        began = time.monotonic()
        reading = asyncio.ensure_future(anext(cloud.runs()))  # noqa: TID251 - the test owns it
        await asyncio.wait([reading], timeout=1)
        reading.cancel()
        await asyncio.wait([reading])
        asked = [request for request in server.requests if request.path.endswith("/test_runs")]
        assert 20 < len(asked) <= 20 + 50 * (time.monotonic() - began) + 2
        assert cloud.requests_per_poll == 10_001
    finally:
        await cloud.aclose()


async def test_secrets_of_the_old_apis_are_on_no_disk(live, folder, until):
    for id_ in (7, 9):
        await live.commands.runs.fetch(id_)
        whole = await live.commands.runs.whole(id_)
        assert HIDDEN.encode() not in whole.detail
        assert SCRIPT.encode() not in whole.detail
        assert whole.script.content == SCRIPT.encode()
    await until(lambda: live.store.detail(7))
    live.store._cache._database._writer.execute("PRAGMA wal_checkpoint")
    for path in folder.rglob("*"):
        assert HIDDEN.encode() not in path.read_bytes(), path
