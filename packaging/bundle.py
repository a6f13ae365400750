"""The bundle: one folder, or one app on macOS, with the program and all that it needs; of locked packages alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import python_packages
import system_packages
from command_line import say
from python_packages import EXE, ROOT

BUILD = ROOT / "build"
DIST = ROOT / "dist"
VENV = BUILD / "venv"
SPEC = ROOT / "packaging" / "k6desk.spec"

PROGRAMS = ("k6desk", "k6desk-demo")

BLOCK = 4096
"""A file takes whole blocks of the disk."""


def make() -> Path:
    """Make the bundle, run it, and only then put it in the place of the one before."""
    began = time.monotonic()
    prepare()
    python = python_packages.program(VENV, "python")
    subprocess.run([python, ROOT / "packaging" / "icons.py", BUILD / "icons"], check=True)
    if sys.platform == "win32":
        from windows.version_info import write_version_info

        for name in PROGRAMS:
            write_version_info(version(), BUILD / "windows" / f"{name}.txt", name)
    say("collecting the bundle; this takes a minute")
    options = ["--noconfirm", "--log-level", "ERROR", "--workpath", BUILD / "pyinstaller", "--distpath", BUILD / "new"]
    subprocess.run([python, "-m", "PyInstaller", *options, SPEC], check=True, cwd=ROOT)
    made, place = BUILD / "new" / finished().name, finished()
    if sys.platform.startswith("linux"):
        strip(made)
    check(made)
    DIST.mkdir(exist_ok=True)
    if place.exists():
        shutil.rmtree(BUILD / "old", ignore_errors=True)
        place.rename(BUILD / "old")
    made.rename(place)
    say(f"the bundle took {time.monotonic() - began:.0f} seconds.")
    return place


def prepare() -> None:
    """Install what the build needs: the locked packages, and on Linux the libraries that Qt takes from the system."""
    system_packages.install_system_packages(system_packages.missing_for_bundle())
    python_packages.install_python_packages(python_packages.BUILD, VENV)


def strip(folder: Path) -> None:
    """Take from libraries what only a debugger reads, and from Python's own where they lay on this machine."""
    # Those in the folders `*.libs` of wheels were changed by patchelf in a way that strip breaks.
    libraries = [path for path in folder.rglob("*.so*") if path.parent.suffix != ".libs" and not path.is_symlink()]
    subprocess.run(["strip", "--strip-unneeded", *libraries], check=True)
    of_python = [path for path in libraries if path.parent.name == "lib-dynload" or path.name.startswith("libpython")]
    subprocess.run(["patchelf", "--remove-rpath", *of_python], check=True)


def finished() -> Path:
    """Where the bundle lies when it is done."""
    return DIST / ("k6desk.app" if sys.platform == "darwin" else "k6desk")


def executable(folder: Path) -> Path:
    """The program inside a bundle."""
    return folder / ("Contents/MacOS/k6desk" if folder.suffix == ".app" else f"k6desk{EXE}")


def check(folder: Path) -> None:
    """Have a bundle test itself; leaves with its own words if anything is wrong."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([executable(folder), "--self-test"], env=env, capture_output=True, text=True, check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"k6desk: the bundle cannot even test itself (exit code {done.returncode}).\n{done.stderr}")
    if not said["ok"]:
        problems = [f"    {name}: {check['problem']}" for name, check in said["checks"].items() if not check["ok"]]
        sys.exit("\n".join(["k6desk: the bundle does not work.", *problems]))


def installed_size(folder: Path) -> float:
    """What the disk loses to a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(-(-path.stat().st_size // BLOCK) * BLOCK for path in files) / 1e6


def version() -> str:
    """The version of k6desk, read without importing it."""
    match = re.search(r'^__version__ = "(.+)"$', (ROOT / "k6desk" / "__init__.py").read_text("utf-8"), re.MULTILINE)
    assert match
    return match[1]
