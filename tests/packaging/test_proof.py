"""packaging/linux/proof.py judges pictures that it reads from the virtual screen itself, and what a removal leaves."""

from __future__ import annotations

import importlib
import struct
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

LINUX = Path(__file__).parents[2] / "packaging" / "linux"
HEADER = 25 * 4 + 4  # the last four bytes are the name of the window
COLOURS = 2


@pytest.fixture
def load(monkeypatch):
    monkeypatch.syspath_prepend(LINUX)
    return importlib.import_module


def dump(width: int, height: int, padding: int, pixels: list[tuple[int, int, int]]) -> bytes:
    """An X window dump with unused bytes after each line."""
    fields = [0] * 25
    fields[0], fields[4], fields[5], fields[11] = HEADER, width, height, 32
    fields[12], fields[19] = width * 4 + padding, COLOURS
    rows = [pixels[at : at + width] for at in range(0, len(pixels), width)]
    lines = [b"".join(bytes((b, g, r, 0xAA)) for r, g, b in row) + b"\xee" * padding for row in rows]
    return struct.pack(">25I", *fields) + b"\0" * 4 + b"\xdd" * 12 * COLOURS + b"".join(lines)


@pytest.mark.parametrize("padding", [0, 8])
def test_what_is_on_the_screen_is_what_the_picture_shows(load, padding):
    screen = load("proof_screen")
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (1, 2, 3), (250, 251, 252), (9, 8, 7)]
    picture = QImage.fromData(screen.png(*screen.pixels(dump(3, 2, padding, colours))))
    assert (picture.width(), picture.height()) == (3, 2)
    shown = [picture.pixelColor(x, y).getRgb()[:3] for y in range(2) for x in range(3)]
    assert shown == colours


def test_an_empty_screen_proves_nothing(load, tmp_path):
    screen = load("proof_screen")
    (tmp_path / "screen").write_bytes(dump(4, 4, 0, [(0, 0, 0)] * 16))
    with pytest.raises(screen.Failed, match="as good as empty"):
        screen.Screen(":0", tmp_path / "screen", tmp_path).photograph(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="a merged /usr is made of symbolic links")
def test_files_of_packages_are_known_by_the_names_that_they_have_in_a_merged_usr(load, tmp_path):
    root = load("proof_root").Root(tmp_path, tmp_path)
    (tmp_path / "usr" / "bin").mkdir(parents=True)
    (tmp_path / "bin").symlink_to("usr/bin")
    (tmp_path / "var/lib/dpkg/info").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/info/dash.list").write_text("/.\n/bin\n/bin/sh\n/usr/share/doc\n")
    assert {"usr/bin/sh", "usr/share/doc", "usr/bin"} <= root.owned()


@pytest.mark.parametrize(
    ("name", "may_stay"),
    [
        ("home/tester/.local/share/k6desk/accounts.toml", True),
        ("home/tester/.runtime/k6desk/1.lock", True),
        ("home/tester/.config/autostart/io.github.k6desk.k6desk.desktop", False),
        ("opt/k6desk", False),
        ("etc/k6desk.conf", False),
        ("usr/share/applications/io.github.k6desk.k6desk.desktop", False),
    ],
)
def test_only_what_is_the_users_may_stay(load, name, may_stay):
    removal = load("proof_removal")
    assert any(removal.fits(name, globs) for globs in removal.MAY_STAY.values()) is may_stay
