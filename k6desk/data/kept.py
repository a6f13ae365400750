"""Runs that the user keeps for good, also when the server has forgotten them: a part of the library."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from sqlite3 import Connection
from typing import Literal

import msgspec
from msgspec import Struct

from k6desk.api.models import Run
from k6desk.data.rows import RUN_COLUMNS, at, ms, run_of, run_row
from k6desk.data.secrets import masked_json
from k6desk.data.sqlite import Database, Row
from k6desk.data.stored import Stored, exact_bytes, exact_text

Why = Literal["chosen", "rule", "file"]
"""Who wanted it kept: the user, a rule of the user's, or it came with a file from elsewhere."""

_OWN = ("test_name", "project_name", "kept", "why", "gone")
_ROW = ", ".join((*RUN_COLUMNS, *_OWN))


class KeptRun(Struct, frozen=True):
    """A run as it was last known, `gone_at` when the server said that it has it no more."""

    run: Run
    test_name: str
    project_name: str
    kept_at: datetime
    why: Why
    gone_at: datetime | None


class KeptRuns:
    """The kept runs by id, each with its documents: "run" is the JSON as received with its secrets masked,
    "distribution" the nodes as MessagePack of `tuple[ZoneNodes, ...] | None`, "numbers …" an answer of the metrics as
    `core.metrics.numbers` packs it, "log" the log as `data.run_log` does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(
        self,
        run: Run,
        test_name: str,
        project_name: str,
        why: Why,
        documents: Mapping[str, Stored[bytes]],
        kept_at: datetime,
    ) -> None:
        """Keep a run with what is known of it, all or nothing; one that is kept already is brought up to date."""
        row = (*run_row(run), exact_bytes(test_name), exact_bytes(project_name), ms(kept_at), why, None)
        contents = {name: (_safe(name, one.value), one.fetched_at) for name, one in documents.items()}

        def put(db: Connection) -> None:
            db.execute(
                f"INSERT INTO kept_runs ({_ROW}) VALUES ({', '.join('?' * len(row))}) ON CONFLICT DO UPDATE SET "  # noqa: S608
                + ", ".join(f"{name} = excluded.{name}" for name in RUN_COLUMNS[1:]),
                row,
            )
            db.execute("DELETE FROM unwanted_runs WHERE run_id = ?", (run.id,))
            for name, (content, fetched_at) in contents.items():
                _write_document(db, run.id, name, content, fetched_at)

        self._database.write(put)

    def refresh(self, runs: Collection[Run], documents: Mapping[int, bytes], said_at: datetime) -> None:
        """The server said this of runs that are kept: they are brought up to date, `documents` are their JSON."""
        rows = [(*run_row(run)[1:], run.id) for run in runs]
        contents = {run_id: masked_json(content) for run_id, content in documents.items()}
        columns = ", ".join(f"{name} = ?" for name in RUN_COLUMNS[1:])

        def refresh(db: Connection) -> None:
            db.executemany(f"UPDATE kept_runs SET {columns}, gone = NULL WHERE id = ?", rows)  # noqa: S608
            for run_id, content in contents.items():
                _write_document(db, run_id, "run", content, said_at)

        self._database.write(refresh)

    def put_document(self, run_id: int, name: str, content: bytes, fetched_at: datetime) -> None:
        """Keep one more document of a run, if that is kept, in place of what it had under that name."""
        self.put_documents(run_id, {name: Stored(content, fetched_at)})

    def put_documents(self, run_id: int, documents: Mapping[str, Stored[bytes]]) -> None:
        """Keep more documents of a run, if that is kept, all or none."""
        contents = {name: (_safe(name, one.value), one.fetched_at) for name, one in documents.items()}

        def put(db: Connection) -> None:
            for name, (content, fetched_at) in contents.items():
                _write_document(db, run_id, name, content, fetched_at)

        self._database.write(put)

    def note_gone(self, ids: Collection[int], found_at: datetime) -> None:
        """The server has these runs no more; what was first found stays."""
        rows = [(ms(found_at), run_id) for run_id in ids]
        sql = "UPDATE kept_runs SET gone = ? WHERE id = ? AND gone IS NULL"
        self._database.write(lambda db: db.executemany(sql, rows))

    def remove(self, run_id: int) -> None:
        """The user does not want this run kept any more, whatever rule would keep it."""

        def remove(db: Connection) -> None:
            db.execute("DELETE FROM kept_documents WHERE run_id = ?", (run_id,))
            db.execute("DELETE FROM kept_runs WHERE id = ?", (run_id,))
            db.execute("INSERT OR IGNORE INTO unwanted_runs VALUES (?)", (run_id,))

        self._database.write(remove)

    def run(self, run_id: int) -> KeptRun | None:
        """One kept run."""
        return next(iter(self._database.read(_kept, f"SELECT {_ROW} FROM kept_runs WHERE id = ?", run_id)), None)  # noqa: S608

    def all(self) -> list[KeptRun]:
        """All kept runs, by id."""
        return self._database.read(_kept, f"SELECT {_ROW} FROM kept_runs ORDER BY id")  # noqa: S608

    def ids(self) -> frozenset[int]:
        """The ids of all kept runs."""
        return frozenset(self._database.read(_only, "SELECT id FROM kept_runs"))

    def unwanted(self) -> set[int]:
        """The ids of the runs that the user did not want kept any more."""
        return set(self._database.read(_only, "SELECT run_id FROM unwanted_runs"))

    def document(self, run_id: int, name: str) -> Stored[bytes] | None:
        """One document of a kept run; None if it was never there."""
        sql = "SELECT content, fetched FROM kept_documents WHERE run_id = ? AND name = ?"
        return next(iter(self._database.read(_stored, sql, run_id, name)), None)

    def documents(self, run_id: int) -> dict[str, Stored[bytes]]:
        """All documents of a kept run, by name."""
        sql = "SELECT name, content, fetched FROM kept_documents WHERE run_id = ?"
        return dict(self._database.read(_named, sql, run_id))

    def document_names(self, run_id: int) -> list[str]:
        """The names of all documents of a kept run."""
        return self._database.read(_word, "SELECT name FROM kept_documents WHERE run_id = ?", run_id)

    def total_bytes(self) -> int:
        """The size of all documents together."""
        return sum(self._database.read(_only, "SELECT coalesce(sum(length(content)), 0) FROM kept_documents"))


def _safe(name: str, content: bytes) -> bytes:
    return masked_json(content) if name == "run" else content


def _write_document(db: Connection, run_id: int, name: str, content: bytes, fetched_at: datetime) -> None:
    db.execute(
        "INSERT INTO kept_documents (run_id, name, content, fetched)"
        " SELECT id, ?, ?, ? FROM kept_runs WHERE id = ?"
        " ON CONFLICT DO UPDATE SET content = excluded.content, fetched = excluded.fetched",
        (name, content, ms(fetched_at), run_id),
    )


def _kept(row: Row) -> KeptRun:
    test_name, project_name, kept, why, gone = row[len(RUN_COLUMNS) :]
    return KeptRun(
        run=run_of(row[: len(RUN_COLUMNS)]),
        test_name=exact_text(test_name),
        project_name=exact_text(project_name),
        kept_at=at(kept),
        why=msgspec.convert(why, Why),
        gone_at=None if gone is None else at(gone),
    )


def _stored(row: Row) -> Stored[bytes]:
    content, fetched = row
    return Stored(content, at(fetched))


def _word(row: Row) -> str:
    return str(row[0])


def _named(row: Row) -> tuple[str, Stored[bytes]]:
    name, *stored = row
    return name, _stored(tuple(stored))


def _only(row: Row) -> int:
    return int(row[0])
