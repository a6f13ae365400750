"""How the scripts beside this file begin, speak and end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

OLDEST_PYTHON = (3, 11)


def check_python(version: tuple[int, int]) -> None:
    """Leave with one sentence if this Python is too old for k6desk."""
    if version < OLDEST_PYTHON:
        have, need = (".".join(map(str, v)) for v in (version, OLDEST_PYTHON))
        sys.exit(f"k6desk needs Python {need} or newer, and this is {have}: run this file with a newer python3.")


def say(message: str) -> None:
    """Tell the user what happens now, in order with the output of the programs that are run."""
    print(f"k6desk: {message}", flush=True)


def run(task: Callable[[], int]) -> int:
    """Do a task and give its exit code; leaves with one sentence if a program that the task needs has failed."""
    try:
        return task()
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        sys.exit(f"k6desk: {Path(error.cmd[0]).name} could not do its part (exit code {error.returncode}); see above.")
