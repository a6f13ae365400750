"""One k6desk for each profile: real processes, real sockets, real locks."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import msgspec
import pytest

from k6desk.program import single_instance
from k6desk.program.single_instance import LARGEST, TAKEN, Request, SingleInstance

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets and signals as Unix has them")
HOLD = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from k6desk.program.single_instance import Request, SingleInstance
application = QCoreApplication([])
instance = SingleInstance(Path(sys.argv[1]))
assert not instance.enter(Request())
instance.listen(print)
print("listening", flush=True)
application.exec()
"""
PATIENT = """
import sys
from k6desk import __main__
from k6desk.program import single_instance
single_instance.ANSWER_S = single_instance.START_S = 60.0
sys.exit(__main__.main())
"""
"""A start that waits long: how soon others answer is the computer's affair here, and no time that the tests measure."""
LONG_S = 90


@pytest.fixture(autouse=True)
def runtime(monkeypatch):
    """A runtime folder with a short name, as systems have them."""
    folder = tempfile.mkdtemp(prefix="k6-")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.fixture
def profile(tmp_path):
    return tmp_path / "profile"


@pytest.fixture
def claim(profile):
    """`claim()` is a claim on the profile, given up with the test."""
    claims = []

    def make() -> SingleInstance:
        claims.append(SingleInstance(profile))
        return claims[-1]

    yield make
    for each in claims:
        each.close()
        each._lock.release()


@pytest.fixture
def first(claim):
    """The k6desk that runs; `taken` is what it was handed."""
    first = claim()
    first.taken = []
    assert not first.enter(Request())
    first.listen(first.taken.append)
    return first


@pytest.fixture
def command(profile, tmp_path):
    """`command(…)` is what starts k6desk on the profile, with this environment besides."""

    def make(*arguments: str) -> list[str]:
        return [sys.executable, "-c", PATIENT, f"--profile={profile}", *arguments]

    return make


async def second(command: list[str], cwd: Path, **environ: str) -> tuple[int, str]:
    """Start k6desk; its exit status, and what it said."""
    environ = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"} | environ
    process = await asyncio.create_subprocess_exec(*command, cwd=cwd, env=environ, stderr=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(LONG_S):
            _, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, said.decode()


async def test_a_second_start_hands_over_what_it_was_asked_and_ends(first, command, tmp_path):
    arguments = "k6desk://run/7?stack=myteam", "some runs.k6run", "file:///tmp/a%20b.k6run", "--show=run:5/cost"
    assert await second(command(*arguments), tmp_path, XDG_ACTIVATION_TOKEN="leave-1") == (0, "")
    urls = arguments[0], (tmp_path / "some runs.k6run").as_uri(), arguments[2], "k6desk://run/5/cost"
    assert first.taken == [Request(urls, front=True, token="leave-1")]


async def test_one_that_asks_for_nothing_brings_the_window_to_the_front_unless_it_came_at_login(
    first, command, tmp_path
):
    assert await second(command(), tmp_path) == (0, "")
    assert await second(command("--minimized"), tmp_path) == (0, "")
    assert [request.front for request in first.taken] == [True, False]


async def test_options_that_come_too_late_are_named(first, command, tmp_path):
    late = "k6desk: It runs already on this profile, and so --offline and --size had no effect.\n"
    assert await second(command("--offline", "--size=900x600"), tmp_path) == (0, late)
    assert [request.front for request in first.taken] == [True]


def test_each_profile_has_its_own(claim, tmp_path):
    assert not claim().enter(Request())
    assert not SingleInstance(tmp_path / "another").enter(Request())


def test_the_first_start_needs_no_network_and_leaves_nobody_else_a_way_in(claim, profile, runtime):
    told = subprocess.run(
        [sys.executable, "-c", f"{HOLD.partition('instance.listen')[0]}print(*sys.modules)", str(profile)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PySide6.QtNetwork" not in told.stdout
    assert not claim().enter(Request())
    assert {path.stat().st_mode & 0o077 for path in runtime.rglob("*")} == {0}


def test_without_a_runtime_folder_every_start_is_for_itself(profile, monkeypatch):
    monkeypatch.setattr(single_instance, "LONGEST_ADDRESS", 10)
    for instance in (SingleInstance(profile), SingleInstance(profile)):
        assert not instance.enter(Request())
        assert instance.problem is None
        instance.listen(print)


@pytest.fixture
def held(profile):
    """Another process that has the profile."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(profile)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "listening\n"
    yield process
    process.kill()
    process.wait(10)
    process.stdout.close()


async def test_the_place_of_one_that_was_killed_is_taken(held, claim, command, tmp_path, runtime):
    held.kill()
    held.wait(10)
    assert [path for path in runtime.rglob("*") if path.is_socket()], "its socket is still there"
    taken, instance = [], claim()
    assert not instance.enter(Request())
    assert instance.problem is None
    instance.listen(taken.append)
    assert await second(command("k6desk://running"), tmp_path) == (0, "")
    assert [request.urls for request in taken] == [("k6desk://running",)]


def test_one_that_hangs_is_not_waited_for_longer_than_two_seconds(held, claim, monkeypatch):
    monkeypatch.setattr(single_instance, "ANSWER_S", 0.2)
    held.send_signal(signal.SIGSTOP)
    instance = claim()
    assert not instance.enter(Request())
    assert "does not answer" in instance.problem
    held.send_signal(signal.SIGCONT)


def test_one_that_is_ending_is_waited_for(first, claim, monkeypatch):
    first.close()
    monkeypatch.setattr(single_instance.time, "sleep", lambda _: first._lock.release())
    instance = claim()
    assert not instance.enter(Request())
    assert instance._lock.is_held
    assert instance.problem is None


async def test_two_starts_at_the_same_moment_end_with_one_window(command, tmp_path, until):
    environ = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    start = partial(asyncio.create_subprocess_exec, *command("k6desk://running"), cwd=tmp_path, env=environ)
    both = [await start(), await start()]
    try:
        await until(lambda: any(one.returncode is not None for one in both), LONG_S)
        (running,) = [one for one in both if one.returncode is None]
        running.send_signal(signal.SIGTERM)
        await until(lambda: running.returncode is not None, LONG_S)
        assert [one.returncode for one in both] == [0, 0]
    finally:
        for one in both:
            if one.returncode is None:
                one.kill()
                await one.wait()


class Stranger:
    """Somebody who connects and says what no k6desk says."""

    def __init__(self, instance: SingleInstance) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(instance._address)
        self.socket.setblocking(False)

    async def send(self, content: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.socket, content)

    async def answer(self) -> bytes:
        """What comes until the end of the connection."""
        with self.socket:
            loop, answer = asyncio.get_running_loop(), b""
            async with asyncio.timeout(LONG_S):
                try:
                    while some := await loop.sock_recv(self.socket, 100):
                        answer += some
                except ConnectionResetError:
                    pass
            return answer


@pytest.mark.parametrize(
    "content",
    [
        b"hello secret\n",
        b"\xff\xfe\n",
        b"[]\n",
        b'{"urls": "secret"}\n',
        b'{"version": 2, "urls": []}\n',
        b'{"urls": ["' + b"x" * LARGEST + b'"]}\n',
        b"x" * (LARGEST + 2),
    ],
)
async def test_what_is_not_understood_is_ignored_and_logged_without_its_content(first, content, caplog):
    caplog.set_level(logging.INFO)
    stranger = Stranger(first)
    await stranger.send(content)
    assert await stranger.answer() == b""
    assert first.taken == []
    assert "ignored" in caplog.text
    assert "secret" not in caplog.text


async def test_one_who_says_nothing_holds_nobody_up(first, command, tmp_path, monkeypatch):
    monkeypatch.setattr(single_instance, "ANSWER_S", 10 * LONG_S)
    silent = Stranger(first)
    await silent.send(b'{"urls"')
    assert await second(command(), tmp_path) == (0, "")
    assert len(first.taken) == 1
    silent.socket.close()


async def test_one_who_says_nothing_is_left(first, monkeypatch):
    monkeypatch.setattr(single_instance, "ANSWER_S", 0.1)
    silent = Stranger(first)
    await silent.send(b'{"urls"')
    assert await silent.answer() == b""
    assert first.taken == []


async def test_what_comes_in_pieces_is_put_together(first, until):
    slow = Stranger(first)
    for piece in (b'{"urls": ["k6desk:', b'//running"]}', b"\n"):
        await slow.send(piece)
        await asyncio.sleep(0)
    assert await slow.answer() == TAKEN
    assert [request.urls for request in first.taken] == [("k6desk://running",)]


def test_a_request_is_small():
    many = Request(tuple(f"file:///home/somebody/Downloads/run%20{number}.k6run" for number in range(1000)))
    assert len(msgspec.json.encode(many)) < LARGEST
