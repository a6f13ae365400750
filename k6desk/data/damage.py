"""What went wrong with a SQLite file: damage, a disk that refuses, or a bug of ours."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Collection, Iterator
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
_EVERY_ROW = -(2**63), 2**63 - 1
_MOST_GAPS = 20_000  # some seconds


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


def version_of(damaged: Path) -> int | None:
    """The `user_version` of a damaged file; None if even that cannot be read."""
    with closing(_source(damaged)) as source, suppress(sqlite3.Error):
        (version,) = source.execute("PRAGMA user_version").fetchone()
        return int(version)
    return None


def salvage(damaged: Path, into: sqlite3.Connection, without: Collection[str] = ()) -> int:
    """Copy every row that can still be read into the same tables elsewhere, `without` some of these; how many."""
    saved = 0
    with closing(_source(damaged)) as source:
        for (table,) in into.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table in without:
                continue
            names = ", ".join(name for _, name, *_ in into.execute(f"PRAGMA table_info({table})"))
            values = ", ".join("?" * len(names.split(",")))
            for rowid in _rowids(source, table):
                row = None
                with suppress(sqlite3.Error):
                    row = source.execute(f"SELECT {names} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()  # noqa: S608
                if row:
                    with suppress(sqlite3.IntegrityError):  # a value of a kind that the column cannot have
                        insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({values})"  # noqa: S608
                        saved += into.execute(insert, row).rowcount
    return saved


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that never writes, also where nothing can be written: then without what was written last."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    source = sqlite3.connect(uri, uri=True, timeout=0)
    try:
        source.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error:
        # Where SQLite can make no file beside it, a file can only be read as one that nobody changes.
        source.close()
        source = sqlite3.connect(f"{uri}&immutable=1", uri=True)
    return source


def _source(damaged: Path) -> sqlite3.Connection:
    source = connect_to_read(damaged)
    source.text_factory = lambda content: content.decode("utf-8", "replace")
    return source


def _rowids(source: sqlite3.Connection, table: str) -> Iterator[int]:
    """The numbers of the rows that can still be found, from both sides of every damage."""
    gaps = deque([_EVERY_ROW])
    for _ in range(_MOST_GAPS):
        if not gaps:
            return
        first, last = gaps.popleft()
        for direction in ("ASC", "DESC"):
            sql = f"SELECT rowid FROM {table} NOT INDEXED WHERE rowid BETWEEN ? AND ? ORDER BY rowid {direction}"  # noqa: S608
            try:
                for (rowid,) in source.execute(sql, (first, last)):
                    yield rowid
                    first, last = (rowid + 1, last) if direction == "ASC" else (first, rowid - 1)
            except sqlite3.Error:
                continue
            break  # up to the end
        else:
            middle = (first + last) // 2
            gaps += [gap for gap in ((first, middle), (middle + 1, last)) if gap[0] <= gap[1] and gap != (first, last)]


def _code(error: Exception) -> int | None:
    # The low byte of an extended code is its class.
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
