"""Closing the window ends the program within 3 s, whatever hangs; what was typed is kept."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from k6desk.core.accounts import Account, Accounts
from k6desk.core.system_keyring import SystemKeyring
from k6desk.data.library import Library
from tests import keyring_session
from tests.api.faultserver import FaultServer, Reply
from tests.faults.conftest import CANARY, Stack

ROOT = Path(__file__).parents[2]


def leave(scenario: str, profile: Path, **environ: str) -> float:
    """Start k6desk, leave it, and give the seconds that it took to end."""
    process = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("leave.py")), scenario, str(profile)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "NO_PROXY": "127.0.0.1"} | environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    seconds = time.time() - float(process.stdout.splitlines()[0])
    assert process.returncode == 0, process.stderr
    assert "Traceback" not in process.stderr, process.stderr
    log = (profile / "k6desk.log").read_text()
    assert "ERROR" not in log, log
    assert CANARY not in process.stdout + process.stderr + log
    return seconds


def login(origin: str) -> dict[str, str]:
    return {
        "K6_CLOUD_TOKEN": CANARY,
        "K6_CLOUD_STACK_ID": "42",
        "K6_CLOUD_STACK_URL": "https://team.grafana.net",
        "K6_CLOUD_HOST_V6": origin,
    }


@pytest.fixture
def black_hole():
    """Connections are made, and nothing ever comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def dripping():
    """A server in a thread whose scripts come one byte at a time."""
    stack = Stack()
    stack.answers["/cloud/v6/test_runs/7/script"] = Reply("x" * 500, drip_s=0.1, content_type="text/javascript")
    ready, origin = threading.Event(), []
    loop = asyncio.SelectorEventLoop()

    async def serve() -> None:
        async with FaultServer(stack) as server:
            origin.append(server.origin)
            done.append(asyncio.Event())
            ready.set()
            await done[0].wait()

    done: list[asyncio.Event] = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(5)
    yield origin[0]
    loop.call_soon_threadsafe(done[0].set)
    thread.join(5)
    loop.close()


def test_a_server_that_hangs_does_not_hold_up_the_end(black_hole, tmp_path):
    assert leave("hung", tmp_path, **login(black_hole)) < 3


def test_a_download_does_not_hold_up_the_end(dripping, tmp_path):
    assert leave("script", tmp_path, **login(dripping)) < 3


def test_rows_that_are_written_do_not_hold_up_the_end_and_what_was_typed_is_kept(black_hole, tmp_path):
    assert leave("rows", tmp_path, **login(black_hole)) < 3
    (file,) = tmp_path.glob("accounts/*/library.db")
    library = Library(file)
    assert library.draft(1).text == "Typed in the last moment."
    library.close()


def test_a_frozen_keyring_does_not_hold_up_the_end(black_hole, tmp_path):
    for program in ("dbus-daemon", "gnome-keyring-daemon"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    profile = tmp_path / "profile"
    account = Account.of(black_hole, "https://team.grafana.net", 42)
    Accounts(profile / "accounts.toml", SystemKeyring(), lambda *_: None)._remember(account, keeps_token=True)
    desktop = keyring_session.start(tmp_path / "home")
    try:
        desktop.freeze()
        environ = {name: value for name, value in desktop.environ.items() if name != "PATH"}
        assert leave("keyring", profile, PYTHON_KEYRING_BACKEND="", **environ) < 3
    finally:
        desktop.thaw()
        keyring_session.stop(desktop)
