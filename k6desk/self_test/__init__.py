"""`k6desk --self-test`: does this copy of the program have all it needs? Says so in one JSON object on stdout.

A bundle that was built without an error may still lack a library, a plugin or a file that is first needed when
somebody uses it. So every part that is loaded late is used here, in the way in which the program uses it.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module
from time import perf_counter
from typing import Any

from k6desk import __version__
from k6desk.core import installation
from k6desk.self_test.problem import Problem

Check = Callable[[], dict[str, Any]]
"""Gives facts; raises `Problem`, or whatever the part that does not work raises."""

CHECKS = {
    "imports": "bundle",
    "licences": "bundle",
    "window": "window",
    "resources": "window",
    "chart": "window",
    "database": "files",
    "demo": "network",
    "tls": "network",
    "notifications": "bundle",
    "keyring": "keys",
    "secret": "keys",
}
"""The module that has the function `check_…` of each."""

LIMIT_S = 15.0
"""A check that takes longer ends the self-test, and the program with it."""


def run(with_secret: bool) -> int:
    """Check everything, `with_secret` also that the keyring keeps what it is given. The exit status: 0 if all is well.

    Without a display it draws into memory.
    """
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # any other would end the program here
    verdict = Verdict()
    for name in CHECKS:
        if name != "secret" or with_secret:
            verdict.judge(name, partial(_check, name))
    return verdict.say()


def _check(name: str) -> dict[str, Any]:
    module = import_module(f"k6desk.self_test.{CHECKS[name]}")  # what it imports itself may be missing, too
    facts: dict[str, Any] = getattr(module, f"check_{name}")()
    return facts


class Verdict:
    """What the checks found so far."""

    def __init__(self) -> None:
        self._checks: dict[str, dict[str, Any]] = {}

    def judge(self, name: str, check: Check, limit_s: float = LIMIT_S) -> None:
        """Make one check, or end the program with a verdict when it hangs."""
        watch = threading.Timer(limit_s, self._give_up, (name, limit_s))
        watch.daemon = True
        watch.start()
        begun = perf_counter()
        try:
            found = {"ok": True, **check()}
        except Problem as problem:
            found = {"ok": False, "problem": str(problem)}
        except Exception as error:  # noqa: BLE001 - whatever a broken bundle raises is what we are here for
            found = {"ok": False, "problem": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
        watch.cancel()
        self._checks[name] = {**found, "seconds": round(perf_counter() - begun, 2)}

    def say(self) -> int:
        """Print the verdict; the exit status."""
        is_ok = all(found["ok"] for found in self._checks.values())
        window = self._checks.get("window", {})
        verdict = {
            "ok": is_ok,
            "version": __version__,
            "installed": installation.kind(),
            "python": platform.python_version(),
            "qt": window.get("qt"),
            "platform": window.get("platform"),
            "checks": self._checks,
        }
        answer = json.dumps(verdict, indent=2)
        if sys.stdout:  # None for a program without a console on Windows, unless its output goes to a file
            sys.stdout.write(answer + "\n")
            sys.stdout.flush()
        return 0 if is_ok else 1

    def _give_up(self, name: str, limit_s: float) -> None:
        self._checks[name] = {"ok": False, "problem": f"It did not end within {limit_s:g} s.", "seconds": limit_s}
        os._exit(self.say())
