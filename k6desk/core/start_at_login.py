"""Whether k6desk starts when the user logs in: what is true is in the system's own place for it, and nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path

from k6desk.core import installation
from k6desk.core.login_entries import DesktopFile, Entry, LaunchAgent, RunValue


def is_on() -> bool:
    """Whether the system starts k6desk at login; `OSError` when it cannot be read."""
    return _entry().is_on()


def switch(on: bool) -> None:
    """Start this copy of k6desk at login from now on, or none; `OSError` when the system does not let us."""
    if on:
        _entry().write(command())
    else:
        _entry().remove()


def renew() -> None:
    """Write the entry anew when its program is gone, as it is after the folder with this copy was moved.

    An entry of another copy, which is still there, is left alone. Raises `OSError`.
    """
    entry = _entry()
    program = entry.program() if entry.is_on() else None
    if program and not Path(program).exists():
        entry.write(command())


def command() -> list[str]:
    """What starts this copy of k6desk with its window minimised: a program and its arguments."""
    return [*installation.command(), "--minimized"]


def _entry() -> Entry:
    if sys.platform == "win32":
        return RunValue()
    return LaunchAgent() if sys.platform == "darwin" else DesktopFile()
