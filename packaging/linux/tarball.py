"""The archive for all other systems: unpack it anywhere, start it there, and remove its folder."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from linux.tree import FILES, ROOT, add_desktop_files, add_program, put, settle


def build(bundle: Path, icons: Path, version: str, out: Path, level: int) -> Path:
    """Make `k6desk-VERSION-linux-ARCHITECTURE.tar.xz`, with everything in the folder `k6desk-VERSION`."""
    archive = out / f"k6desk-{version}-linux-{platform.machine()}.tar.xz"
    with TemporaryDirectory() as work:
        folder = Path(work) / f"k6desk-{version}"
        add_program(bundle, folder)
        add_desktop_files(folder / "share", icons)
        put(ROOT / "LICENSE", folder)
        put(FILES / "README.txt", folder)
        put(FILES / "menu-entry", folder)
        (folder / "menu-entry").chmod(0o755)
        settle(folder, version)
        command = ["tar", "--sort=name", "--owner=root:0", "--group=root:0", f"--use-compress-program=xz -{level} -T0"]
        subprocess.run([*command, "-C", work, "-cf", archive, folder.name], check=True)
    return archive
