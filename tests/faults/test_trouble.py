"""A server or a network that fails in every way: what was seen stays, nothing is asked in vain, and it comes back."""

from __future__ import annotations

import time

import pytest

from k6desk.api import errors
from k6desk.core.connection import State
from k6desk.data.query import Query
from tests.api.faultserver import Reply
from tests.faults.conftest import CANARY, run_json

HTML = "<html><body><script>alert(1)</script>nginx</body></html>"


def shown(session) -> list[int]:
    return list(session.store.select(Query()))


async def several_turns(until, session) -> None:
    """Let everything that is due happen, and ask for more, as an impatient user does."""
    for _ in range(5):
        session.monitor.poke()
        session.monitor.focus_run(None)
        session.monitor.focus_run(7)
        session.monitor.focus_test(5)
        over = time.monotonic() + 0.03
        await until(lambda over=over: time.monotonic() > over)


async def test_after_a_refused_token_at_most_two_more_requests_then_silence(
    live, stack, server, until, go_live, monkeypatch
):
    live.monitor.focus_run(7)
    stack.every = Reply(HTML, status=401, content_type="text/html")
    before = len(server.requests)
    live.monitor.poke()
    await until(lambda: live.connection.state is State.SIGNED_OUT)
    await several_turns(until, live)
    with pytest.raises(errors.CloudError, match="Sign in first"):
        await live.commands.load_script("run", 7)
    assert len(server.requests) - before <= 3  # the first and two more
    assert "does not accept the token" in live.connection.reason
    assert live.connection.since is not None
    assert shown(live) == [7]
    stack.every = None
    await go_live("another-token-0123456789")
    await until(lambda: live.connection.state is State.LIVE)
    assert server.requests[-1].headers["authorization"] == "Bearer another-token-0123456789"


async def test_a_late_answer_to_the_old_token_does_not_sign_the_new_one_out(live, stack, server, until, go_live):
    def answer(request):
        return Reply(status=401, delay_s=0.1) if CANARY in request.headers["authorization"] else Reply(run_json(7))

    stack.answers["/cloud/v6/test_runs/7"] = answer
    live.monitor.focus_run(7)
    await until(lambda: any(request.path.endswith("/7") for request in server.requests))
    await go_live("another-token-0123456789")
    over = time.monotonic() + 0.25
    await until(lambda: time.monotonic() > over)
    assert live.connection.state is State.LIVE


async def test_what_may_not_be_listed_does_not_stop_the_rest(go_live, stack, until):
    for name in ("load_zones", "projects", "load_tests"):
        stack.answers[f"/cloud/v6/{name}"] = Reply(HTML, status=403, content_type="text/html")
    session = await go_live()
    await until(lambda: session.monitor.caught_up)
    assert session.connection.state is State.LIVE
    assert shown(session) == [7]


async def test_a_list_that_always_fails_is_not_asked_again_and_again(go_live, stack, server, until):
    stack.answers["/cloud/v6/load_zones"] = Reply(HTML, status=500, content_type="text/html")
    session = await go_live()
    await until(lambda: session.connection.state is State.STALE)
    for _ in range(4):
        session.connection.forget_failures()
        session.monitor._list_now.set()
        over = time.monotonic() + 0.05
        await until(lambda over=over: time.monotonic() > over)
    assert sum(request.path == "/cloud/v6/load_tests" for request in server.requests) == 1
    assert shown(session) == [7]


@pytest.mark.parametrize("wait", ["60", "5"])
async def test_nothing_is_asked_before_the_time_the_server_named(live, stack, server, until, wait):
    stack.every = Reply({"error": {"message": "Slow down.", "code": "429"}}, status=429, headers={"Retry-After": wait})
    live.monitor.poke()
    await until(lambda: live.connection.state is State.STALE)
    before = len(server.requests)
    await several_turns(until, live)
    with pytest.raises(errors.TryLater):
        await live.commands.load_script("run", 7)
    assert len(server.requests) == before
    assert live.connection.wait_s > int(wait) - 2
    assert "slow down" in live.connection.reason


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (Reply(HTML, status=502, content_type="text/html"), State.STALE, "HTTP 502"),
        (Reply(HTML, status=500, content_type="text/html"), State.STALE, "HTTP 500"),
        (Reply(HTML, content_type="text/html"), State.STALE, "A web page came"),
        (Reply(HTML, status=511, content_type="text/html"), State.STALE, "A web page came"),
        (Reply(b"", content_type=None), State.STALE, "not what its API promises"),
        (Reply(b'{"value":[{"id"', framing="close"), State.STALE, "not what its API promises"),
        (Reply(cut_at=1), State.OFFLINE, "was lost"),
        (Reply(reset=True), State.OFFLINE, "was lost"),
        (Reply(silent=True), State.OFFLINE, "did not answer within"),
        (Reply(drip_s=0.02, body=" " * 500), State.OFFLINE, "did not answer within"),
    ],
    ids=["502", "500", "portal", "511", "empty", "half", "cut", "reset", "black hole", "slow drip"],
)
async def test_each_trouble_is_one_sentence_and_over_when_it_is_over(
    live, stack, until, monkeypatch, reply, state, words
):
    monkeypatch.setattr("k6desk.api.exchange.JSON_DEADLINE_S", 0.3)
    fresh_at = live.connection.fresh_at
    stack.every = reply
    live.monitor.poke()
    await until(lambda: live.connection.state is state)
    assert words in live.connection.reason
    assert "<" not in live.connection.reason
    assert shown(live) == [7]
    assert live.connection.fresh_at >= fresh_at
    stack.every = None
    live.monitor.poke()
    await until(lambda: live.connection.state is State.LIVE)


async def test_after_each_of_thirty_outages_it_recovers_and_what_happened_is_seen(live, stack, until):
    troubles = [Reply(reset=True), Reply(HTML, status=503), Reply(HTML, content_type="text/html"), Reply(cut_at=1)]
    for number in range(30):
        stack.every = troubles[number % len(troubles)]
        live.monitor.poke()
        await until(lambda: live.connection.state in {State.OFFLINE, State.STALE})
        stack.every = None
        stack.runs = [*stack.runs, run_json(100 + number)]
        live.monitor.poke()
        await until(lambda number=number: live.store.run(100 + number))
        assert live.connection.state is State.LIVE
    await until(lambda: len(shown(live)) == 31)  # the last row is on the disk before it is in the index


async def test_it_comes_back_by_itself(live, stack, until, monkeypatch):
    monkeypatch.setattr("k6desk.core.connection.LONGEST_WAIT_S", 0.05)
    monkeypatch.setattr("k6desk.core.monitor.FOCUS_S", 0.05)
    stack.every = Reply(reset=True)
    live.monitor.poke()
    await until(lambda: live.connection.state is State.OFFLINE)
    stack.every = None
    await until(lambda: live.connection.state is State.LIVE)


async def test_waking_finds_connections_dead_and_asks_on_new_ones(live, stack, server, until):
    stack.every = Reply(silent=True)
    live.monitor.poke()
    before = len(server.requests)
    await until(lambda: len(server.requests) > before)
    stack.every = None
    stack.runs = [*stack.runs, run_json(8)]
    live.monitor.wake()  # long before the request that hangs would be given up
    await until(lambda: live.store.run(8), 3)
    assert live.connection.state is State.LIVE


async def test_a_change_of_the_network_is_told_once_and_only_while_its_parent_lives(until, qapp):
    from PySide6.QtCore import QObject
    from PySide6.QtNetwork import QNetworkInformation

    from k6desk.core.network import watch_network

    parent, told = QObject(), []
    if not watch_network(lambda: told.append(True), parent):
        pytest.skip("no backend of QNetworkInformation works here")
    network = QNetworkInformation.instance()
    for reachability in (QNetworkInformation.Reachability.Disconnected, QNetworkInformation.Reachability.Online):
        network.reachabilityChanged.emit(reachability)
    await until(lambda: told)
    assert len(told) == 1
    del parent
    network.reachabilityChanged.emit(QNetworkInformation.Reachability.Disconnected)
    over = time.monotonic() + 0.4
    await until(lambda: time.monotonic() > over)
    assert len(told) == 1
