"""How this copy of k6desk came to this computer: from a package, an installer, an archive, or its source."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["deb", "rpm", "portable", "appimage", "windows", "macos", "source"]

ID = "io.github.k6desk.k6desk"
"""What desktops know this program by."""

PACKAGED = "/usr/bin/k6desk"

MARK = "installed-by"
"""The file next to the program in which a packager says its kind in one word."""


def kind() -> Kind:
    """How this copy was installed; `portable` for a bundle on Linux of which no packager says anything."""
    if not getattr(sys, "frozen", False):
        return "source"
    try:
        word = Path(sys.executable).with_name(MARK).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        word = ""
    for known in get_args(Kind):
        if word == known:
            return known  # type: ignore[no-any-return]
    # The AppImage runtime names its own file there; a program that was started from an AppImage has inherited it.
    folder = os.environ.get("APPDIR")
    if os.environ.get("APPIMAGE") and folder and Path(sys.executable).is_relative_to(folder):
        return "appimage"
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "portable")  # type: ignore[return-value]


def command() -> list[str]:
    """What starts this copy of k6desk, also at another time: a program, and arguments for the source."""
    match kind():
        case "source":
            return [sys.executable, "-m", "k6desk"]
        case "deb" | "rpm":
            return [PACKAGED]
        case "appimage":
            return [os.environ["APPIMAGE"]]  # what runs of it is mounted for this start alone
    return [sys.executable]
