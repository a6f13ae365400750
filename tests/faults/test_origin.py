"""Whatever a server says, no request leaves its origin."""

from __future__ import annotations

import itertools

import pytest

from k6desk.api.errors import CloudError
from k6desk.core.accounts import Accounts
from k6desk.core.connection import State
from k6desk.data.query import Query
from tests.api.faultserver import Reply
from tests.faults.conftest import CANARY, run_json, said

LISTS = ("projects", "load_tests", "test_runs", "load_tests/5/test_runs")


@pytest.fixture
async def evil(serve):
    server = await serve(Reply({"value": []}))
    yield server
    assert server.connections == 0


@pytest.mark.parametrize("with_count", [True, False])
async def test_a_next_link_to_another_host_for_ever_ends_every_list(
    go_live, stack, server, evil, until, with_count, monkeypatch
):
    monkeypatch.setattr("k6desk.api.paging.MOST_LINKED", 5)
    number = itertools.count()
    rows = {"projects": stack.projects, "load_tests": stack.tests}

    def endless(request):
        name = request.path.removeprefix("/cloud/v6/")
        link = f"{evil.origin}{request.path}?page={next(number)}"
        value = rows.get(name, stack.runs)
        return Reply({"value": value, "@nextLink": link} | ({"@count": len(value)} if with_count else {}))

    stack.answers = {f"/cloud/v6/{name}": endless for name in LISTS}
    session = await go_live()
    session.monitor.focus_test(5)
    await until(lambda: session.monitor.caught_up and session.store.test(5), 15)
    assert session.connection.state is State.LIVE
    assert list(session.store.select(Query())) == [7]
    assert session.store.test(5).name == "Checkout"
    assert {request.path for request in server.requests} >= {f"/cloud/v6/{name}" for name in LISTS}
    assert all(f"Bearer {CANARY}" == request.headers["authorization"] for request in server.requests)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_said_in_one_sentence(go_live, stack, evil, until, status):
    stack.every = Reply(status=status, headers={"Location": f"{evil.origin}/cloud/v6/test_runs"})
    session = await go_live()
    await until(lambda: session.connection.state is State.STALE)
    assert "redirect" in session.connection.reason
    assert session.connection.reason.count(". ") == 0


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, {"error": {"message": "stack not found", "code": "404"}}, "no such thing"),
        (403, "<html>Forbidden</html>", "another stack"),
        (401, "<html>Unauthorized</html>", "does not accept the token"),
        (200, "<html>Welcome to the hotel</html>", "A web page came"),
        (200, {"stack_id": "many"}, "not what its API promises"),
    ],
)
async def test_a_wrong_stack_is_one_sentence_at_sign_in(server, stack, tmp_path, status, body, words):
    from k6desk.api.secret import Secret
    from k6desk.api.v6 import CloudV6
    from k6desk.core.system_keyring import SystemKeyring

    kind = "text/html" if isinstance(body, str) else "application/json"
    stack.every = Reply(body, status=status, content_type=kind)
    accounts = Accounts(tmp_path / "accounts.toml", SystemKeyring(), CloudV6)
    with pytest.raises(CloudError) as refusal:
        await accounts.sign_in(server.origin, "https://nobody.grafana.net", Secret(CANARY))
    assert words in str(refusal.value)
    assert CANARY not in repr(refusal.value)
    assert "<" not in str(refusal.value)


async def test_a_test_that_a_list_skipped_stays_and_one_that_is_gone_goes(live, stack, until):
    stack.runs = [run_json(7), run_json(8, test_id=6)]
    stack.tests = [stack.tests[0], {"id": 6, "project_id": 1, "name": "Search"}]
    live.monitor.poke()
    await until(lambda: live.store.test(6) and live.store.run(8))
    stack.tests = []  # the list lost both, but only the second is gone
    removed = []
    live.store.changed.connect(lambda delta: removed.extend(delta.removed))
    live.monitor.poke()
    await until(lambda: removed)
    assert (removed, live.store.test(6)) == ([8], None)
    assert live.store.test(5)
    assert live.store.run(7)
    assert said(live) == []
