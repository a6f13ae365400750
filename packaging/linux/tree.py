"""The files that a package puts onto a system: what a desktop wants to know about k6desk, and the program itself."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from linux import licences
from linux.releases import FILES, ID, METAINFO, newest

ROOT = FILES.parents[2]
PROGRAM = "opt/k6desk"
EXECUTABLES = ("k6desk", "k6desk-demo")
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
MEDIA_TYPE = "application/vnd.k6desk.run+zip"


@contextmanager
def stage(bundle: Path, icons: Path, kind: str) -> Iterator[Path]:
    """A folder that is as `/` will be after the installation; `kind` is what k6desk will say of how that was done."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        add_program(bundle, root / PROGRAM)
        (root / PROGRAM / "installed-by").write_text(f"{kind}\n", "utf-8")
        (root / "usr/bin").mkdir(parents=True)
        for name in EXECUTABLES:
            (root / "usr/bin" / name).symlink_to(f"/{PROGRAM}/{name}")
        add_desktop_files(root / "usr/share", icons)
        for name in EXECUTABLES:
            write_gzip(root / f"usr/share/man/man1/{name}.1.gz", (FILES / f"{name}.1").read_bytes())
        yield root


def add_program(bundle: Path, folder: Path) -> None:
    """The bundle, and the licences of what is in it."""
    shutil.copytree(bundle, folder, symlinks=True)
    licences.collect(folder)


def add_desktop_files(share: Path, icons: Path) -> None:
    """Menu entry, description, file type and icons, each where the specifications of freedesktop.org want it."""
    put(FILES / f"{ID}.desktop", share / "applications")
    put(METAINFO, share / "metainfo")
    put(FILES / f"{ID}.xml", share / "mime/packages")
    hicolor = share / "icons/hicolor"
    put(ROOT / "resources/k6desk.svg", hicolor / "scalable/apps", f"{ID}.svg")
    put(FILES / "k6run.svg", hicolor / "scalable/mimetypes", f"{MEDIA_TYPE.replace('/', '-')}.svg")
    for size in ICON_SIZES:
        put(icons / f"k6desk-{size}.png", hicolor / f"{size}x{size}/apps", f"{ID}.png")


def put(source: Path, folder: Path, name: str = "") -> None:
    """Copy a file."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / (name or source.name))


def write_gzip(path: Path, content: bytes) -> None:
    """Compress a text as Debian's policy wants it: as well as possible, and without a date."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, 9, mtime=0))


def settle(root: Path, version: str) -> int:
    """Give everything the modes and times that it has whoever builds it when; returns that time, for the packagers."""
    when = int(newest(version).day.timestamp())
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            # Some wheels and PyInstaller mark as executable what nobody can execute.
            runs = path.is_dir() or (path.stat().st_mode & 0o100 and "_internal" not in path.parts)
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (when, when), follow_symlinks=False)
    return when
