"""What is opened in other programs, and what those have of this one."""

from __future__ import annotations

import os

import pytest

from k6desk.ui import outside
from k6desk.ui.outside import keep_files_private, open_outside


def umask() -> int:
    now = os.umask(0o077)
    os.umask(now)
    return now


@pytest.fixture
def opened(monkeypatch):
    """The addresses that were opened, and what a program that is started for them would have as its umask."""
    opened = []
    monkeypatch.setattr(
        "k6desk.ui.outside.QDesktopServices.openUrl", lambda url: opened.append((url.toString(), umask()))
    )
    return opened


@pytest.fixture(autouse=True)
def _users(monkeypatch):
    monkeypatch.setattr(outside, "_users", None)
    before = os.umask(0o027)
    yield
    os.umask(before)


def test_a_browser_writes_its_downloads_as_the_user_has_it(opened):
    keep_files_private()
    open_outside("https://grafana.com/docs")
    assert opened == [("https://grafana.com/docs", 0o027)]
    assert umask() == 0o077, "the program's own files stay private"


def test_what_cannot_be_opened_changes_nothing(monkeypatch):
    def fail(_url) -> None:
        raise RuntimeError

    monkeypatch.setattr("k6desk.ui.outside.QDesktopServices.openUrl", fail)
    keep_files_private()
    with pytest.raises(RuntimeError):
        open_outside("https://grafana.com")
    assert umask() == 0o077


def test_a_folder_is_named_as_it_is(opened, tmp_path):
    open_outside(tmp_path / "50 % #1?")
    [(address, _)] = opened
    assert address == f"file://{tmp_path}/50 %25 %231%3F"
