"""Everything that k6desk is for Linux: .tar.xz, .deb, .rpm and the folder of an AppImage, around one bundle."""

from __future__ import annotations

from pathlib import Path

from linux import appdir, deb, rpm, tarball
from linux.tree import ROOT

ICONS = ROOT / "build/icons"
FILES = ("k6desk_*.deb", "k6desk-*.rpm", "k6desk-*.tar.xz", "k6desk-*.AppImage")


def make(bundle: Path, version: str, out: Path, icons: Path = ICONS) -> list[Path]:
    """Make them in `out`, as `packaging/icons.py` has drawn the icons; the same input gives the same bytes.

    What was made before goes, of whatever version it is: all that lies there then belongs together.
    """
    out.mkdir(parents=True, exist_ok=True)
    for old in (path for pattern in FILES for path in out.glob(pattern)):
        old.unlink()
    return [kind.build(bundle, icons, version, out) for kind in (tarball, deb, rpm, appdir)]
