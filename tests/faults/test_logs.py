"""Logs from a server that breaks off, lies about the time, floods or says nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt, QTimer
from websockets.asyncio.server import serve as serve_sockets

from k6desk.api import log_socket
from k6desk.core.connection import State
from k6desk.core.logs import log_tail as module
from k6desk.core.logs.kept_log import OVERLAP_NS
from k6desk.core.logs.log_tail import LogTail, Phase
from k6desk.data.run_log import Mark
from tests.api.faultserver import Reply
from tests.faults.conftest import CANARY, run_json

RUN, FRAME = 7, 60_000
QUIET = logging.Logger("of the server", logging.CRITICAL + 1)  # it may log the token, which it was sent


def message(*lines: tuple[int, str], level: str = "info") -> str:
    return json.dumps({"streams": [{"stream": {"level": level}, "values": [[str(at), text] for at, text in lines]}]})


@pytest.fixture
def starts() -> list[int]:
    """From when on the server was asked."""
    return []


@pytest.fixture
async def follow(live, tasks, starts, monkeypatch):
    """`await follow(handler)` follows the log of a run that goes on, which the handler speaks."""
    monkeypatch.setattr(log_socket, "QUIET_S", 0.05)
    monkeypatch.setattr(LogTail, "_pause", lambda _self, _seconds: asyncio.sleep(0.01))
    servers = []

    async def begin(handler) -> LogTail:
        async def handle(socket) -> None:
            starts.append(int(socket.request.path.rpartition("start=")[2]))
            await handler(socket)

        server = await serve_sockets(handle, "127.0.0.1", 0, logger=QUIET, close_timeout=0.2, compression=None)
        servers.append(server)
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setattr(log_socket, "log_origin", lambda _origin: f"ws://127.0.0.1:{port}")
        live.log_tail.follow(RUN, tasks)
        return live.log_tail

    yield begin
    live.log_tail.rest()
    await asyncio.gather(*live.log_tail.stop(), return_exceptions=True)
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.fixture
def stack(stack):
    stack.runs = [run_json(RUN, status="running")]
    return stack


def texts(tail: LogTail) -> list[str]:
    return [row.text for row in tail.log.rows() if not isinstance(row, Mark)]


async def test_what_is_cut_again_and_again_is_read_once(follow, starts, until):
    now = time.time_ns() - 10**9

    async def speak(socket):
        await socket.send(message(*((now + n, f"line {n}") for n in range(len(starts)))))
        await asyncio.sleep(0.01)
        socket.transport.abort()

    tail = await follow(speak)
    await until(lambda: len(starts) > 5)
    found = texts(tail)
    assert found[:5] == [f"line {n}" for n in range(5)]
    assert len(found) == len(set(found))


async def test_a_line_of_the_future_hides_none_that_come_later(follow, starts, until):
    now = time.time_ns() - 10**9

    async def speak(socket):
        await socket.send(message((now, "now"), (now - 10**15, "long ago"), (2**63 - 1, "in 200 years")))
        await asyncio.sleep(0.01)
        socket.transport.abort()

    tail = await follow(speak)
    await until(lambda: len(starts) > 2)
    assert starts[1:3] == [now - OVERLAP_NS, now - OVERLAP_NS]
    assert sorted(texts(tail)) == ["in 200 years", "long ago", "now"]


async def test_a_flood_does_not_hold_the_window(follow, until):
    now = time.time_ns()
    flood = message(*((now + n, f"GET https://shop.example.com/{n} 200") for n in range(FRAME)))

    async def speak(socket):
        await socket.send(flood)
        await socket.wait_closed()

    beats = [time.thread_time()]
    heart = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
    heart.timeout.connect(lambda: beats.append(time.thread_time()))
    tail = await follow(speak)
    await until(lambda: tail.log.end)
    heart.start()
    await until(lambda: tail.log.end == FRAME, 20)
    heart.stop()
    assert len(beats) > 3
    assert max(late - early for early, late in pairwise(beats[1:])) < 0.25


async def test_levels_and_texts_of_any_kind_are_lines(follow, until):
    levels = ["ERROR", "<b>x</b>", "\u202e" * 500, "", "\x00"]

    async def speak(socket):
        for n, level in enumerate(levels):
            await socket.send(message((time.time_ns() + n, f"{n} \x1b[31m\x00\u202e<img src=x>"), level=level))
        await socket.wait_closed()

    tail = await follow(speak)
    await until(lambda: len(texts(tail)) == len(levels))
    assert tail.log.counts[3] == 1
    assert not any("\x1b" in each or "\x00" in each for each in texts(tail))


@pytest.mark.parametrize("reply", [Reply({}, 401), Reply({}, 403), Reply({}, 404), Reply(b"", 101)])
async def test_a_refused_log_refuses_nothing_else(follow, serve, live, tasks, until, monkeypatch, caplog, reply):
    other = await serve(reply)
    monkeypatch.setattr(log_socket, "log_origin", lambda _origin: other.origin.replace("http", "ws"))
    with caplog.at_level("DEBUG"):
        live.log_tail.follow(RUN, tasks)
        await until(lambda: live.log_tail.problem)
    assert (live.connection.state, live.connection.wait_s) == (State.LIVE, 0)
    assert live.log_tail.phase in {Phase.REFUSED, Phase.AWAY, Phase.CONNECTING}
    assert CANARY not in caplog.text + live.log_tail.problem
    live.log_tail.rest()


async def test_what_was_read_is_kept_without_the_token(follow, live, until, folder, monkeypatch):
    monkeypatch.setattr(module, "WRITE_EVERY_S", 0.0)

    async def speak(socket):
        await socket.send(message((time.time_ns(), "kept")))
        await socket.wait_closed()

    await follow(speak)
    await until(lambda: live.store.log(RUN))
    assert all(CANARY.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())
