from __future__ import annotations

import asyncio
import gzip
import os
import traceback
import zlib

import pytest

from k6desk.api import body, exchange, faults
from k6desk.api.errors import (
    BadAnswer,
    CloudError,
    Conflict,
    Forbidden,
    NotFound,
    NotSent,
    Redirected,
    Refused,
    SignedOut,
    TryLater,
    Unreachable,
    WebPage,
)
from k6desk.api.exchange import Exchange
from k6desk.api.secret import Secret
from tests.api.conftest import CANARY
from tests.api.faultserver import Reply

PATH = "/cloud/v6/test_runs/1?secret-query=1"
FILE = bytes(range(256)) * 1000


@pytest.fixture
async def speak(serve):
    """`await speak(script)` is an `Exchange` and, as `.server`, the server at its other end."""
    made = []

    async def start(script) -> Exchange:
        server = await serve(script)
        made.append(Exchange(server.origin, Secret(CANARY), 42))
        made[-1].server = server
        return made[-1]

    yield start
    for each in made:
        await each.aclose()


async def failure(awaitable) -> CloudError:
    """The error of a call, which says one sentence and nothing that is secret, all its causes included."""
    with pytest.raises(CloudError) as raised:
        await awaitable
    sentence = str(raised.value)
    assert sentence.endswith((".", "again.", ".”"))
    assert "secret-query" not in sentence
    assert "<" not in sentence
    assert CANARY not in "".join(traceback.format_exception(raised.value))
    return raised.value


async def test_a_request_says_who_asks_for_what(speak):
    wire = await speak(Reply({"a": 1}))
    assert await wire.get(PATH) == b'{"a": 1}'
    (request,) = wire.server.requests
    assert request.target == PATH
    assert request.headers["authorization"] == f"Bearer {CANARY}"
    assert request.headers["x-stack-id"] == "42"
    assert (request.headers["accept"], request.headers["accept-encoding"]) == ("application/json", "gzip")
    assert request.headers["user-agent"].startswith("k6desk/")


async def test_the_stack_is_named_by_id_or_by_address_not_both(speak):
    wire = await speak(Reply())
    await wire.get("/cloud/v6/auth", {"X-Stack-Url": "https://t.grafana.net"})
    headers = wire.server.requests[0].headers
    assert (headers["x-stack-url"], headers.get("x-stack-id")) == ("https://t.grafana.net", None)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, SignedOut),
        (403, Forbidden),
        (404, NotFound),
        (405, Refused),
        (409, Conflict),
        (410, Refused),
        (429, TryLater),
        (500, TryLater),
        (503, TryLater),
    ],
)
async def test_each_refusal_is_its_own_error_and_is_asked_once(speak, status, kind):
    wire = await speak(Reply({"error": {"message": "Because.", "code": "why"}}, status))
    error = await failure(wire.get(PATH))
    assert type(error) is kind
    assert (error.status, error.code) == (status, "" if kind is TryLater else "why")
    assert str(error).endswith(" The server says: “Because.”") is (status in {400, 403, 404, 405, 409, 410})
    assert len(wire.server.requests) == 1


@pytest.mark.parametrize("message", ["Not found", "Not Found.", "Resource not found."])
async def test_a_404_is_not_quoted_when_it_says_no_more_than_k6desk(speak, message):
    wire = await speak(Reply({"error": {"message": message, "code": "not_found"}}, 404))
    assert str(await failure(wire.get(PATH))) == "The server has no such thing, or no data for it."


@pytest.mark.parametrize(("status", "says"), [(405, "or no longer"), (410, "any more")])
async def test_what_is_gone_is_said_to_be_gone(speak, status, says):
    wire = await speak(Reply("<html>", status, content_type="text/html"))
    assert says in str(await failure(wire.act("POST", PATH)))


@pytest.mark.parametrize("status", [401, 403, 500, 502])
async def test_html_of_an_error_is_never_shown(speak, status):
    page = "<html><script>alert(1)</script><h1>Bad gateway</h1></html>"
    wire = await speak(Reply(page, status, content_type="text/html"))
    error = await failure(wire.get(PATH))
    assert "alert" not in str(error)
    assert "The server says" not in str(error)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"x" * 100_000, 500),
        Reply(gzip.compress(b"\0" * 9_000_000), 500, {"Content-Encoding": "gzip"}),
        Reply(b"{}", 500, cut_at=1),
        Reply(b"no gzip", 500, {"Content-Encoding": "gzip"}),
    ],
    ids=["large", "bomb", "cut off", "damaged"],
)
async def test_the_status_of_an_error_counts_however_broken_its_body(speak, reply):
    wire = await speak(reply)
    assert (await failure(wire.get(PATH))).status == 500


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(speak, evil, status):
    wire = await speak(Reply(b"", status, {"Location": f"{evil.origin}/stolen?secret-query=1"}))
    for call in (wire.get(PATH), wire.download(PATH, "x"), wire.act("POST", PATH)):
        error = await failure(call)
        assert type(error) is Redirected
        assert "login page" in str(error)
        assert "127.0.0.1" in str(error)
    assert len(wire.server.requests) == 3


@pytest.mark.parametrize("location", ["", "/relative", "https://[::1", "https://ü" + "x" * 500, "javascript:alert(1)"])
async def test_a_redirect_to_nowhere_is_an_error_too(speak, location):
    wire = await speak(Reply(b"", 302, {"Location": location.encode("latin-1").decode("latin-1")}))
    assert type(await failure(wire.get(PATH))) is Redirected


@pytest.mark.parametrize(
    "reply",
    [
        Reply("<!doctype html><title>Welcome to Airport</title>", content_type="text/html; charset=utf-8"),
        Reply(" \n<html></html>"),
        Reply("<html></html>", 511, content_type="text/html"),
    ],
)
async def test_a_captive_portal_is_told_apart_from_the_api(speak, reply):
    error = await failure((await speak(reply)).get(PATH))
    assert type(error) is WebPage
    assert "sign-in" in str(error)


async def test_a_portal_is_no_script(speak):
    wire = await speak(Reply("<!doctype html>", content_type="text/html"))
    assert type(await failure(wire.download(PATH, "text/javascript"))) is WebPage


async def test_cookies_are_not_kept(speak):
    wire = await speak(Reply(headers={"Set-Cookie": "sid=abc; Path=/"}))
    await wire.get(PATH)
    await wire.get(PATH)
    assert "cookie" not in wire.server.requests[1].headers


async def test_gzip_is_read(speak):
    wire = await speak(Reply(gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"}, framing="chunked"))
    assert await wire.get(PATH) == b'{"a": 1}'


SMALL = gzip.compress(os.urandom(3000))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (gzip.compress(gzip.compress(b"\0" * 300_000_000)), "gzip, gzip"),
        (gzip.compress(b"{}"), "br"),
        (zlib.compress(b"{}"), "deflate"),
        (SMALL[: len(SMALL) // 2], "gzip"),
        (SMALL[:-1], "gzip"),
        (SMALL + b"more", "gzip"),
        (SMALL + SMALL, "gzip"),
        (b"plain", "gzip"),
        (b"", "gzip"),
        (SMALL[:-8] + b"\0" * 8, "gzip"),
    ],
    ids=["twice", "br", "deflate", "half", "no end", "and more", "two", "none", "empty", "wrong sum"],
)
async def test_a_body_packed_in_any_other_way_is_refused(speak, content, encoding):
    wire = await speak(Reply(content, headers={"Content-Encoding": encoding}))
    assert type(await failure(wire.get(PATH))) is BadAnswer
    assert type(await failure(wire.download(PATH, "x"))) is BadAnswer


async def test_a_bomb_is_noticed_before_it_fills_the_memory(speak, monkeypatch):
    made = []

    class Counted:
        def __init__(self, real):
            self.real = real

        def __getattr__(self, name):
            return getattr(self.real, name)

        def decompress(self, data, limit):
            made.append(len(piece := self.real.decompress(data, limit)))
            return piece

    real = zlib.decompressobj
    monkeypatch.setattr(body.zlib, "decompressobj", lambda **options: Counted(real(**options)))
    wire = await speak(Reply(gzip.compress(b" " * 200_000_000), headers={"Content-Encoding": "gzip"}))
    assert "32 MiB" in str(await failure(wire.get(PATH)))
    assert sum(made) <= exchange.JSON_LIMIT + (1 << 20)


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
async def test_a_body_over_the_limit_is_refused_and_under_it_is_not(speak, monkeypatch, framing):
    monkeypatch.setattr(exchange, "JSON_LIMIT", 1000)
    wire = await speak(lambda request: Reply(b"1" * int(request.target.rpartition("=")[2]), framing=framing))
    assert len(await wire.get("/x?n=1000")) == 1000
    assert type(await failure(wire.get("/x?n=1001"))) is BadAnswer


@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_cut_off_answer_is_asked_for_again_and_then_is_an_error(speak, framing):
    whole, cut = Reply({"a": "b" * 500}, framing=framing), Reply({"a": "b" * 500}, framing=framing, cut_at=100)
    assert len(await (await speak([cut, whole])).get(PATH)) == 509
    wire = await speak(cut)
    assert type(await failure(wire.get(PATH))) is Unreachable
    assert len(wire.server.requests) == 2


async def test_a_script_whose_end_nothing_marks_is_not_taken_for_whole(speak):
    script = b"export default function () { // half"
    wire = await speak(Reply(script, framing="close", content_type="text/javascript"))
    assert "ended too early" in str(await failure(wire.download(PATH, "x")))
    packed = Reply(gzip.compress(script), headers={"Content-Encoding": "gzip"}, framing="close")
    assert (await (await speak(packed)).download(PATH, "x")).body == script


async def test_json_needs_no_end_because_half_of_it_does_not_parse(speak):
    assert await (await speak(Reply({"a": 1}, framing="close"))).get(PATH) == b'{"a": 1}'


@pytest.mark.parametrize("fault", [Reply(reset=True), Reply(cut_at=0), Reply(headers={"X-A": "a" * 300_000})])
async def test_a_dropped_connection_is_tried_once_more_at_once(speak, fault):
    wire = await speak([fault, Reply({"a": 1})])
    assert await wire.get(PATH) == b'{"a": 1}'
    wire = await speak(fault)
    assert type(await failure(wire.get(PATH))) is Unreachable
    assert len(wire.server.requests) == 2


async def test_a_kept_connection_that_the_server_closed_meanwhile_costs_nothing(speak, until):
    wire = await speak(Reply({"a": 1}, hang_up=True))
    for _ in range(3):
        await wire.get(PATH)
        await until(lambda: wire.server.open_connections == 0)
    assert wire.server.connections == 3


async def test_an_action_is_never_sent_twice(speak):
    for fault in (
        Reply(reset=True),
        Reply(cut_at=0),
        Reply(status=503, headers={"Retry-After": "1"}),
        Reply(status=429),
    ):
        for ask in (
            lambda wire: wire.act("POST", PATH),
            lambda wire: wire.upload("PUT", PATH, FILE),
            lambda wire: wire.upload_form(PATH, {"name": "T"}, {"script": ("a.tar", FILE, "application/x-tar")}),
        ):
            wire = await speak(fault)
            await failure(ask(wire))
            assert len(wire.server.requests) == 1


async def test_an_action_sends_its_body_and_opens_a_connection_of_its_own(speak):
    wire = await speak(lambda request: Reply(b"", 204) if request.method == "PATCH" else Reply())
    await wire.get(PATH)
    await wire.act("PATCH", PATH, b'{"note": "x"}')
    await wire.act("PATCH", PATH, b'{"note": "y"}')
    assert [(request.body, request.connection) for request in wire.server.requests] == [
        (b"", 1),
        (b'{"note": "x"}', 2),
        (b'{"note": "y"}', 3),
    ]
    assert wire.server.requests[1].headers["content-type"] == "application/json"


async def test_an_action_gives_the_json_it_is_answered_with_and_sends_the_headers_it_is_given(speak):
    wire = await speak(Reply({"id": 1}, 201))
    assert await wire.act("POST", PATH, b"{}", {"K6-Idempotency-Key": "abc"}) == b'{"id": 1}'
    assert await wire.upload("PUT", PATH, FILE) == b'{"id": 1}'
    assert wire.server.requests[0].headers["k6-idempotency-key"] == "abc"
    wire = await speak(Reply("<html>Sign in</html>", content_type="text/html"))
    for call in (wire.act("POST", PATH), wire.upload("PUT", PATH, FILE)):
        assert "sign-in" in str(await failure(call))


async def test_a_file_over_the_limit_is_not_sent_at_all(speak, monkeypatch):
    monkeypatch.setattr(exchange, "SCRIPT_LIMIT", len(FILE) - 1)
    wire = await speak(Reply(status=204))
    for call in (wire.upload("PUT", PATH, FILE), wire.upload_form(PATH, {}, {"script": ("a.tar", FILE, "x/y")})):
        error = await failure(call)
        assert (type(error), error.status) == (Refused, 413)
        assert "did not send" in str(error)
    assert not wire.server.requests


async def test_an_upload_that_stands_still_is_given_up(monkeypatch):
    monkeypatch.setattr(exchange, "_UPLOAD_TIMEOUTS_S", {"connect": 1, "read": None, "write": 0.2, "pool": None})

    async def never_read(_reader, writer):
        await closing.wait()
        writer.close()

    closing = asyncio.Event()
    async with await asyncio.start_server(never_read, "127.0.0.1", 0, limit=1024) as server:
        wire = Exchange(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", Secret(CANARY), 42)
        error = await failure(wire.upload("PUT", PATH, b"\0" * 20_000_000))
        await wire.aclose()
        closing.set()
    assert type(error) is Unreachable


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_short_retry_after_is_waited_for_twice(speak, monkeypatch, status):
    monkeypatch.setattr(faults, "LEAST_WAIT_S", 0.01)
    busy = Reply(b"", status, {"Retry-After": "0"})
    assert await (await speak([busy, busy, Reply({"a": 1})])).get(PATH) == b'{"a": 1}'
    wire = await speak(busy)
    assert type(await failure(wire.get(PATH))) is TryLater
    assert len(wire.server.requests) == 3


async def test_a_retry_never_comes_before_the_server_asked_for_it(speak):
    wire = await speak([Reply(b"", 429, {"Retry-After": "1"}), Reply({})])
    clock = asyncio.get_running_loop().time
    began = clock()
    await wire.get(PATH)
    assert clock() - began >= 0.94  # Qt's coarse timers may be 5 % early


async def test_a_long_retry_after_is_left_to_the_caller(speak):
    wire = await speak(Reply(b"", 429, {"Retry-After": "120"}))
    error = await failure(wire.get(PATH))
    assert error.retry_after_s == 120
    assert len(wire.server.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [Reply(silent=True), Reply({"a": "b" * 1000}, drip_s=0.05), Reply(delay_s=30), Reply(status=204, framing="none")],
    ids=["silent", "drip", "slow", "no body"],
)
async def test_a_whole_answer_has_a_deadline_that_no_trickle_extends(speak, monkeypatch, fault):
    monkeypatch.setattr(exchange, "JSON_DEADLINE_S", 0.3)
    monkeypatch.setattr(exchange, "SCRIPT_DEADLINE_S", 0.3)
    wire = await speak(fault)
    if fault.status == 204:
        await wire.act("POST", PATH)
        return
    for call in (wire.get(PATH), wire.download(PATH, "x"), wire.act("POST", PATH), wire.upload("PUT", PATH, FILE)):
        error = await failure(call)
        assert type(error) is Unreachable
        assert "did not answer within" in str(error)


async def test_an_abort_does_not_wait_for_files_and_polls(speak):
    wire = await speak(lambda request: Reply(status=204) if request.method == "POST" else Reply(silent=True))
    async with asyncio.TaskGroup() as group:
        stuck = [group.create_task(wire.get(PATH)) for _ in range(12)]
        stuck += [group.create_task(wire.download(PATH, "x")) for _ in range(4)]
        stuck += [group.create_task(wire.upload("PUT", PATH, FILE)) for _ in range(8)]
        async with asyncio.timeout(5):
            await wire.act("POST", PATH)
        for task in stuck:
            task.cancel()


async def test_thirty_cancelled_requests_leave_the_connections_usable(speak, until):
    wire = await speak(lambda request: Reply(silent="hang" in request.target))
    for _ in range(30):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await wire.get("/hang")
    async with asyncio.timeout(5):
        await wire.get(PATH)
    await until(lambda: wire.server.open_connections == 1)


async def test_after_a_reset_dead_connections_are_not_used(speak):
    dead = set()

    def answer(request):
        return Reply(silent=request.connection in dead)

    wire = await speak(answer)
    await wire.get(PATH)
    dead.add(1)  # as a network forgets a connection: nothing answers on it any more
    await wire.reset()
    async with asyncio.timeout(5):
        await wire.get(PATH)
    assert [request.connection for request in wire.server.requests] == [1, 2]


async def test_what_was_being_read_at_a_reset_is_asked_for_again(speak, until):
    wire = await speak([Reply(silent=True), Reply({"a": 1})])
    async with asyncio.TaskGroup() as group:
        reading = group.create_task(wire.get(PATH))
        await until(lambda: wire.server.requests)
        await wire.reset()
        async with asyncio.timeout(5):
            assert await reading == b'{"a": 1}'


async def test_a_reset_leaves_actions_alone(speak, until):
    wire = await speak(Reply(status=204, delay_s=0.2))
    async with asyncio.TaskGroup() as group:
        acting = group.create_task(wire.act("POST", PATH))
        await until(lambda: wire.server.requests)
        await wire.reset()
        await acting
    assert len(wire.server.requests) == 1


async def test_closing_closes_every_connection(speak, until):
    wire = await speak(Reply())
    await wire.get(PATH)
    await wire.download(PATH, "x")
    await wire.aclose()
    await until(lambda: wire.server.open_connections == 0)


async def test_nobody_there(serve):
    server = await serve()
    origin = server.origin
    await server.__aexit__()
    error = await failure(Exchange(origin, Secret(CANARY), 1).act("POST", PATH))
    assert type(error) is NotSent
    assert "refused" in str(error)


async def test_a_name_that_does_not_exist():
    error = await failure(Exchange("https://api.k6.invalid", Secret(CANARY), 1).get(PATH))
    assert type(error) is NotSent
    assert "No address" in str(error)


async def test_an_origin_the_token_may_not_go_to_is_refused_at_once():
    with pytest.raises(ValueError, match="https"):
        Exchange("http://api.k6.io", Secret(CANARY), 1)
