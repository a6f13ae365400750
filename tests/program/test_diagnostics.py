"""What "Copy diagnostics" tells, and what it must never tell."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from k6desk.core import system_keyring
from k6desk.core.system_keyring import KeyringProblem
from k6desk.program import diagnostics, log

CANARY = "canary"


@pytest.fixture
def profile(tmp_path, monkeypatch):
    """The profile of somebody at home, whose log goes where `diagnostics` reads it."""
    home = tmp_path / "anna"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in log.LOUD}
    log.start(home / "profile")
    yield home / "profile"
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for name, former in levels.items():
        logging.getLogger(name).setLevel(former)


def test_nothing_secret_or_personal_is_told(profile, monkeypatch):
    for name in diagnostics.SETTINGS:
        if not name.startswith("QT_"):
            monkeypatch.setenv(name, f"https://{CANARY}:{CANARY}@proxy.example.com")
    monkeypatch.setenv("TZ", CANARY)
    account = profile / "accounts" / f"api.k6.io-{CANARY}"
    account.mkdir(parents=True)
    (account / "cache.db").write_bytes(b"1" * 2048)
    (profile / "accounts.toml").write_text(f'name = "{CANARY}"\nstack_url = "https://{CANARY}.grafana.net"\n')
    logger = logging.getLogger("somebody")
    logger.warning("The token: %s-0123456789abcdef was refused by https://%s.grafana.net/x", CANARY, CANARY)
    try:
        (account / "gone.db").read_bytes()
    except OSError:
        logger.exception("%s cannot be read", account / "gone.db")
    told = log.diagnostics()
    assert CANARY not in told.lower()
    assert "anna" not in told
    assert "~/profile/accounts/***/gone.db" in told
    assert "https://***.grafana.net/x" in told
    assert "Files of account 1: cache.db 2.0 KiB" in told
    assert "HTTPS_PROXY" in told


def test_it_tells_how_the_program_is_set_up(profile, monkeypatch):
    for name in diagnostics.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy:3128")
    monkeypatch.setenv("QT_SCALE_FACTOR", "2")
    told = log.diagnostics()
    assert "installed by: source" in told
    assert "Set in the environment: HTTPS_PROXY, QT_SCALE_FACTOR\n" in told
    assert "Qt platform: offscreen, theme: " in told
    assert "Screens: 800x800 at 1" in told
    assert "Accounts: 0" in told


def test_it_names_the_keyring_that_was_found_without_asking_it(monkeypatch):
    def find():
        raise KeyringProblem("none", "There is no keyring.")

    monkeypatch.setattr(system_keyring, "_in_use", "not asked yet")
    assert "Keyring: not asked yet" in log.diagnostics()
    monkeypatch.setattr(system_keyring, "_secure_backend", find)
    with pytest.raises(KeyringProblem):
        system_keyring.secure_backend()
    assert "Keyring: There is no keyring." in log.diagnostics()
    monkeypatch.setattr(system_keyring, "_secure_backend", object)
    system_keyring.secure_backend()
    assert "Keyring: builtins.object" in log.diagnostics()


@pytest.mark.parametrize(
    ("home", "text", "told"),
    [
        ("/home/ann", "/home/ann/x '/home/ann' /home/anna/y", "~/x '~' /home/anna/y"),
        ("/", "/usr/lib", "/usr/lib"),
    ],
)
def test_only_the_home_folder_itself_is_shortened(monkeypatch, home, text, told):
    monkeypatch.setattr(Path, "home", lambda: Path(home))
    assert diagnostics.without_names(text) == told
