"""An account that is left while everything works for it: all of that ends, and reaches no other account."""

from __future__ import annotations

import asyncio
import time

import pytest

from k6desk.api.models import Script
from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from k6desk.core import keeper
from k6desk.core.accounts import Account
from k6desk.core.notices import Notices
from k6desk.core.scripts import script_sync
from k6desk.core.session import Session
from tests.api.faultserver import Reply
from tests.faults.conftest import CANARY, run_json

RUN = "/cloud/v6/test_runs/"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(keeper, "PAUSE_S", 0.0)
    for name in ("PAUSE_S", "PAUSE_WHILE_LIVE_S"):
        monkeypatch.setattr(script_sync, name, 0.0)


@pytest.fixture
def stack(stack):
    stack.runs = [run_json(number, note="base", result="failed") for number in range(7, 60)]
    return stack


async def at_work(session: Session, tasks, until) -> None:
    session.finder.start(tasks)
    session.keeper.follow(starred=True, failed=True)
    session.script_sync.follow(wanted=True, limit_mb=100)
    await until(lambda: session.keeper._done > 2, 20)
    for number in range(200):
        tasks.spawn(
            session.store.keep_script("test", number, Script(b"// %d" % number * 300, is_archive=False)), name="script"
        )
    tasks.spawn(session.keeper.keep(40), name="keep")
    tasks.spawn(session.outbox.save(41, "base", "mine"), name="save")


async def test_an_account_that_is_left_ends_all_its_work_and_writes_into_no_other(
    live, server, stack, tasks, until, tmp_path
):
    silent = {f"{RUN}{number}/{part}" for number in range(7, 60) for part in ("script", "distribution")}
    await at_work(live, tasks, until)
    stack.answers |= dict.fromkeys(silent, Reply(silent=True))
    await asyncio.sleep(0)
    began = time.monotonic()
    other = Session(Account.of(server.origin, "https://other.grafana.net", 43), tmp_path / "other", Notices())
    await live.aclose()
    assert time.monotonic() - began < 3
    await other.store.load_index()
    assert [task.get_name() for task in tasks._running if tasks._owned.get(task) in {live.keeper, live.outbox}] == []
    assert [task.get_name() for task in tasks._running if tasks._owned.get(task) is live.script_sync] == []
    asked = len(server.requests)
    assert other.store.kept_ids() == frozenset()
    assert other.store.script_digests() == set()
    assert other.store.queued_notes() == []
    assert len(server.requests) == asked
    other.go_live(CloudV6(other.account.origin, Secret(CANARY), 43), tasks)
    await until(lambda: len(server.requests) > asked)
    assert {request.headers.get("x-stack-id") for request in server.requests[asked:]} == {"43"}
    await other.aclose()


@pytest.mark.parametrize("moment", [0, 1, 2, 3, 5, 8, 13])
async def test_the_end_comes_at_any_moment_of_the_work(live, tasks, until, folder, moment):
    await at_work(live, tasks, until)
    for _ in range(moment):
        await asyncio.sleep(0)
    began = time.monotonic()
    kept = live.store.kept_ids()
    await live.aclose()
    await tasks.aclose()
    assert time.monotonic() - began < 3
    assert tasks._running == set()
    again = Session(live.account, folder, Notices())
    await again.store.load_index()
    assert again.store.kept_ids() >= kept
    await again.aclose()
