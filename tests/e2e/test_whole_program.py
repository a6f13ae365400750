"""The real window over real HTTP with a real keyring: a day with k6desk, from the first start to quitting."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import keyring_session

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture
def desktop(tmp_path):
    """A session bus and an unlocked keyring, as a desktop has them."""
    for program in ("dbus-daemon", "gnome-keyring-daemon"):
        assert shutil.which(program), f"{program} is needed; `python3 packaging/dev.py test` installs it"
    session = keyring_session.start(tmp_path / "home")
    yield session
    keyring_session.stop(session)


@pytest.fixture
def port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_a_day_with_k6desk(desktop, port, tmp_path):
    environ = desktop.environ | {
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "PYTHONPATH": str(ROOT),
        "NO_PROXY": "127.0.0.1",
    }
    program = [sys.executable, "-X", "dev", "-W", "error", str(HERE / "drive.py"), str(port), str(tmp_path)]
    run = subprocess.run(program, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    story = [json.loads(line) for line in run.stdout.splitlines()]
    assert [chapter["did"] for chapter in story] == [
        "first start",
        "signed in",
        "watched a run to its end",
        "aborted a run",
        "edited a note",
        "downloaded a script",
        "started a test",
        "starred three runs at once",
        "lost the network and got it back",
        "quit in mid-request",
        "started again with the token from the keyring",
    ]
    assert story[-2]["seconds"] < 3
    token = story[1]["token"]
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]
    assert kept == [], "the token is only in the keyring, which encrypts it"
    assert token not in run.stderr
