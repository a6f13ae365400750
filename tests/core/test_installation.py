"""How this copy came here, as its bundle says."""

from __future__ import annotations

import sys

import pytest

from k6desk.core import installation


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    """A program that was bundled, on Linux."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "k6desk"))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("APPIMAGE", raising=False)
    return tmp_path


def test_a_checkout_is_its_source():
    assert installation.kind() == "source"


@pytest.mark.parametrize(
    ("word", "kind"),
    [("deb\n", "deb"), ("rpm", "rpm"), (None, "portable"), ("something else", "portable"), (b"\xff", "portable")],
)
def test_the_packager_says_it_in_a_word(bundle, word, kind):
    if word is not None:
        (bundle / "installed-by").write_bytes(word if isinstance(word, bytes) else word.encode())
    assert installation.kind() == kind


@pytest.mark.parametrize(("system", "kind"), [("win32", "windows"), ("darwin", "macos")])
def test_without_a_word_the_system_says_it(bundle, monkeypatch, system, kind):
    monkeypatch.setattr(sys, "platform", system)
    assert installation.kind() == kind


def test_an_appimage_knows_itself(bundle, monkeypatch):
    monkeypatch.setenv("APPIMAGE", "/home/me/k6desk.AppImage")
    monkeypatch.setenv("APPDIR", str(bundle))
    assert installation.kind() == "appimage"


def test_what_an_appimage_has_started_is_none_itself(bundle, monkeypatch):
    monkeypatch.setenv("APPIMAGE", "/home/me/terminal.AppImage")
    monkeypatch.setenv("APPDIR", "/tmp/.mount_terminal")
    assert installation.kind() == "portable"
    (bundle / "installed-by").write_text("deb")
    assert installation.kind() == "deb"
