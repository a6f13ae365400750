"""SQLite files that the program can rely on: opened at any cost, migrated, set aside when damaged, replaced by memory.

A `Database` has one connection for its one writing thread and one for its one reading thread. Whatever the disk does,
it stays usable: when the file cannot be written it goes on in memory with all it knew, and when the file is damaged it
is renamed and begun anew. `problem` then says so in one sentence. Only errors that are a bug of ours are raised.
"""

from __future__ import annotations

import errno
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from k6desk.data.damage import connect_to_read, is_damage, reason, salvage, version_of
from k6desk.data.files import put_back, set_aside

T = TypeVar("T")
Row = tuple[Any, ...]

OPEN_TIMEOUT_S = 0.5  # the window waits for this
WRITE_TIMEOUT_S = 5.0  # only the writing thread waits for this
MOST_IN_MEMORY = 256 * 2**20
_COMPANIONS = "-wal", "-shm"  # what SQLite keeps beside a file

log = logging.getLogger(__name__)


class Newer(Exception):
    """The file was written by a newer version of the program."""


class Database:
    """A file that follows `migrations`, each a script of SQL; the number of those done is the file's `user_version`.

    `name` is what people call it ("local copy of your runs"). A `durable` one survives a power cut with every commit,
    is copied before a migration, and what is still readable of a damaged one is saved. `page_bytes` is the size of the
    pages of a new file. The rows of `large` tables stay behind when a file too large for memory has to go on there.
    `after_damage` are the statements that make what was saved of a damaged file consistent again.
    """

    def __init__(
        self,
        path: Path | None,
        migrations: Sequence[str],
        *,
        name: str,
        durable: bool = False,
        page_bytes: int = 4096,
        large: Sequence[str] = (),
        after_damage: Sequence[str] = (),
    ) -> None:
        self.problem: str | None = None
        self._path = path
        self._migrations = migrations
        self._name = name
        self._durable = durable
        self._large = large
        self._after_damage = after_damage
        self._page_bytes = page_bytes
        self._damage: Exception | None = None
        self._opened: tuple[int, int] | None = None  # which file that is
        self._closed = False
        self._lock = Lock()  # held while reading, and while the connections are exchanged
        self._reader = self._writer = _connect_memory()
        try:
            if path:
                self._use_file()
            else:
                self._use_memory(with_rows=False)
        except Newer:
            self._use_memory(with_rows=False)
            self.problem = (
                f"The {self._name} was written by a newer k6desk: it is left as it is and nothing is saved this time; "
                "update k6desk to use it."
            )
        except (sqlite3.Error, OSError) as error:
            self._recover(error)

    @property
    def is_saved(self) -> bool:
        """Whether what is written survives the end of the program."""
        return self._writer is not self._reader

    def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run `change` in one transaction, and again elsewhere if the disk refuses. For the writing thread only."""
        if self._damage:
            self._recover(self._damage)
        elif self._durable and self.is_saved and self._identity() != self._opened:
            self._bring_back()
        try:
            return _transaction(self._writer, change)
        except sqlite3.Error as error:
            if not self.is_saved:
                raise
            self._recover(error)
        return _transaction(self._writer, change)

    def read(self, record: Callable[[Row], T], sql: str, *parameters: Any) -> list[T]:
        """The rows of one query as records; none if the file cannot be read. For the reading thread only.

        A row with a value that no record can have, such as a time in the year 60,000, is left out.
        """
        if self._closed:
            return []
        try:
            with self._lock:
                rows = self._reader.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            self._note(error)
            return []
        try:
            return list(map(record, rows))
        except (ValueError, OverflowError):
            return list(self._readable(record, rows))

    def chunks(self, sql: str, size: int, *parameters: Any) -> Iterator[list[Row]]:
        """The rows of a long query in lists of `size`. For any thread: it has a connection of its own."""
        if self._closed:
            return
        reader = self._reader
        try:
            if self._path and self.is_saved:
                reader = _connect(self._path, "ro")
            cursor = reader.execute(sql, parameters)
            while rows := cursor.fetchmany(size):
                yield rows
        except sqlite3.Error as error:
            self._note(error)
        finally:
            if reader is not self._reader:
                reader.close()

    def check(self) -> None:
        """Look for damage in every page: seconds for a large file. For the writing thread only."""
        try:
            (verdict,) = self._writer.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                self._damage = sqlite3.DatabaseError(verdict)
            self._writer.execute("PRAGMA shrink_memory")  # pages that are not soon needed again
        except sqlite3.Error as error:
            self._note(error)
        if self._damage:
            self._start_anew(self._damage)

    def interrupt(self) -> None:
        """Break off what is being written; its transaction leaves nothing behind. For any thread."""
        self._writer.interrupt()

    def close(self) -> None:
        """Close the file; every thread has finished with it. What a window still reads on its way out is nothing."""
        self._closed = True
        self._close_connections()

    def _close_connections(self) -> None:
        self._reader.close()
        self._writer.close()

    def _readable(self, record: Callable[[Row], T], rows: list[Row]) -> Iterator[T]:
        for row in rows:
            try:
                yield record(row)
            except (ValueError, OverflowError) as error:
                log.warning("%s: a row cannot be read: %s", self._name, error)

    def _note(self, error: sqlite3.Error) -> None:
        """Leave damage found while reading to the writing thread."""
        if not is_damage(error) and not reason(error):
            raise error
        log.warning("%s: %s", self._name, error)
        if is_damage(error):
            self._damage = error

    def _recover(self, error: Exception) -> None:
        why = reason(error)
        if self._path and is_damage(error):
            self._start_anew(error)
        elif self._path and why:
            log.warning("%s: %s; going on in memory", self._name, error)
            with self._lock:
                is_whole = self._use_memory(with_rows=True)
            self.problem = (
                f"The {self._name} cannot be saved because {why} ({self._path}); k6desk works on, but forgets what "
                "is new when you quit."
            )
            if not is_whole:
                self.problem += " It is too large to be shown whole until then."
        else:
            raise error

    def _start_anew(self, error: Exception) -> None:
        assert self._path
        log.warning("%s: %s; setting it aside", self._name, error)
        self._damage = None
        aside = self._path
        try:
            with self._lock:
                self._close_connections()
                self._reader = self._writer = _connect_memory()  # for what is read meanwhile
                self._migrate(self._writer)
            aside = set_aside(self._path, *_COMPANIONS)
            saved = self._use_file(aside if self._durable else None)
        except (sqlite3.Error, OSError) as refusal:
            log.warning("%s: %s; going on in memory", self._name, refusal)
            if aside != self._path:  # it is not replaced: the next start finds it, and may save what it holds
                put_back(aside, self._path, *_COMPANIONS)
            with self._lock:
                self._use_memory(with_rows=False, damaged=self._path if self._durable else None)
            why = reason(refusal)
            self.problem = (
                f"The {self._name} is damaged and cannot be replaced{f' because {why}' if why else ''}; "
                "nothing is saved this time."
            )
            return
        self.problem = f"The {self._name} was damaged: k6desk began a new one and kept the old one as {aside.name}."
        if self._durable:
            self.problem += f" Entries saved from it: {saved}."

    def _identity(self) -> tuple[int, int] | None:
        """Which file has the name now."""
        assert self._path
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _bring_back(self) -> None:
        """Somebody has removed the file while it was open: write it again with all that was in it."""
        assert self._path
        log.warning("%s: the file is gone; writing it again", self._name)
        copy = self._path.with_name(f"{self._path.name}.copy")
        try:
            if self._path.exists():
                raise FileExistsError(errno.EEXIST, "another file is in its place")
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(sqlite3.connect(copy)) as db:
                self._writer.backup(db)
            with self._lock:
                self._close_connections()  # and with it goes what SQLite keeps beside the old file
                self._reader = self._writer = _connect_memory()  # for what is read meanwhile
                self._migrate(self._writer)
            copy.replace(self._path)
            self._use_file()
        except (sqlite3.Error, OSError) as error:
            self._recover(error)
        else:
            self.problem = f"The {self._name} was removed while k6desk ran: it is there again with all that was in it."

    def _use_file(self, damaged: Path | None = None) -> int:
        """Open the file, a new one with what can be saved of a damaged one; how many rows that is."""
        assert self._path
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its own files (-wal, -shm) the mode of the main file.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        self._path.chmod(0o600)
        writer = _connect(self._path, "rw")
        try:
            writer.execute(f"PRAGMA page_size={self._page_bytes}")
            writer.execute("PRAGMA journal_mode=WAL")
            writer.execute(f"PRAGMA synchronous={'FULL' if self._durable else 'NORMAL'}")
            writer.execute("PRAGMA journal_size_limit=4194304")
            saved = self._salvage(damaged, writer) if damaged else 0
            self._copy(writer)
            self._migrate(writer)
            # The first page of every table: damage there shows before anything is built on it.
            for (table,) in writer.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                writer.execute(f"SELECT 1 FROM {table} NOT INDEXED LIMIT 1").fetchone()  # noqa: S608
            writer.execute(f"PRAGMA busy_timeout={WRITE_TIMEOUT_S * 1000:.0f}")
            reader = _connect(self._path, "ro")
        except BaseException:
            writer.close()
            raise
        with self._lock:
            self._close_connections()
            self._reader, self._writer = reader, writer
        self._opened = self._identity()
        return saved

    def _use_memory(self, *, with_rows: bool, damaged: Path | None = None) -> bool:
        """Go on in memory, perhaps with the rows of the file, or of a damaged one; whether these are all there."""
        memory = _connect_memory()
        is_whole = True
        try:
            if with_rows and self._path:
                source = self._reader if self.is_saved else connect_to_read(self._path)
                with closing(source):
                    is_whole = not self._large or _size(source) <= MOST_IN_MEMORY
                    if is_whole:
                        source.backup(memory)
                    else:
                        _copy_without(self._large, source, memory)
            if damaged:
                self._salvage(damaged, memory, without=self._large if damaged.stat().st_size > MOST_IN_MEMORY else ())
            self._migrate(memory)
        except (sqlite3.Error, OSError, Newer):
            memory.close()
            memory = _connect_memory()
            self._migrate(memory)
        self._close_connections()
        self._reader = self._writer = memory
        return is_whole

    def _copy(self, db: sqlite3.Connection) -> None:
        """Copy a file that is about to be migrated, if it is one of those that are not to be lost."""
        version = _version(db)
        if self._durable and 0 < version < len(self._migrations):
            with closing(sqlite3.connect(f"{self._path}.version-{version}")) as copy:
                db.backup(copy)

    def _migrate(self, db: sqlite3.Connection) -> None:
        version = _version(db)
        if version > len(self._migrations):
            raise Newer
        if version == len(self._migrations):
            return
        _transaction(db, lambda db: self._bring_to(len(self._migrations), db))

    def _bring_to(self, version: int, db: sqlite3.Connection) -> None:
        for migration in self._migrations[_version(db) : version]:  # another k6desk may have been faster
            for statement in migration.split(";\n"):
                db.execute(statement)
        db.execute(f"PRAGMA user_version={version}")

    def _salvage(self, damaged: Path, db: sqlite3.Connection, without: Sequence[str] = ()) -> int:
        """Fill a new file with what can be read of a damaged one, which may be of an earlier version."""
        version = version_of(damaged) or len(self._migrations)

        def fill(db: sqlite3.Connection) -> int:
            self._bring_to(min(version, len(self._migrations)), db)
            saved = salvage(damaged, db, without)
            self._bring_to(len(self._migrations), db)
            for statement in self._after_damage:
                db.execute(statement)
            return saved

        return _transaction(db, fill)


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _size(db: sqlite3.Connection) -> int:
    (pages,), (size,) = (db.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return int(pages) * int(size)


def _copy_without(large: Sequence[str], source: sqlite3.Connection, memory: sqlite3.Connection) -> None:
    """Copy all but the rows of the large tables."""
    own = "sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    for table, sql in source.execute(f"SELECT name, sql FROM sqlite_master WHERE {own} ORDER BY rowid").fetchall():  # noqa: S608
        memory.execute(sql)
        if sql.startswith("CREATE TABLE") and table not in large:
            rows = source.execute(f"SELECT * FROM {table}")  # noqa: S608
            memory.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows.description))})", rows)  # noqa: S608
    memory.execute(f"PRAGMA user_version={_version(source)}")


def _transaction(db: sqlite3.Connection, change: Callable[[sqlite3.Connection], T]) -> T:
    db.execute("BEGIN IMMEDIATE")
    try:
        result = change(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    return _open(f"{path.absolute().as_uri()}?mode={mode}")


def _connect_memory() -> sqlite3.Connection:
    return _open("file::memory:")


def _open(uri: str) -> sqlite3.Connection:
    # Autocommit, so that transactions are exactly those written here.
    db = sqlite3.connect(uri, uri=True, timeout=OPEN_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    db.create_function("sha256", 1, _sha256, deterministic=True)
    return db


def _sha256(content: bytes) -> bytes:
    import hashlib  # for a migration that few files need

    return hashlib.sha256(content).digest()
