"""Everything that k6desk is for Linux: .tar.xz, .deb, .rpm and the folder of an AppImage, around one bundle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from linux import appdir, deb, rpm, tarball
from linux.tree import ROOT

ICONS = ROOT / "build/icons"
FILES = ("k6desk_*.deb", "k6desk-*.rpm", "k6desk-*.tar.xz", "k6desk-*.AppImage")

SMALL, QUICK = 6, 0
"""Levels of xz: for those who download a package, and for a package that is only looked at."""

AT_ONCE = 2
"""Packages in the making: each keeps one processor busy for a part of the time, and takes up to 0.5 GB of the disk."""


def make(bundle: Path, version: str, out: Path, icons: Path = ICONS, level: int = SMALL) -> list[Path]:
    """Make them in `out`, as `packaging/icons.py` has drawn the icons; the same input gives the same bytes.

    What was made before goes, of whatever version it is: all that lies there then belongs together.
    """
    out.mkdir(parents=True, exist_ok=True)
    for old in (path for pattern in FILES for path in out.glob(pattern)):
        old.unlink()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = [pool.submit(kind.build, bundle, icons, version, out, level) for kind in (rpm, tarball, deb)]
        made.append(pool.submit(appdir.build, bundle, icons, version, out))
        return [each.result() for each in made]
