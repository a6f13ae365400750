"""Files that the user keeps: written whole or not at all, under names that every system accepts."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)
LONGEST_NAME = 120


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file by new content; after a crash there is the old file or the new one. Raises `OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def set_aside(path: Path, *companions: str) -> Path:
    """Give a damaged file a name with the time in it, and the `companions` that add a suffix to its name; the new name.

    Raises `OSError`.
    """
    aside = path.with_name(f"{path.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    # The file itself last: a new one must never meet the companions of the old.
    for suffix in (*companions, ""):
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside


def put_back(aside: Path, path: Path, *companions: str) -> None:
    """Undo `set_aside`, in place of what was begun since, as far as the system lets us."""
    for suffix in (*companions, ""):
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
            aside.with_name(aside.name + suffix).replace(path.with_name(path.name + suffix))


def safe_name(text: str, suffix: str) -> str:
    """A file name made of any text: no separators, control or direction characters, no name Windows reserves."""
    kept = "".join(" " if c in '<>:"/\\|?*' else c for c in text if unicodedata.category(c)[0] != "C")
    name = " ".join(kept.split()).strip(". ")[:LONGEST_NAME].strip(". ") or "script"
    return f"{name}{'_' if RESERVED.match(name.split('.')[0]) else ''}{suffix}"
