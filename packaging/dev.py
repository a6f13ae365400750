#!/usr/bin/env python3
"""Set k6desk up on any machine that has Python, then run it, its tests or its benches.

    python3 packaging/dev.py demo [ARGS...]   k6desk on the demo cloud: no account needed
    python3 packaging/dev.py test [ARGS...]   every check; with ARGS only pytest, with these ARGS
    python3 packaging/dev.py bench [ARGS...]  k6desk measured against others; --help names the benches

What the machine lacks is installed first: system libraries when run as root (otherwise the line to run is printed),
then the locked Python packages into .venv. The next start finds all of it there and goes straight on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from command_line import check_python, run, say
from python_packages import ROOT, RUNTIME, TEST, VENV, install_python_packages, program
from system_packages import (
    install_system_packages,
    missing_for_packaging,
    missing_for_qt,
    missing_for_tests,
    why_no_packages,
)

PYTHON = program(VENV, "python")
PYTEST = [PYTHON, "-m", "pytest"]
SAME_EXAMPLES = "--hypothesis-profile=ci"
"""A change is judged by what it changes: each run of all checks makes the same examples. Other runs seek new ones."""

LANES: tuple[dict[str, list[str | Path]], ...] = (
    {
        "ruff check": [PYTHON, "-m", "ruff", "check"],
        "ruff format": [PYTHON, "-m", "ruff", "format", "--check"],
        "mypy": [PYTHON, "-m", "mypy"],
        "lint-imports": [program(VENV, "lint-imports")],
        "pytest": [*PYTEST, SAME_EXAMPLES, "--ignore=tests/ui"],
    },
    {
        "pytest tests/ui": [*PYTEST, SAME_EXAMPLES, "tests/ui"],
        "packages": [sys.executable, ROOT / "packaging" / "build.py", "rehearse"],
    },
)
"""Two processors do these side by side, for about as long; what the second lane says is printed last."""


def main(argv: list[str]) -> int:
    """Run the task named first in argv; the result is the exit code."""
    check_python(sys.version_info[:2])
    tasks = {"demo": demo, "test": test, "bench": bench}
    task, *arguments = argv or [""]
    if task not in tasks:
        print(__doc__)
        return 0 if task in ("-h", "--help") else 2
    return run(lambda: tasks[task](arguments, dict(os.environ)))


def demo(arguments: list[str], env: dict[str, str]) -> int:
    """Open k6desk on the demo cloud, or, where there is no display, save a picture of it."""
    install_system_packages(missing_for_qt(env))
    install_python_packages(RUNTIME, VENV)
    if is_headless(env):
        env["QT_QPA_PLATFORM"] = "offscreen"
        picture, arguments = split_screenshot(arguments)
        say(f"there is no display here, so the window is drawn into {picture} instead.")
        arguments = [*arguments, "--screenshot", picture]
    return subprocess.run([PYTHON, "-m", "k6desk", "--demo", *arguments], env=env, check=False).returncode


def test(arguments: list[str], env: dict[str, str]) -> int:
    """Run every check to its end and name those that failed; with arguments, pytest alone."""
    no_packages = why_no_packages()
    missing = {**missing_for_qt(env, x11=True), **missing_for_tests()}
    if not (arguments or no_packages):
        missing |= missing_for_packaging()
    install_system_packages(missing)
    install_python_packages(TEST, VENV)
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    if arguments:
        return subprocess.run([*PYTEST, *arguments], env=env, cwd=ROOT, check=False).returncode
    first, second = ({n: c for n, c in lane.items() if n != "packages" or not no_packages} for lane in LANES)
    with TemporaryFile() as said, ThreadPoolExecutor() as pool:
        beside = pool.submit(failing, second, env, said)
        failed = [*failing(first, env), *beside.result()]
        said.seek(0)
        shutil.copyfileobj(said, sys.stdout.buffer)
        sys.stdout.flush()
    if no_packages:
        say(f"packages were not built: {no_packages}.")
    say(f"failed: {', '.join(failed)}." if failed else "everything passed.")
    return 1 if failed else 0


def failing(checks: Mapping[str, list[str | Path]], env: Mapping[str, str], said: IO[bytes] | None = None) -> list[str]:
    """Run checks one after the other to their ends, and name those that failed; a file may take what they say."""
    failed = []
    for name, command in checks.items():
        if said:
            said.write(f"k6desk: {name}\n".encode())
            said.flush()
        else:
            say(name)
        if subprocess.run(command, env=env, cwd=ROOT, check=False, stdout=said, stderr=said).returncode:
            failed.append(name)
    return failed


def bench(arguments: list[str], env: dict[str, str]) -> int:
    """Run the benches that are named, or all; what a bench lacks beyond what k6desk needs, its row tells."""
    install_system_packages(missing_for_qt(env))
    install_python_packages(RUNTIME, VENV)
    return subprocess.run([PYTHON, ROOT / "tests" / "bench", *arguments], env=env, check=False).returncode


def is_headless(env: Mapping[str, str]) -> bool:
    """Whether a window could not be seen: Linux, no display, and no other Qt platform asked for."""
    if not sys.platform.startswith("linux") or env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        return False
    return env.get("QT_QPA_PLATFORM", "offscreen") == "offscreen"


def split_screenshot(arguments: list[str]) -> tuple[str, list[str]]:
    """The picture asked for, or its usual name, and the other arguments."""
    parser = argparse.ArgumentParser(prog="k6desk", add_help=False, allow_abbrev=False)
    parser.add_argument("--screenshot", metavar="FILE", default="k6desk-demo.png")
    known, others = parser.parse_known_args(arguments)
    return known.screenshot, others


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
