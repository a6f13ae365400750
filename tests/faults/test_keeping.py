"""Runs that are kept while the server gives their parts badly, or not at all, and what of them is left without it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from k6desk.core import keeper
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from tests.api.faultserver import Reply
from tests.faults.acting import HTML, LOST, NO
from tests.faults.conftest import run_json
from tests.faults.test_uploads import JS, SECRET, bomb, tar

RUN = "/cloud/v6/test_runs/7"
PARTS = {"run": RUN, "distribution": f"{RUN}/distribution", "script": f"{RUN}/script"}
ZONE = "amazon:us:ashburn"
NODES = {ZONE: {"percentage": 100, "nodes": [{"size": "m5.large", "public_ip": "1.2.3.4"}]}}
BAD = {
    **{str(status): replace(reply, headers={"Retry-After": "1"}) for status, reply in NO.items() if status != 401},
    **{name: LOST[name] for name in ("reset", "502", "login page", "redirect", "cut")},
    "page": Reply(HTML, status=500, content_type="text/html"),
    "garbage": Reply(b"\xff\xfe\x00", content_type="application/json"),
    "a list": Reply([1, 2]),
}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(keeper, "PAUSE_S", 0.0)


@pytest.fixture
def stack(stack):
    stack.runs = [run_json(7), run_json(8)]
    for number in (7, 8):
        path = f"/cloud/v6/test_runs/{number}"
        stack.answers[f"{path}/distribution"] = Reply({"distribution": NODES})
        stack.answers[f"{path}/script"] = Reply(JS, content_type="text/javascript")
    return stack


async def opened_again(session, folder) -> Session:
    """Close a session, forget all that a server could say again, and read what is left."""
    account = session.account
    await session.aclose()
    for file in folder.glob("cache.db*"):
        file.unlink()
    again = Session(account, folder, Notices())
    await again.store.load_index()
    return again


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("how", BAD)
async def test_a_part_that_comes_badly_costs_no_other_run(live, stack, folder, part, how, until):
    stack.answers[PARTS[part]] = BAD[how]
    await live.keeper.keep(7)
    await live.keeper.keep(8)

    def is_there() -> bool:
        live.connection.forget_failures()  # what one would wait for otherwise
        live.connection._unwanted_until = 0.0
        live.keeper._bell.ring()
        return bool(live.store.script("run", 8))

    await until(is_there, 20)
    again = await opened_again(live, folder)
    assert again.store.kept_ids() == {7, 8}
    assert again.store.name_of(again.store.run(7)) == "Checkout"
    assert again.store.script("run", 8).value.content == JS
    assert again.store.distribution(8).value[0].load_zone == ZONE
    await again.aclose()


async def test_all_of_a_kept_run_is_there_without_server_and_cache(live, stack, folder):
    stack.runs[0] |= {"note": "Cold cache.", "options": {"vus": 3, "cloud": {"token": SECRET}}}
    assert await live.keeper.keep(7)
    again = await opened_again(live, folder)
    store = again.store
    assert store.run(7).note == "Cold cache."
    assert store.detail(7).value.options["vus"] == 3
    assert store.distribution(7).value[0].nodes[0].public_ip == "1.2.3.4"
    assert store.script("run", 7).value.content == JS
    assert SECRET.encode() not in b"".join(file.read_bytes() for file in folder.iterdir())
    await again.aclose()


async def test_what_failed_is_got_as_soon_as_the_server_gives_it(live, stack, until):
    good = stack.answers.pop(PARTS["script"])
    stack.answers[PARTS["script"]] = Reply(reset=True)
    assert not await live.keeper.keep(7)
    stack.answers[PARTS["script"]] = good
    live.monitor.poke()
    await until(lambda: live.store.script("run", 7))


async def test_a_run_that_vanishes_while_it_is_got_stays_as_far_as_it_came(live, stack):
    stack.runs = [run for run in stack.runs if run["id"] != 7]
    stack.answers |= dict.fromkeys([PARTS["distribution"], PARTS["script"]], NO[404])
    assert await live.keeper.keep(7), "there is no more of it"
    assert live.store.kept(7).gone_at
    assert live.store.run(7)


async def test_the_rule_does_not_bring_back_a_run_that_was_deleted(live, stack, until):
    stack.runs = [run | {"result": "failed"} for run in stack.runs]
    live.monitor.focus_test(5)
    await until(lambda: live.store.run(7).result == "failed")
    stack.runs = [run for run in stack.runs if run["id"] != 7]
    live.keeper.follow(starred=False, failed=True)
    await until(lambda: live.store.kept_ids() == {8})
    await until(lambda: live.store.run(7) is None)


@pytest.mark.parametrize("content", [bomb(), tar()[:700]])
async def test_a_damaged_archive_is_not_kept_and_not_asked_for_for_ever(live, stack, content, server, until):
    stack.answers[PARTS["script"]] = Reply(content, content_type="application/x-tar")
    await live.keeper.keep(7)
    assert live.store.script("run", 7) is None
    await until(lambda: live.keeper._next() is None, 20)


async def test_a_run_that_the_server_calls_by_another_id_is_not_mixed_up(live, stack):
    stack.answers[RUN] = Reply(run_json(8, note="of 8"))
    await live.keeper.keep(7)
    assert live.store.kept(7).run.id == 7
    document = live.store.kept_document(7, "run")
    assert document is None or json.loads(document.value)["id"] == 7
    assert not live.store.kept(8)


async def test_nobody_is_asked_after_a_sign_out(live, stack, server, until):
    stack.every = NO[401]
    assert not await live.keeper.keep(7)
    before = len(server.requests)
    assert not await live.keeper.keep(8)
    assert len(server.requests) == before
    assert live.store.kept_ids() == {7, 8}
