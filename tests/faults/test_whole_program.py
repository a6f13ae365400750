"""The program itself opens on broken files and shows a window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from k6desk.core.accounts import Account, Accounts
from k6desk.core.system_keyring import SystemKeyring

ROOT = Path(__file__).parents[2]
LOGIN = {
    "K6_CLOUD_TOKEN": "canary0123456789token",
    "K6_CLOUD_STACK_ID": "42",
    "K6_CLOUD_STACK_URL": "https://team.grafana.net",
    "K6_CLOUD_HOST_V6": "http://127.0.0.1:9",  # nobody is there
}
ACCOUNT = Account.of("http://127.0.0.1:9", "https://team.grafana.net", 42)


@pytest.mark.parametrize(
    "broken",
    [
        {"cache.db": b"<html>" * 5000, "library.db": bytes(50_000)},
        {"settings.toml": b"theme = [", "window.ini": bytes(3000), "cache.db": b""},
        {"accounts.toml": b"\xff\xfe[[account"},
        {},
    ],
    ids=["databases", "settings", "accounts", "a profile that is a file"],
)
def test_it_opens_and_ends_in_order(tmp_path, broken):
    profile = tmp_path / "profile"
    if broken:
        Accounts(profile / "accounts.toml", SystemKeyring(), lambda *_: None).keep_for_session(ACCOUNT)
    else:
        profile.write_text("no folder")
    folder = profile / "accounts" / ACCOUNT.key
    for name, content in broken.items():
        path = (folder if name.endswith(".db") else profile) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    picture = tmp_path / "picture.png"
    done = subprocess.run(
        [sys.executable, "-m", "k6desk", f"--profile={profile}", f"--screenshot={picture}"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"} | LOGIN,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    for name, content in broken.items():
        if content and name != "window.ini":
            kept = [path for path in profile.rglob(f"{name}.*") if path.read_bytes() == content]
            assert kept, f"{name} is not kept aside"
