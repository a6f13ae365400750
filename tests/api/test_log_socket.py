"""The log over real sockets: what is sent, what may go wrong, and that nothing is left open."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import AsyncExitStack, aclosing

import pytest
from websockets.asyncio.server import serve as serve_sockets

from k6desk.api import errors, log_socket
from k6desk.api.log_socket import log_origin
from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from tests.api.conftest import CANARY
from tests.api.faultserver import Reply
from tests.api.test_transport import Authority, authority

__all__ = ["authority"]

QUIET = logging.Logger("of the server", logging.CRITICAL + 1)  # it may log the token, which it was sent


def message(*lines: tuple[int, str]) -> str:
    return json.dumps({"streams": [{"stream": {"level": "info"}, "values": [[str(at), said] for at, said in lines]}]})


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(log_socket, "QUIET_S", 0.05)


@pytest.fixture
async def speaker():
    """`await speaker(handler)` is a cloud whose log is served by a handler; `.requests` are its handshakes."""
    async with AsyncExitStack() as stack:

        async def start(handler, **options) -> CloudV6:
            requests = []

            async def handle(socket) -> None:
                requests.append(socket.request)
                await handler(socket)

            server = await stack.enter_async_context(
                serve_sockets(handle, "127.0.0.1", 0, logger=QUIET, close_timeout=0.2, **options)
            )
            cloud = CloudV6(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", Secret(CANARY), 42)
            cloud.requests, cloud.sockets = requests, server
            stack.push_async_callback(cloud.aclose)
            return cloud

        yield start


async def read(cloud, batches: int = 1, run_id: int = 7, start_ns: int = 5) -> list:
    """So many batches, and then the connection is closed."""
    found = []
    async with aclosing(cloud.log(run_id, start_ns)) as log:
        async for batch in log:
            found.append(batch)
            if len(found) == batches:
                break
    return found


async def test_the_handshake_names_the_run_the_time_and_the_token_once(speaker):
    async def speak(socket):
        await socket.send(message((1, "hello")))
        await socket.wait_closed()

    cloud = await speaker(speak)
    (batch,) = await read(cloud, run_id=5_000_000_001, start_ns=17)
    assert [line.text for line in batch.lines] == ["hello"]
    (request,) = cloud.requests
    assert request.path == "/api/v1/tail?query=%7Btest_run_id%3D%225000000001%22%7D&start=17"
    assert request.headers.get_all("Authorization") == [f"token {CANARY}"]
    assert request.headers["X-K6TestRun-Id"] == "5000000001"
    assert "Sec-WebSocket-Protocol" not in request.headers


async def test_silence_is_said_and_loses_nothing(speaker):
    go_on = asyncio.Event()

    async def speak(socket):
        await go_on.wait()
        await socket.send(message((1, "late")))
        await socket.wait_closed()

    cloud = await speaker(speak)
    async with aclosing(cloud.log(7, 0)) as log:
        assert not (await anext(log)).lines
        assert not (await anext(log)).lines
        go_on.set()
        async for batch in log:
            if batch.lines:
                break
        assert batch.lines[0].text == "late"


async def test_leaving_closes_the_connection(speaker, until):
    gone = []

    async def speak(socket):
        await socket.send(message((1, "a")))
        await socket.wait_closed()
        gone.append(socket)

    await read(await speaker(speak))
    await until(lambda: gone)


async def test_the_end_that_the_server_makes_is_the_end(speaker):
    async def speak(socket):
        await socket.send(message((1, "a")))

    assert [len(batch.lines) for batch in await read(await speaker(speak), batches=99)] == [1]


@pytest.mark.parametrize("how", ["abort", "close", "go away"])
async def test_a_connection_that_breaks_is_unreachable(speaker, how):
    async def speak(socket):
        await socket.send(message((1, "a")))
        if how == "abort":
            socket.transport.abort()
        elif how == "go away":
            await socket.close(1001)
        else:
            await socket.close(1011, "tail \u202elimit\nreached")

    with pytest.raises(errors.Unreachable) as caught:
        await read(await speaker(speak), batches=99)
    assert "\n" not in str(caught.value)
    assert how != "close" or "“tail limit reached”" in str(caught.value)


async def test_a_frame_that_is_cut_in_the_middle_is_unreachable(speaker):
    async def speak(socket):
        socket.transport.write(b"\x81\x7e\x10\x00" + b'{"streams":[')
        await asyncio.sleep(0.01)
        socket.transport.abort()

    with pytest.raises(errors.Unreachable):
        await read(await speaker(speak), batches=99)


async def test_garbage_is_counted_and_what_follows_is_read(speaker):
    async def speak(socket):
        for said in ("{", b"\x00\xff", "[]", message((1, "a"))):
            await socket.send(said)
        await socket.wait_closed()

    batches = await read(await speaker(speak), batches=4)
    assert [batch.unreadable for batch in batches] == [1, 1, 1, 0]
    assert batches[-1].lines[0].text == "a"


@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_a_message_may_not_be_larger_than_a_log_s_is(speaker, compression):
    async def speak(socket):
        await socket.send("x" * (log_socket.FRAME_LIMIT + 1))
        await socket.wait_closed()

    with pytest.raises(errors.BadAnswer, match="larger"):
        await read(await speaker(speak, compression=compression), batches=99)


async def test_a_large_message_is_read(speaker):
    async def speak(socket):
        await socket.send(message(*((number, f"line {number}" * 5) for number in range(20_000))))
        await socket.wait_closed()

    (batch,) = await read(await speaker(speak))
    assert len(batch.lines) == 20_000


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply({"error": {"message": "no"}}, status=401), errors.SignedOut),
        (Reply(status=403), errors.Forbidden),
        (Reply(status=404), errors.NotFound),
        (Reply(status=410), errors.Refused),
        (Reply(status=429, headers={"Retry-After": "7"}), errors.TryLater),
        (Reply("<html>oops</html>", status=502, content_type="text/html"), errors.TryLater),
        (Reply("<html>sign in</html>", content_type="text/html"), errors.BadAnswer),
        (Reply({"value": []}), errors.BadAnswer),
        (Reply(reset=True), errors.Unreachable),
        (Reply(b"", status=101), errors.BadAnswer),
    ],
)
async def test_what_is_answered_instead_of_a_log(cloud, reply, kind):
    with pytest.raises(kind) as caught:
        await read(await cloud(reply))
    assert "\n" not in str(caught.value)
    assert getattr(caught.value, "retry_after_s", None) in {None, 7}


async def test_a_redirect_is_never_followed_not_even_to_the_same_server(cloud, evil):
    for target in (f"{evil.origin}/api/v1/tail", "/elsewhere"):
        client = await cloud(Reply(status=302, headers={"Location": target}))
        with pytest.raises(errors.Redirected):
            await read(client)
        assert len(client.server.requests) == 1


async def test_nobody_there():
    cloud = CloudV6("http://127.0.0.1:1", Secret(CANARY), 42)
    with pytest.raises(errors.NotSent, match="refused"):
        await read(cloud)
    await cloud.aclose()


async def test_an_answer_that_does_not_come_is_given_up(cloud, monkeypatch):
    monkeypatch.setattr(log_socket, "OPENING_S", 0.1)
    with pytest.raises(errors.Unreachable, match="in time"):
        await read(await cloud(Reply(silent=True)))


async def test_after_signing_out_nothing_is_asked(cloud):
    client = await cloud()
    await client.aclose()
    with pytest.raises(errors.NotSent):
        await read(client)
    assert not client.server.requests


async def test_signing_out_ends_a_log_that_is_read(speaker):
    async def speak(socket):
        await socket.wait_closed()

    cloud = await speaker(speak)
    async with aclosing(cloud.log(7, 0)) as log:
        await anext(log)
        await cloud.aclose()
        with pytest.raises(errors.NotSent):
            await anext(log)


def test_only_grafana_s_own_api_has_its_logs_on_another_host():
    assert log_origin("https://api.k6.io") == "wss://cloudlogs.k6.io"
    assert log_origin("https://k6.example.com:8443") == "wss://k6.example.com:8443"
    assert log_origin("http://127.0.0.1:4700") == "ws://127.0.0.1:4700"


async def test_over_tls_a_server_that_the_system_trusts_is_spoken_to(speaker, authority):
    async def speak(socket):
        await socket.send(message((1, "hello")))
        await socket.wait_closed()

    plain = await speaker(speak, ssl=authority.server())
    port = plain.sockets.sockets[0].getsockname()[1]
    cloud = CloudV6(f"https://127.0.0.1:{port}", Secret(CANARY), 42)
    assert (await read(cloud))[0].lines[0].text == "hello"
    await cloud.aclose()


async def test_over_tls_an_unknown_issuer_is_refused_and_nothing_is_sent(serve, tmp_path):
    server = await serve(tls=Authority(tmp_path).server())
    cloud = CloudV6(server.origin, Secret(CANARY), 42)
    with pytest.raises(errors.Untrusted, match="does not trust"):
        await read(cloud)
    assert not server.requests
    await cloud.aclose()


async def test_the_token_goes_through_a_proxy_only_inside_tls(serve, monkeypatch):
    proxy = await serve(Reply(b"", 407))
    monkeypatch.setenv("HTTPS_PROXY", proxy.origin.replace("://", "://user:pa55word@"))
    cloud = CloudV6("https://api.k6.io", Secret(CANARY), 42)
    with pytest.raises(errors.Unreachable, match="proxy") as caught:
        await read(cloud)
    (request,) = proxy.requests
    assert (request.method, request.target) == ("CONNECT", "cloudlogs.k6.io:443")
    assert CANARY not in str(request)
    assert "pa55word" not in str(caught.value)
    await cloud.aclose()
