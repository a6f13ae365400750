"""Everything that k6desk is for Linux: .tar.xz, .deb, .rpm and the folder of an AppImage, around one bundle."""

from __future__ import annotations

from pathlib import Path

from linux import appdir, deb, rpm, tarball
from linux.tree import ROOT

ICONS = ROOT / "build/icons"


def make(bundle: Path, version: str, out: Path, icons: Path = ICONS) -> list[Path]:
    """Make them in `out`, as `packaging/icons.py` has drawn the icons; the same input gives the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    return [kind.build(bundle, icons, version, out) for kind in (tarball, deb, rpm, appdir)]
