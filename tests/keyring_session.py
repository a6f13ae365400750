"""A desktop session's bus and keyring, private to a test.

    from tests.keyring_session import keyring_session

    async def test_something(keyring_session): ...

The fixture points this process (and its children) to a D-Bus daemon of its own with an unlocked gnome-keyring.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class KeyringSession:
    """The running daemons."""

    environ: dict[str, str]
    bus: subprocess.Popen[str]
    keyring: subprocess.Popen[bytes]

    def lock(self) -> None:
        """Lock the keyring; unlocking it takes a prompt, which nobody answers here."""
        import secretstorage

        with closing(secretstorage.dbus_init()) as connection:
            secretstorage.get_default_collection(connection).lock()

    def freeze(self) -> None:
        """The keyring stops answering."""
        self.keyring.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """The keyring answers again, also what it was asked meanwhile."""
        self.keyring.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """The keyring dies."""
        self.keyring.kill()
        self.keyring.wait()


def start(folder: Path) -> KeyringSession:
    """Start a session bus and an unlocked keyring that keep their files in a folder."""
    runtime = folder / "runtime"
    for path in (folder, runtime):
        path.mkdir(mode=0o700, exist_ok=True)
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime)}
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert bus.stdout
    environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
    keyring = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert keyring.stdin
    assert keyring.stdout
    keyring.stdin.write(b"password")
    keyring.stdin.close()
    keyring.stdout.readline()  # it names its control socket when it is ready
    return KeyringSession(environ, bus, keyring)


def stop(session: KeyringSession) -> None:
    """End both daemons, whatever state they are in."""
    for daemon in (session.keyring, session.bus):
        daemon.kill()
        daemon.wait()
        assert daemon.stdout
        daemon.stdout.close()


@pytest.fixture
def keyring_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringSession]:
    """A private, unlocked gnome-keyring, the one that `keyring` finds in this process."""
    for program in ("dbus-daemon", "gnome-keyring-daemon"):
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    session = start(tmp_path / "session")
    for name in ("PYTHON_KEYRING_BACKEND", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in session.environ.items():
        monkeypatch.setenv(name, value)
    yield session
    stop(session)
