"""The package for Debian, Ubuntu and what descends from them, made by dpkg-deb."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from linux import licences
from linux.needs import Needs, needs
from linux.releases import MAINTAINER, debian_changelog
from linux.tree import FILES, PROGRAM, put, settle, stage, write_gzip

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
}
"""What brings each library that is not in the bundle."""

DATA = ("ca-certificates", "fontconfig-config", "tzdata", "xkb-data")
"""What libraries in the bundle read: certificates, fonts (and where they are), time zones, keyboards."""

CONTROL = """\
Package: k6desk
Version: {version}
Section: devel
Priority: optional
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: gnome-keyring | kwalletmanager | keepassxc, xdg-utils
Suggests: notification-daemon, xdg-desktop-portal
Homepage: https://github.com/k6desk/k6desk
Description: run monitor for Grafana Cloud k6
 k6desk is a native desktop window onto load tests in Grafana Cloud k6. It
 shows every project, test and run of a stack, follows live what runs now, and
 tells why a run ended, what it cost and where its load came from. It starts
 and schedules tests, compares runs, and keeps them for good.
 .
 Everything is read from a local database, so it opens at once and works
 offline. Its demo cloud needs no account.
"""


def build(bundle: Path, icons: Path, version: str, out: Path, level: int) -> Path:
    """Make `k6desk_VERSION_ARCHITECTURE.deb`; no script runs when it is installed: dpkg's triggers tell the desktop."""
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    package = out / f"k6desk_{version}_{architecture}.deb"
    with stage(bundle, icons, "deb") as root:
        documents = root / "usr/share/doc/k6desk"
        write_gzip(documents / "changelog.gz", debian_changelog().encode())
        (documents / "copyright").write_text(licences.copyright_file(root / PROGRAM), "utf-8")
        put(FILES / "lintian-overrides", root / "usr/share/lintian/overrides", "k6desk")
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN/md5sums").write_text(md5sums(root), "utf-8")
        control = CONTROL.format(
            version=version,
            architecture=architecture,
            maintainer=MAINTAINER,
            kilobytes=installed_size(root),
            depends=depends(needs(bundle)),
        )
        (root / "DEBIAN/control").write_text(control, "utf-8")
        env = {**os.environ, "SOURCE_DATE_EPOCH": str(settle(root, version))}
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{level}", "--build", root, package]
        subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL)
    return package


def depends(needed: Needs) -> str:
    """The Depends field; leaves with one sentence if nobody has said yet which package brings a library."""
    if unknown := set(needed.libraries) - set(PACKAGES):
        raise SystemExit(f"k6desk: the bundle needs {', '.join(sorted(unknown))}: say in {__file__} what brings it.")
    return ", ".join([f"libc6 (>= {needed.glibc})", *(PACKAGES[name] for name in needed.libraries), *DATA])


def md5sums(root: Path) -> str:
    """What `dpkg --verify` compares the installed files with."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in files
        if "DEBIAN" not in path.parts
    )


def installed_size(root: Path) -> int:
    """In KiB as deb-substvars(5) counts: each file rounded up, 1 for everything else."""
    paths = [path for path in root.rglob("*") if "DEBIAN" not in path.parts]
    return sum(-(-path.stat().st_size // 1024) if path.is_file() and not path.is_symlink() else 1 for path in paths)
