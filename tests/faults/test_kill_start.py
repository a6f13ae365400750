"""Sudden death while a run is being started: the next k6desk finds the run and says so, and starts none by itself."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from k6desk.data.library import Library
from tests.api.faultserver import FaultServer, Reply
from tests.faults.acting import ActingStack
from tests.faults.conftest import CANARY
from tests.faults.test_quit import login

HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")


class ThreadedServer:
    """The acting stack in a thread of its own, for a k6desk in another process."""

    def __init__(self) -> None:
        self.stack = ActingStack()
        self.stack.runs.pop()  # nothing is running
        self.origin = ""
        self._loop = asyncio.SelectorEventLoop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()))

    def __enter__(self) -> ThreadedServer:
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(5)
        self._loop.close()

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        async with FaultServer(self.stack) as server:
            self.origin = server.origin
            self._ready.set()
            await self._done.wait()


@pytest.fixture
def server():
    with ThreadedServer() as server:
        yield server


def k6desk(scenario: str, profile: Path, server: ThreadedServer) -> subprocess.Popen[str]:
    environ = {"PYTHONPATH": str(HERE.parents[1]), "QT_QPA_PLATFORM": "offscreen", "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, str(HERE / "starts.py"), scenario, str(profile)]
    return subprocess.Popen(
        command,
        env=os.environ | environ | login(server.origin),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def look(profile: Path, server: ThreadedServer) -> list[str]:
    """Start k6desk again; what its journal says, and in the last line the intent over the test."""
    server.stack.how = None
    out, errors = k6desk("look", profile, server).communicate(timeout=40)
    assert "Traceback" not in errors, errors
    return out.splitlines()


def assert_one_run(server: ThreadedServer, profile: Path) -> None:
    assert server.stack.effects == ["POST /cloud/v6/load_tests/5/start"]
    (file,) = profile.glob("accounts/*/library.db")
    library = Library(file)
    assert library.pending() == []
    library.close()
    for path in profile.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes()


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


@pytest.mark.parametrize("lost", [Reply(silent=True), Reply(reset=True)], ids=["no answer", "three answers lost"])
def test_a_start_whose_answer_was_never_seen_is_found_after_a_kill(server, tmp_path, lost):
    server.stack.how = lost
    first = k6desk("start", tmp_path, server)
    wait_for(lambda: server.stack.effects)
    kill(first)
    *said, intent = look(tmp_path, server)
    run = server.stack.runs[-1]["id"]
    assert [text for text in said if f"The server says: run {run} was started." in text]
    assert intent == "intent None"
    assert_one_run(server, tmp_path)
    assert look(tmp_path, server) == ["intent None"]  # it is said once


def test_a_start_that_was_answered_is_of_no_interest_after_a_kill(server, tmp_path):
    first = k6desk("start", tmp_path, server)
    assert first.stdout.readline().startswith("started")
    kill(first)
    assert look(tmp_path, server) == ["intent None"]
    assert_one_run(server, tmp_path)


def test_closing_the_window_during_a_start_ends_soon_and_the_next_one_tells(server, tmp_path):
    server.stack.how = Reply(silent=True)
    first = k6desk("leave", tmp_path, server)
    wait_for(lambda: server.stack.effects)
    began = time.monotonic()
    _, errors = first.communicate(timeout=20)
    assert time.monotonic() - began < 0.7 + 3
    assert first.returncode == 0
    assert "Traceback" not in errors, errors
    *said, _ = look(tmp_path, server)
    assert [text for text in said if "was started" in text]
    assert_one_run(server, tmp_path)
