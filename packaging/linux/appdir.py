"""What an AppImage is made of: a folder that starts from anywhere. appimagetool makes one file of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from linux.releases import ID
from linux.tree import FILES, PROGRAM, add_desktop_files, add_program, put, settle


def build(bundle: Path, icons: Path, version: str, out: Path) -> Path:
    """Make `k6desk.AppDir`, in place of the one that may be there."""
    folder = out / "k6desk.AppDir"
    shutil.rmtree(folder, ignore_errors=True)
    add_program(bundle, folder / PROGRAM)
    add_desktop_files(folder / "usr/share", icons)
    put(FILES / f"{ID}.desktop", folder)
    icon = Path("usr/share/icons/hicolor/256x256/apps") / f"{ID}.png"
    for name, target in {f"{ID}.png": icon, ".DirIcon": icon, "AppRun": Path(PROGRAM) / "k6desk"}.items():
        (folder / name).symlink_to(target)
    settle(folder, version)
    return folder
