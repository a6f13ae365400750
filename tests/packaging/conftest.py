"""Machines that lack almost everything, for the scripts that prepare them."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ("command_line", "dev", "python_packages", "system_packages")
OURS = {path.stem for path in (ROOT / "packaging").rglob("*") if path.is_dir() or path.suffix == ".py"}


class Machine:
    """A pretended Linux: which programs and libraries it has, and what was run on it."""

    def __init__(self, python_packages, system_packages) -> None:
        self.venv = python_packages.VENV
        self.python = python_packages.program(self.venv, "python")
        self.root = python_packages.ROOT
        self.programs = {"apt-get", *system_packages.TEST_PROGRAMS, *system_packages.PACKAGING_PROGRAMS}
        self.missing_libraries: set[str] = set()
        self.user_id = 1000
        self.failing: set[str] = set()
        self.commands: list[str] = []
        self.environments: list[dict[str, str]] = []

    def which(self, program: str) -> str | None:
        return program if program in self.programs else None

    def run(self, command, *, check: bool, env=None, stdout=None, **_options) -> subprocess.CompletedProcess[bytes]:
        line = " ".join(str(word) for word in command).replace(str(self.venv), ".venv")
        self.commands.append(line)
        self.environments.append(env)
        if "venv --clear" in line or "uv venv" in line:
            self.python.parent.mkdir(parents=True, exist_ok=True)
            self.python.touch()
            (self.venv / "k6desk.stamp").unlink(missing_ok=True)
        code = int(any(word in line for word in self.failing))
        if check and code:
            raise subprocess.CalledProcessError(code, command)
        if hasattr(stdout, "write"):
            stdout.write(b"said by a check\n")
        return subprocess.CompletedProcess(command, code)

    def did(self, words: str) -> bool:
        return any(words in line for line in self.commands)


@pytest.fixture(autouse=True)
def _nothing_stays_imported():
    """The scripts belong to no package, so each test imports them by their short names, from where it wants them."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in OURS:
            del sys.modules[name]


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Import a script, or a module beside it, from a copy: what it installs goes there."""
    folder = tmp_path / "packaging"
    shutil.copytree(ROOT / "packaging", folder, ignore=lambda _folder, names: {n for n in names if not is_copied(n)})
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module


def is_copied(name: str) -> bool:
    return name.startswith("requirements") or name.removesuffix(".py") in SCRIPTS


@pytest.fixture
def command_line(script):
    return script("command_line")


@pytest.fixture
def dev(script):
    return script("dev")


@pytest.fixture
def python_packages(script):
    return script("python_packages")


@pytest.fixture
def system_packages(script):
    return script("system_packages")


@pytest.fixture
def machine(python_packages, system_packages, monkeypatch):
    """A Debian with everything Qt needs, no display, and an ordinary user."""
    machine = Machine(python_packages, system_packages)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: machine.user_id, raising=False)
    monkeypatch.setattr(shutil, "which", machine.which)
    monkeypatch.setattr(subprocess, "run", machine.run)
    monkeypatch.setattr(system_packages, "can_load", lambda library: library not in machine.missing_libraries)
    monkeypatch.setattr(system_packages, "has_font", lambda: True)
    monkeypatch.setattr(system_packages, "has_ensurepip", lambda: True)
    return machine


@pytest.fixture
def linux(monkeypatch):
    """The modules of packaging/linux, imported as packaging/build.py does it."""
    monkeypatch.syspath_prepend(ROOT / "packaging")
    for name in ("appdir", "deb", "lint", "needs", "releases", "rpm", "tarball"):
        importlib.import_module(f"linux.{name}")
    return sys.modules["linux"]
