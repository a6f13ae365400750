"""The system's keyring: a real gnome-keyring in every mood, and backends that are not to be trusted."""

from __future__ import annotations

import asyncio
import logging
import threading
import time

import pytest

from k6desk.api.secret import Secret
from k6desk.core import system_keyring
from k6desk.core.system_keyring import KeyringProblem, SystemKeyring
from tests.keyring_session import keyring_session

__all__ = ["keyring_session"]

CANARY = "glc_canary_3f1b9c5d7e"

# When the Secret Service backend raises, it leaves its socket to the garbage collector.
UNCLOSED = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


class Remembering:
    """A keyring that works, in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service, user):
        return self.kept.get((service, user))

    def set_password(self, service, user, password):
        self.kept[service, user] = password

    def delete_password(self, service, user):
        del self.kept[service, user]


class Forgetting(Remembering):
    def set_password(self, service, user, password):
        """Say nothing, keep nothing."""


class Broken(Remembering):
    def set_password(self, service, user, password):
        raise OSError(f"cannot keep {password}")

    def get_password(self, service, user):
        raise SystemExit("backends should not do this, but the thread must survive it")


class Slow(Remembering):
    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def get_password(self, service, user):
        self.let_go.wait(20)
        return super().get_password(service, user)


async def test_a_token_is_kept_read_back_and_removed_by_a_real_keyring(keyring_session):
    keyring = SystemKeyring()
    await keyring.write("api.k6.io-1", Secret(CANARY))
    again = SystemKeyring()
    assert (await again.read("api.k6.io-1")).reveal() == CANARY
    assert await again.read("api.k6.io-2") is None
    await again.remove("api.k6.io-1")
    await again.remove("api.k6.io-1")
    assert await keyring.read("api.k6.io-1") is None
    assert (keyring.state, keyring.sentence) == ("ok", "")


@UNCLOSED
async def test_a_locked_keyring_says_so_and_keeps_what_it_has(keyring_session):
    keyring = SystemKeyring()
    await keyring.write("key", Secret(CANARY))
    keyring_session.lock()
    for ask in (keyring.read("key"), keyring.write("key", Secret("another-token-of-mine")), keyring.remove("key")):
        with pytest.raises(KeyringProblem, match="locked") as caught:
            await ask
        assert caught.value.state == keyring.state == "locked"


async def test_a_frozen_keyring_never_stops_the_loop_and_answers_when_it_thaws(keyring_session, monkeypatch, until):
    monkeypatch.setattr(system_keyring, "PATIENCE_S", 0.1)
    keyring = SystemKeyring()
    await keyring.write("key", Secret(CANARY))
    keyring_session.freeze()
    gaps: list[float] = []
    reading = asyncio.get_running_loop().create_task(keyring.read("key"))
    last = time.perf_counter()
    while keyring.state != "waiting":
        await asyncio.sleep(0.005)
        gaps.append(time.perf_counter() - last)
        last = time.perf_counter()
    assert max(gaps) < 0.09, "the loop stood still with the keyring"
    assert "Waiting" in keyring.sentence
    keyring_session.thaw()
    assert (await reading).reveal() == CANARY
    assert keyring.state == "ok"


@UNCLOSED
async def test_a_keyring_that_died_is_a_problem_with_one_sentence(keyring_session):
    keyring = SystemKeyring()
    await keyring.write("key", Secret(CANARY))
    keyring_session.kill()
    with pytest.raises(KeyringProblem) as caught:
        await keyring.read("key")
    assert caught.value.state in {"error", "locked", "none"}
    assert str(caught.value).count(".") >= 1


@pytest.mark.parametrize("address", [None, "unix:path=/nowhere/bus", "nonsense"])
async def test_without_a_session_bus_there_is_no_keyring(monkeypatch, tmp_path, address):
    for name in ("PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    if address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with pytest.raises(KeyringProblem, match="no keyring") as caught:
        await SystemKeyring().read("key")
    assert caught.value.state == "none"


@pytest.mark.parametrize("name", ["keyring.backends.null.Keyring", "tests.keyring_session.PlaintextKeyring"])
async def test_a_backend_that_is_not_known_to_encrypt_is_named_and_never_used(monkeypatch, name):
    import tests.keyring_session as here

    monkeypatch.setattr(here, "PlaintextKeyring", _plaintext_class(), raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    keyring = SystemKeyring()
    with pytest.raises(KeyringProblem) as caught:
        await keyring.write("key", Secret(CANARY))
    assert caught.value.state == "insecure"
    assert name in str(caught.value)


def _plaintext_class():
    from keyring.backend import KeyringBackend

    class PlaintextKeyring(KeyringBackend):
        priority = 1

        def get_password(self, service, username):
            raise AssertionError("asked for a token")

        def set_password(self, service, username, password):
            raise AssertionError("given a token")

    PlaintextKeyring.__module__ = "tests.keyring_session"
    PlaintextKeyring.__qualname__ = "PlaintextKeyring"
    return PlaintextKeyring


async def test_a_keyring_that_keeps_nothing_is_found_out():
    with pytest.raises(KeyringProblem, match="did not keep it"):
        await SystemKeyring(Forgetting).write("key", Secret(CANARY))


async def test_a_broken_backend_is_an_error_and_the_next_call_is_served(caplog):
    caplog.set_level(logging.DEBUG)
    backends = [Broken(), Broken(), Remembering()]
    keyring = SystemKeyring(lambda: backends.pop(0))
    with pytest.raises(KeyringProblem) as failed:
        await keyring.write("key", Secret(CANARY))
    assert (failed.value.state, failed.value.__cause__, failed.value.__context__) == ("error", None, None)
    assert CANARY not in str(failed.value) + caplog.text
    with pytest.raises(KeyringProblem, match="SystemExit"):
        await keyring.read("key")
    await keyring.write("key", Secret(CANARY))
    assert keyring.state == "ok"


async def test_waiting_can_be_cancelled_and_the_keyring_is_used_again_afterwards(monkeypatch, until):
    monkeypatch.setattr(system_keyring, "PATIENCE_S", 0.02)
    slow = Slow()
    keyring = SystemKeyring(lambda: slow)
    states: list[str] = []
    keyring.state_changed.connect(lambda: states.append(keyring.state))
    first = asyncio.get_running_loop().create_task(keyring.read("key"))
    skipped = asyncio.get_running_loop().create_task(keyring.write("key", Secret("cancelled-before-it-began")))
    await until(lambda: keyring.state == "waiting")
    first.cancel()
    skipped.cancel()
    await asyncio.gather(first, skipped, return_exceptions=True)
    slow.let_go.set()
    assert await keyring.read("key") is None, "a write that was cancelled while it waited its turn is not done"
    assert states == ["waiting", "ok"]


def test_the_thread_does_not_keep_the_program_from_ending():
    keyring = SystemKeyring(Slow)

    async def ask() -> None:
        try:
            await asyncio.wait_for(keyring.read("key"), 0.01)
        except TimeoutError:
            return

    asyncio.run(ask())
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "keyring")


async def test_no_secret_is_shown_by_what_carries_it():
    keyring = SystemKeyring(Remembering)
    await keyring.write("key", Secret(CANARY))
    assert CANARY not in repr(await keyring.read("key")) + repr(vars(keyring))
