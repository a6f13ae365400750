"""Virtual environments that hold the locked Python packages and k6desk itself."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from command_line import say

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
EXE = ".exe" if os.name == "nt" else ""
RUNTIME = ROOT / "packaging" / "requirements.txt"
TEST = ROOT / "packaging" / "requirements-test.txt"
BUILD = ROOT / "packaging" / "requirements-build.txt"


def program(venv: Path, name: str) -> Path:
    """A program in a virtual environment."""
    return venv / ("Scripts" if os.name == "nt" else "bin") / f"{name}{EXE}"


def install_python_packages(requirements: Path, venv: Path) -> None:
    """Bring a virtual environment to the locked versions and k6desk itself, unless its stamp says that all is there."""
    python = program(venv, "python")
    stamped = venv / "k6desk.stamp"
    wanted = stamp(requirements)
    there = stamped.read_text("utf-8") if stamped.exists() and python.exists() else ""
    # What the tests need includes all that k6desk needs.
    if there == wanted or (requirements == RUNTIME and there == stamp(TEST)):
        return
    say(f"installing Python packages into {venv.relative_to(ROOT)} (once, about 100 MB)")
    pip: list[str | Path]
    if uv := shutil.which("uv"):
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, venv], check=True)
        pip = [uv, "pip", "install", "--quiet", "--python", python]
    else:
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # Wheels only: building from source would download tools whose hashes nobody has checked.
    subprocess.run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", requirements], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT], check=True)
    stamped.write_text(wanted, "utf-8")


def stamp(requirements: Path) -> str:
    """What a virtual environment depends on, as one line: it is out of date when this line changes."""
    digest = hashlib.sha256()
    for path in (ROOT / "pyproject.toml", requirements):
        digest.update(path.read_bytes())
    return f"{requirements.name} {digest.hexdigest()} in {ROOT} for {sys.version.split()[0]} at {sys.base_prefix}\n"
