"""What went wrong with a SQLite file: damage, a disk that refuses, or a bug of ours."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_READONLY: "the file is read-only",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_PERM: "the file may not be opened",
    sqlite3.SQLITE_BUSY: "another program holds the file",
    sqlite3.SQLITE_PROTOCOL: "another program holds the file",
}


def is_damage(error: Exception) -> bool:
    """Whether the file itself is broken: only what SQLite calls so, and a text that is none.

    A wrong statement, a wrong parameter or any other mistake of ours is not damage: the file is left alone.
    """
    if _code(error) in _DAMAGED:
        return True
    # Python's own error for a text that is none has no code. What we write always is one.
    return type(error) is sqlite3.OperationalError and str(error).startswith("Could not decode to UTF-8")


def reason(error: Exception) -> str | None:
    """Why the disk refuses, as the end of a sentence; None for an error that is a bug of ours."""
    if isinstance(error, OSError):
        return f"the system says “{error.strerror or error}”"
    return _REASONS.get(_code(error) or 0)


def salvage(damaged: Path, into: sqlite3.Connection) -> int:
    """Copy every row that can still be read into the same tables elsewhere; how many."""
    saved = 0
    with closing(sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)) as source:
        for (table,) in into.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            names = [name for _, name, *_ in into.execute(f"PRAGMA table_info({table})")]
            insert = f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
            # From both ends up to the damage.
            for direction in ("ASC", "DESC"):
                with suppress(sqlite3.Error):
                    for row in source.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY rowid {direction}"):  # noqa: S608
                        saved += into.execute(insert, row).rowcount
    return saved


def _code(error: Exception) -> int | None:
    # The low byte of an extended code is its class.
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
