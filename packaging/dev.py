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
import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = BIN / f"python{EXE}"
RUNTIME = ROOT / "packaging" / "requirements.txt"
TEST = ROOT / "packaging" / "requirements-test.txt"

PYTEST = [PYTHON, "-m", "pytest"]
ALONE = ("tests/contract", "tests/ui")
"""These fill the memory with so much that all other tests of the same process would take three times as long."""

BESIDE = "pytest tests/ui"
"""It takes half of the time, so it runs beside the other tests, and what it says is printed last."""

CHECKS: dict[str, list[str | Path]] = {
    "ruff check": [PYTHON, "-m", "ruff", "check"],
    "ruff format": [PYTHON, "-m", "ruff", "format", "--check"],
    "mypy": [PYTHON, "-m", "mypy"],
    "lint-imports": [BIN / f"lint-imports{EXE}"],
    "pytest": [*PYTEST, *(f"--ignore={folder}" for folder in ALONE)],
    **{f"pytest {folder}": [*PYTEST, folder] for folder in ALONE},
    "packages": [sys.executable, ROOT / "packaging" / "build.py", "linux"],
}


class Packages(NamedTuple):
    """What brings one library or program, by the package manager that brings it."""

    apt: str
    dnf: str
    pacman: str


class PackageManager(NamedTuple):
    """How a Linux distribution installs packages."""

    program: str
    column: str
    refresh: tuple[str, ...]
    install: tuple[str, ...]


PACKAGE_MANAGERS = (
    PackageManager("apt-get", "apt", ("update", "-q"), ("install", "-y", "--no-install-recommends")),
    PackageManager("dnf", "dnf", (), ("install", "-y")),
    PackageManager("pacman", "pacman", (), ("-S", "--noconfirm")),
)

# The shared libraries Qt's wheels expect to find on the system.
QT_LIBRARIES = {
    "libEGL.so.1": Packages("libegl1", "libglvnd-egl", "libglvnd"),
    "libGL.so.1": Packages("libgl1", "libglvnd-glx", "libglvnd"),
    "libdbus-1.so.3": Packages("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig.so.1": Packages("libfontconfig1", "fontconfig", "fontconfig"),
    "libglib-2.0.so.0": Packages("libglib2.0-0", "glib2", "glib2"),
    "libgssapi_krb5.so.2": Packages("libgssapi-krb5-2", "krb5-libs", "krb5"),
    "libxkbcommon.so.0": Packages("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": Packages("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm.so.4": Packages("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-keysyms.so.1": Packages("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-shape.so.0": Packages("libxcb-shape0", "libxcb", "libxcb"),
    "libxcb-xkb.so.1": Packages("libxcb-xkb1", "libxcb", "libxcb"),
    "libxkbcommon-x11.so.0": Packages("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
}
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": Packages("libwayland-client0", "libwayland-client", "wayland"),
    "libwayland-cursor.so.0": Packages("libwayland-cursor0", "libwayland-cursor", "wayland"),
    "libwayland-egl.so.1": Packages("libwayland-egl1", "libwayland-egl", "wayland"),
}
# A real keyring and a real X server, for the tests that drive the whole program.
TEST_PROGRAMS = {
    "dbus-run-session": Packages("dbus", "dbus-daemon", "dbus"),
    "gnome-keyring-daemon": Packages("gnome-keyring", "gnome-keyring", "gnome-keyring"),
    "Xvfb": Packages("xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    "xauth": Packages("xauth", "xorg-x11-xauth", "xorg-xauth"),
}
# What makes packages for Linux and looks whether they are as they should be; packaging/build.py needs them.
PACKAGING_PROGRAMS = {
    "appstreamcli": Packages("appstream", "appstream", "appstream"),
    "desktop-file-validate": Packages("desktop-file-utils", "desktop-file-utils", "desktop-file-utils"),
    "dpkg-deb": Packages("dpkg", "dpkg", "dpkg"),
    "lintian": Packages("lintian", "lintian", "lintian"),
    "patchelf": Packages("patchelf", "patchelf", "patchelf"),
    "rpmbuild": Packages("rpm", "rpm-build", "rpm-tools"),
    "rpmlint": Packages("rpmlint", "rpmlint", "rpmlint"),
    "strip": Packages("binutils", "binutils", "binutils"),
    "xz": Packages("xz-utils", "xz", "xz"),
}
FONTS = {
    "a font": Packages("fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu"),
    "a font for Chinese, Japanese and Korean": Packages("fonts-wqy-microhei", "wqy-microhei-fonts", "wqy-microhei"),
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
LIBPYTHON = Packages(f"libpython3.{sys.version_info[1]}", "python3-libs", "python")
ENSUREPIP = Packages(f"python3.{sys.version_info[1]}-venv", "python3-libs", "python")


def main(argv: list[str]) -> int:
    """Run the task named first in argv; the result is the exit code."""
    check_python(sys.version_info[:2])
    tasks = {"demo": demo, "test": test, "bench": bench}
    task, *arguments = argv or [""]
    if task not in tasks:
        print(__doc__)
        return 0 if task in ("-h", "--help") else 2
    try:
        return tasks[task](arguments, dict(os.environ))
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        sys.exit(f"k6desk: {Path(error.cmd[0]).name} could not do its part (exit code {error.returncode}); see above.")


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
    missing = {**missing_for_qt(env, x11=True), **missing_test_programs()}
    if not (arguments or no_packages):
        missing |= missing_packaging_programs()
    install_system_packages(missing)
    install_python_packages(TEST, VENV)
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    if arguments:
        return subprocess.run([*PYTEST, *arguments], env=env, cwd=ROOT, check=False).returncode
    failed = []
    with ThreadPoolExecutor() as pool:
        beside: Future[subprocess.CompletedProcess[bytes]] | None = None
        for name, command in CHECKS.items():
            if name == BESIDE or (name == "packages" and no_packages):
                continue
            if command[: len(PYTEST)] == PYTEST and beside is None:
                beside = pool.submit(
                    subprocess.run, CHECKS[BESIDE], env=env, cwd=ROOT, check=False, capture_output=True
                )
            say(name)
            if subprocess.run(command, env=env, cwd=ROOT, check=False).returncode:
                failed.append(name)
        assert beside
        say(BESIDE)
        last = beside.result()
        sys.stdout.buffer.write(last.stdout + last.stderr)
        sys.stdout.flush()
        if last.returncode:
            failed.append(BESIDE)
    if no_packages:
        say(f"packages were not built: {no_packages}.")
    say(f"failed: {', '.join(failed)}." if failed else "everything passed.")
    return 1 if failed else 0


def bench(arguments: list[str], env: dict[str, str]) -> int:
    """Run the benches that are named, or all; what a bench lacks beyond what k6desk needs, its row tells."""
    install_system_packages(missing_for_qt(env))
    install_python_packages(RUNTIME, VENV)
    return subprocess.run([PYTHON, ROOT / "tests" / "bench", *arguments], env=env, check=False).returncode


def check_python(version: tuple[int, int]) -> None:
    """Leave with one sentence if this Python is too old for k6desk."""
    if version < OLDEST_PYTHON:
        have, need = (".".join(map(str, v)) for v in (version, OLDEST_PYTHON))
        sys.exit(f"k6desk needs Python {need} or newer, and this is {have}: run this file with a newer python3.")


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


def missing_for_qt(env: Mapping[str, str], *, x11: bool = False) -> dict[str, Packages]:
    """What Qt needs in this session and the system lacks, by name."""
    if not sys.platform.startswith("linux"):
        return {}
    libraries = dict(QT_LIBRARIES)
    if x11 or env.get("DISPLAY"):
        libraries.update(X11_LIBRARIES)
    if env.get("WAYLAND_DISPLAY"):
        libraries.update(WAYLAND_LIBRARIES)
    missing = {name: packages for name, packages in libraries.items() if not can_load(name)}
    if not has_font():
        missing |= FONTS
    return missing


def missing_test_programs() -> dict[str, Packages]:
    """What only the tests need and the system lacks, by name."""
    if not sys.platform.startswith("linux"):
        return {}
    return {name: packages for name, packages in TEST_PROGRAMS.items() if not shutil.which(name)}


def missing_packaging_programs() -> dict[str, Packages]:
    """What packaging/build.py needs for Linux and the system lacks, by name."""
    missing = {name: packages for name, packages in PACKAGING_PROGRAMS.items() if not shutil.which(name)}
    if not has_libpython():
        missing["the library of Python"] = LIBPYTHON
    return missing


def why_no_packages() -> str:
    """Why packages for Linux cannot be built with this Python on this system; nothing if they can."""
    if not shutil.which("apt-get"):
        return "that takes Debian, Ubuntu or one of their descendants"
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        return f"{sys.executable} was built without a shared library; /usr/bin/python3 has one"
    return ""


def has_libpython() -> bool:
    """Whether the shared library of this Python is there; Debian packages it apart."""
    return Path(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME")).exists()


def can_load(library: str) -> bool:
    """Whether the dynamic linker finds this library and all that it needs."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Whether the system has any font that Qt can draw with."""
    folders = (Path(folder).expanduser() for folder in FONT_FOLDERS)
    return any(next(folder.rglob("*.[ot]t[fc]"), None) for folder in folders)


def has_ensurepip() -> bool:
    """Whether this Python can put pip into a new virtual environment; Debian packages that apart."""
    return importlib.util.find_spec("ensurepip") is not None


def install_system_packages(missing: dict[str, Packages]) -> None:
    """Install what is missing if we may; otherwise leave with the line that does."""
    if sys.platform.startswith("linux") and not shutil.which("uv") and not has_ensurepip():
        missing = {**missing, "Python's ensurepip": ENSUREPIP}
    if not missing:
        return
    manager = next((manager for manager in PACKAGE_MANAGERS if shutil.which(manager.program)), None)
    if manager is None:
        say(f"the system seems to lack {', '.join(missing)}. If k6desk does not start, install what brings them.")
        return
    packages = sorted({getattr(packages, manager.column) for packages in missing.values()})
    command = [manager.program, *manager.install, *packages]
    if os.geteuid() != 0:
        sys.exit(
            f"k6desk: the system lacks {', '.join(missing)}. Run this, then try again:\n    sudo {' '.join(command)}"
        )
    say(f"installing {', '.join(packages)}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if manager.refresh:
        # Some package source of the user's may be down; whether it matters, the installation tells.
        subprocess.run([manager.program, *manager.refresh], env=env, stdout=subprocess.DEVNULL, check=False)
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)


def install_python_packages(requirements: Path, venv: Path) -> None:
    """Bring a virtual environment to the locked versions and k6desk itself, unless its stamp says that all is there."""
    python = venv / PYTHON.relative_to(VENV)
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


def say(message: str) -> None:
    """Tell the user what happens now, in order with the output of the programs that are run."""
    print(f"k6desk: {message}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
