#!/usr/bin/env python3
"""Build k6desk as a program that people install: no Python is needed where it goes.

    python3 packaging/build.py bundle    dist/k6desk, on any system; for this system alone
    python3 packaging/build.py linux     the same as .tar.xz, .deb, .rpm and the folder of an AppImage; on Debian 12
    python3 packaging/build.py windows   the same with an installer, where makensis is; signed with credentials
    python3 packaging/build.py macos     k6desk.app in a disk image; signed and notarised with credentials

Every bundle is run before it counts as built. What the machine lacks is installed as packaging/dev.py does it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import dev

ROOT = dev.ROOT
BUILD = ROOT / "build"
DIST = ROOT / "dist"
VENV = BUILD / "venv"
LOCK = ROOT / "packaging" / "requirements-build.txt"
SPEC = ROOT / "packaging" / "k6desk.spec"

PROGRAMS = ("k6desk", "k6desk-demo")

MOST_INSTALLED = 210
MOST_TO_DOWNLOAD = 60
"""In megabytes, as are all sizes here."""

BLOCK = 4096
"""A file takes whole blocks of the disk."""


class Result(NamedTuple):
    """One line of the table at the end."""

    name: str
    size: float
    limit: float

    def __str__(self) -> str:
        too_much = "  too large" if self.size > self.limit else ""
        return f"{self.name:40} {self.size:7.1f} MB  of {self.limit} MB{too_much}"


def main(argv: list[str]) -> int:
    """Build what argv names; the result is the exit code."""
    dev.check_python(sys.version_info[:2])
    tasks = {"bundle": bundle, "linux": linux, "windows": windows, "macos": macos}
    if len(argv) != 1 or argv[0] not in tasks:
        print(__doc__)
        return 0 if argv in (["-h"], ["--help"]) else 2
    try:
        return tasks[argv[0]]()
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        sys.exit(f"k6desk: {Path(error.cmd[0]).name} could not do its part (exit code {error.returncode}); see above.")


def bundle() -> int:
    """Make the bundle and nothing around it."""
    return tell([make_bundle()])


def linux() -> int:
    """Make every package for Linux, and look whether they are as Linux systems want them."""
    if why_not := dev.why_no_packages():
        sys.exit(f"k6desk: packages for Linux cannot be built here: {why_not}.")
    dev.install_system_packages(dev.missing_packaging_programs())
    from linux import lint, packages

    exit_code = tell([make_bundle(), *wrap(packages.make)])
    if why_not := lint.why_not():
        dev.say(f"nobody has looked at the packages: {why_not}.")
    else:
        lint.main()
    return exit_code


def windows() -> int:
    """Make the installer for Windows."""
    from windows import installer

    return tell([make_bundle(), *wrap(installer.make)])


def macos() -> int:
    """Make the disk image for macOS."""
    from macos import disk_image

    return tell([make_bundle(), *wrap(disk_image.make)])


def tell(results: list[Result]) -> int:
    """Print the table; the exit code says whether anything is too large."""
    print(*results, sep="\n", flush=True)
    return 1 if any(result.size > result.limit for result in results) else 0


def make_bundle() -> Result:
    """Make the bundle, run it, and only then put it in the place of the one before."""
    began = time.monotonic()
    prepare()
    python = VENV / dev.PYTHON.relative_to(dev.VENV)
    subprocess.run([python, ROOT / "packaging" / "icons.py", BUILD / "icons"], check=True)
    if sys.platform == "win32":
        from windows.version_info import write_version_info

        for name in PROGRAMS:
            write_version_info(version(), BUILD / "windows" / f"{name}.txt", name)
    dev.say("collecting the bundle; this takes a minute")
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
    dev.say(f"the bundle took {time.monotonic() - began:.0f} seconds.")
    return Result(place.name, installed_size(place), MOST_INSTALLED)


def prepare() -> None:
    """Install what the build needs: the locked packages, and on Linux the libraries that Qt takes from the system."""
    if sys.platform.startswith("linux"):
        libraries = {**dev.QT_LIBRARIES, **dev.X11_LIBRARIES, **dev.WAYLAND_LIBRARIES}
        missing = {name: packages for name, packages in libraries.items() if not dev.can_load(name)}
        programs = {name: dev.PACKAGING_PROGRAMS[name] for name in ("patchelf", "strip") if not shutil.which(name)}
        dev.install_system_packages({**missing, **programs})
    dev.install_python_packages(LOCK, VENV)


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


def program(folder: Path) -> Path:
    """The program inside a bundle."""
    return folder / ("Contents/MacOS/k6desk" if folder.suffix == ".app" else f"k6desk{dev.EXE}")


def check(folder: Path) -> None:
    """Have a bundle test itself; leaves with its own words if anything is wrong."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([program(folder), "--self-test"], env=env, capture_output=True, text=True, check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"k6desk: the bundle cannot even test itself (exit code {done.returncode}).\n{done.stderr}")
    if not said["ok"]:
        problems = [f"    {name}: {check['problem']}" for name, check in said["checks"].items() if not check["ok"]]
        sys.exit("\n".join(["k6desk: the bundle does not work.", *problems]))


def wrap(make: Callable[[Path, str, Path], list[Path]]) -> list[Result]:
    """Make files to download around the bundle, and list their checksums."""
    began = time.monotonic()
    made = [path for path in make(finished(), version(), DIST) if path.is_file()]
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made)
    (DIST / "SHA256SUMS").write_text(sums, "utf-8")
    dev.say(f"what is around the bundle took {time.monotonic() - began:.0f} seconds.")
    return [Result(path.name, path.stat().st_size / 1e6, MOST_TO_DOWNLOAD) for path in made]


def installed_size(folder: Path) -> float:
    """What the disk loses to a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(-(-path.stat().st_size // BLOCK) * BLOCK for path in files) / 1e6


def version() -> str:
    """The version of k6desk, read without importing it."""
    match = re.search(r'^__version__ = "(.+)"$', (ROOT / "k6desk" / "__init__.py").read_text("utf-8"), re.MULTILINE)
    assert match
    return match[1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
