#!/usr/bin/env python3
"""Build k6desk as a program that people install: no Python is needed where it goes.

    python3 packaging/build.py bundle    dist/k6desk, on any system; for this system alone
    python3 packaging/build.py linux     the same as .tar.xz, .deb, .rpm and the folder of an AppImage; on Debian 12
    python3 packaging/build.py rehearse  the same, hardly compressed, in build/rehearsal: for packaging/dev.py test
    python3 packaging/build.py windows   the same with an installer, where makensis is; signed with credentials
    python3 packaging/build.py macos     k6desk.app in a disk image; signed and notarised with credentials

Every bundle is run before it counts as built. What the machine lacks is installed as packaging/dev.py does it.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import bundle
import system_packages
from bundle import BUILD, DIST
from command_line import check_python, run, say

REHEARSAL = BUILD / "rehearsal"

MOST_INSTALLED = 210
MOST_TO_DOWNLOAD = 60
"""In megabytes, as are all sizes here."""


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
    check_python(sys.version_info[:2])
    tasks = {"bundle": bundle_alone, "linux": linux, "rehearse": rehearse, "windows": windows, "macos": macos}
    if len(argv) != 1 or argv[0] not in tasks:
        print(__doc__)
        return 0 if argv in (["-h"], ["--help"]) else 2
    return run(tasks[argv[0]])


def bundle_alone() -> int:
    """Make the bundle and nothing around it."""
    return tell([make_bundle()])


def linux() -> int:
    """Make every package for Linux, and look whether they are as Linux systems want them."""
    have_packaging_programs()
    from linux import packages

    exit_code = tell([make_bundle(), *wrap(packages.make)])
    look_at(DIST)
    return exit_code


def rehearse() -> int:
    """Make and look at the same packages in a fraction of the time: hardly compressed, for nobody installs them."""
    have_packaging_programs()
    from linux import packages

    exit_code = tell([make_bundle()])
    packages.make(bundle.finished(), bundle.version(), REHEARSAL, level=packages.QUICK)
    look_at(REHEARSAL)
    return exit_code


def windows() -> int:
    """Make the installer for Windows."""
    from windows import installer

    return tell([make_bundle(), *wrap(installer.make)])


def macos() -> int:
    """Make the disk image for macOS."""
    from macos import disk_image

    return tell([make_bundle(), *wrap(disk_image.make)])


def make_bundle() -> Result:
    """Make the bundle, and measure it."""
    place = bundle.make()
    return Result(place.name, bundle.installed_size(place), MOST_INSTALLED)


def tell(results: list[Result]) -> int:
    """Print the table; the exit code says whether anything is too large."""
    print(*results, sep="\n", flush=True)
    return 1 if any(result.size > result.limit for result in results) else 0


def have_packaging_programs() -> None:
    """Install what packages for Linux take; leaves with one sentence where they cannot be built."""
    if why_not := system_packages.why_no_packages():
        sys.exit(f"k6desk: packages for Linux cannot be built here: {why_not}.")
    system_packages.install_system_packages(system_packages.missing_for_packaging())


def look_at(folder: Path) -> None:
    """Have the packages in a folder judged; leaves with what was found, if anything."""
    from linux import lint

    if why_not := lint.why_not():
        say(f"nobody has looked at the packages: {why_not}.")
    else:
        lint.main(folder)


def wrap(make: Callable[[Path, str, Path], list[Path]]) -> list[Result]:
    """Make files to download around the bundle, and list their checksums."""
    began = time.monotonic()
    made = [path for path in make(bundle.finished(), bundle.version(), DIST) if path.is_file()]
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in made)
    (DIST / "SHA256SUMS").write_text(sums, "utf-8")
    say(f"what is around the bundle took {time.monotonic() - began:.0f} seconds.")
    return [Result(path.name, path.stat().st_size / 1e6, MOST_TO_DOWNLOAD) for path in made]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
