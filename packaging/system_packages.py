"""What Linux distributions call the libraries and programs that k6desk needs from them, and how they install them."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from command_line import say


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


def missing_for_qt(env: Mapping[str, str], *, x11: bool = False) -> dict[str, Packages]:
    """What Qt needs in this session and the system lacks, by name."""
    if not sys.platform.startswith("linux"):
        return {}
    libraries = dict(QT_LIBRARIES)
    if x11 or env.get("DISPLAY"):
        libraries.update(X11_LIBRARIES)
    if env.get("WAYLAND_DISPLAY"):
        libraries.update(WAYLAND_LIBRARIES)
    missing = _libraries(libraries)
    if not has_font():
        missing |= FONTS
    return missing


def missing_for_tests() -> dict[str, Packages]:
    """What only the tests need and the system lacks, by name."""
    return _programs(TEST_PROGRAMS) if sys.platform.startswith("linux") else {}


def missing_for_bundle() -> dict[str, Packages]:
    """What the bundle takes from the system or is made with, and the system lacks, by name."""
    if not sys.platform.startswith("linux"):
        return {}
    programs = {name: PACKAGING_PROGRAMS[name] for name in ("patchelf", "strip")}
    return {**_libraries({**QT_LIBRARIES, **X11_LIBRARIES, **WAYLAND_LIBRARIES}), **_programs(programs)}


def missing_for_packaging() -> dict[str, Packages]:
    """What packages for Linux are made and looked at with, and the system lacks, by name."""
    missing = _programs(PACKAGING_PROGRAMS)
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


def has_libpython() -> bool:
    """Whether the shared library of this Python is there; Debian packages it apart."""
    return Path(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME")).exists()


def has_ensurepip() -> bool:
    """Whether this Python can put pip into a new virtual environment; Debian packages that apart."""
    return importlib.util.find_spec("ensurepip") is not None


def _libraries(wanted: dict[str, Packages]) -> dict[str, Packages]:
    return {name: packages for name, packages in wanted.items() if not can_load(name)}


def _programs(wanted: dict[str, Packages]) -> dict[str, Packages]:
    return {name: packages for name, packages in wanted.items() if not shutil.which(name)}
