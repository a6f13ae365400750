#!/usr/bin/env python3
"""Look whether what was built is as Linux systems want it: `python3 packaging/linux/lint.py`, after a build."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILES = HERE / "files"
DIST = HERE.parents[1] / "dist"
KNOWN = 12
"""The version of Debian; a newer one will do, a testing one has none."""

NOT_LOOKED_AT = ("--dont-check-part", "binaries/spelling")
"""How others spell inside of their libraries: it finds no errors or warnings, and takes a quarter of the time."""


def main(folder: Path) -> None:
    """Ask every program, and leave with what those said that found something in the packages of a folder."""
    with ThreadPoolExecutor() as pool:
        complaints = list(filter(None, pool.map(complaint, commands(folder))))
    if complaints:
        sys.exit("\n\n".join(complaints))
    print("k6desk: the packages for Linux are as Linux systems want them.")


def why_not() -> str:
    """Why not to look at packages on this system; nothing if its programs judge as those that they are made for."""
    system = platform.freedesktop_os_release()
    if system["ID"] == "debian" and int(system.get("VERSION_ID", KNOWN)) >= KNOWN:
        return ""
    return f"what lintian and rpmlint say on {system['NAME']} is not known, and what they say on Debian {KNOWN} is"


def commands(folder: Path) -> list[list[str]]:
    """Which programs look at what."""
    root = ["--allow-root"] if os.geteuid() == 0 else []
    return [
        ["desktop-file-validate", *found(FILES, "*.desktop")],
        ["appstreamcli", "validate", "--no-net", "--explain", *found(FILES, "*.metainfo.xml")],
        ["sh", "-n", str(FILES / "menu-entry")],
        ["lintian", "--fail-on", "error,warning", *NOT_LOOKED_AT, *root, *found(folder, "*.deb")],
        ["rpmlint", "--config", str(HERE / "rpmlint.toml"), *found(folder, "*.rpm")],
    ]


def found(folder: Path, pattern: str) -> list[str]:
    """The files to look at; leaves with one sentence if there are none."""
    if not (paths := sorted(map(str, folder.glob(pattern)))):
        sys.exit(f"k6desk: there is no {pattern} in {folder}: run packaging/build.py linux first.")
    return paths


def complaint(command: list[str]) -> str:
    """What a program has said if it found something, else nothing."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f"{' '.join(command)}\n{done.stdout}{done.stderr}" if done.returncode else ""


if __name__ == "__main__":
    main(DIST)
