"""What the server said, kept in a SQLite file: deleting it costs a download and nothing else.

Runs are narrow rows that a list can be made of; everything large about one of them (its whole JSON, its load
generators) is a document apart, so that a list never reads past it. Times are stored as milliseconds since 1970
UTC, so a run read back may differ from the one given by less than a millisecond.

Writing belongs to one thread, reading to another (the window's); see `sqlite.Database` for what happens to `problem`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, TypeVar

import msgspec
from msgspec.msgpack import Decoder, encode

from k6desk.api.models import FINISHED, Limits, LoadTest, LoadZone, Project, Run, ZoneNodes
from k6desk.api.plans import Schedule
from k6desk.data.rows import (
    INDEX_COLUMNS,
    RUN_COLUMNS,
    at,
    ms,
    project_of,
    project_row,
    run_of,
    run_row,
    test_of,
    test_row,
)
from k6desk.data.run_numbers import RunNumbers
from k6desk.data.schema import CACHE
from k6desk.data.secrets import masked_json
from k6desk.data.sqlite import Database, Row
from k6desk.data.stored import Stored

T = TypeVar("T")

TEST_COLUMNS = ("id", "project_id", "name", "created", "updated", "baseline_run_id")
_RUN = ", ".join(RUN_COLUMNS)
_TEST = ", ".join(TEST_COLUMNS)
_DISTRIBUTION: Decoder[tuple[ZoneNodes, ...] | None] = Decoder(tuple[ZoneNodes, ...] | None)
_ZONES = Decoder(list[LoadZone])
_LIMITS = Decoder(Limits)
_SCHEDULE = Decoder(Schedule)
_UNFINISHED = f"status NOT IN ({', '.join(repr(word) for word in sorted(FINISHED))})"
_INDEXED = ", ".join(INDEX_COLUMNS)


class Cache:
    """The local copy of one account's projects, tests and runs; `path` None keeps it in memory."""

    def __init__(self, path: Path | None) -> None:
        self._database = Database(path, CACHE, name="local copy of your runs")
        self.numbers = RunNumbers(self._database)

    @property
    def problem(self) -> str | None:
        """What is wrong with the file and what was done, in one sentence; may appear after any call."""
        return self._database.problem

    # Writing

    def put_projects(self, rows: Sequence[Project]) -> set[int]:
        """Keep these projects; the ids of the new and the changed."""
        added, changed = self._put("projects", ("id", "name", "is_default"), [project_row(row) for row in rows])
        return added | changed

    def put_tests(self, rows: Sequence[LoadTest]) -> set[int]:
        """Keep these load tests; the ids of the new and the changed."""
        added, changed = self._put("tests", TEST_COLUMNS, [test_row(row) for row in rows])
        return added | changed

    def put_runs(self, rows: Sequence[Run]) -> tuple[set[int], set[int]]:
        """Keep these runs; the ids of the new and of the changed. Known rows cost little.

        Several pages in one call are kept about twice as fast as one by one.
        """
        return self._put("runs", RUN_COLUMNS, [run_row(row) for row in rows])

    def put_details(self, raw: Mapping[int, bytes], fetched_at: datetime) -> set[int]:
        """Keep the server's JSON of some runs by id, without secrets; the ids of those that are news."""
        documents = {run_id: masked_json(content) for run_id, content in raw.items()}
        return self._database.write(
            lambda db: {
                run_id
                for run_id, content in documents.items()
                if _write_document(db, "run", run_id, content, fetched_at)
            }
        )

    def put_distribution(self, run_id: int, zones: tuple[ZoneNodes, ...] | None, fetched_at: datetime) -> bool:
        """Keep where a run's load comes from, None for "no data"; whether it is news."""
        return self._put_document("distribution", run_id, encode(zones), fetched_at)

    def put_log(self, run_id: int, content: bytes, fetched_at: datetime) -> None:
        """Keep what was read of a run's log, as `data.run_log` packs it."""
        self._put_document("log", run_id, content, fetched_at)

    def put_zones(self, zones: Sequence[LoadZone]) -> bool:
        """Keep the load zones of the stack, all of them; whether they are news."""
        return self._put_document("zones", 0, encode(zones), datetime.now(UTC))

    def put_limits(self, limits: Sequence[Limits]) -> bool:
        """Keep what projects may use; whether some of it is news."""
        now = datetime.now(UTC)
        return self._database.write(
            lambda db: any([_write_document(db, "limits", one.project_id, encode(one), now) for one in limits])  # noqa: C419 - each is written
        )

    def put_schedules(self, schedules: Sequence[Schedule], *, complete: bool) -> bool:
        """Keep these schedules, and if they are all there are, forget every other; whether that is news."""
        documents = {schedule.test_id: encode(schedule) for schedule in schedules}
        now = datetime.now(UTC)

        def put(db: Connection) -> bool:
            news = [_write_document(db, "schedule", test_id, content, now) for test_id, content in documents.items()]
            sql = "DELETE FROM documents WHERE kind = 'schedule' AND id NOT IN (SELECT value FROM json_each(?))"
            return any(news) | bool(complete and db.execute(sql, (_json(list(documents)),)).rowcount)

        return self._database.write(put)

    def remove_schedule(self, test_id: int) -> None:
        """Forget the schedule of a load test."""
        sql = "DELETE FROM documents WHERE kind = 'schedule' AND id = ?"
        self._database.write(lambda db: db.execute(sql, (test_id,)))

    def follow_tests(self, ids: Iterable[int]) -> set[int]:
        """Put the runs of these load tests into the projects where the tests are; the ids of the runs that moved."""
        sql = (
            "UPDATE runs SET project_id = tests.project_id FROM tests"
            " WHERE tests.id IN (SELECT value FROM json_each(?))"
            " AND runs.test_id = tests.id AND runs.project_id <> tests.project_id RETURNING runs.id"
        )
        tests = _json(list(ids))
        return self._database.write(lambda db: {run_id for (run_id,) in db.execute(sql, (tests,)).fetchall()})

    def set_mark(self, name: str, value: str) -> None:
        """Remember how far something has come, such as a synchronisation."""
        self._database.write(lambda db: db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value)))

    def remove_run(self, run_id: int) -> None:
        """Forget one run and all about it."""
        self._remove_runs("id", run_id)

    def remove_test(self, test_id: int) -> set[int]:
        """Forget one load test and its runs; the ids of these runs."""
        removed = self._remove_runs("test_id", test_id)
        self._database.write(lambda db: _remove_tests(db, "id", test_id))
        return removed

    def remove_project(self, project_id: int) -> set[int]:
        """Forget one project, its load tests and their runs; the ids of these runs."""
        removed = self._remove_runs("project_id", project_id)

        def remove(db: Connection) -> None:
            _remove_tests(db, "project_id", project_id)
            db.execute("DELETE FROM documents WHERE kind = 'limits' AND id = ?", (project_id,))
            db.execute("DELETE FROM projects WHERE id = ?", (project_id,))

        self._database.write(remove)
        return removed

    def check(self) -> None:
        """Look for damage everywhere in the file; takes long, so the writing thread does it when it is idle."""
        self._database.check()

    def interrupt(self) -> None:
        """Break off what is being written, because nobody needs it any more; for any thread."""
        self._database.interrupt()

    def close(self) -> None:
        """Close the file; every thread has finished with it."""
        self._database.close()

    # Reading

    def mark(self, name: str) -> str | None:
        """What `set_mark` remembered."""
        return next(iter(self._database.read(_only, "SELECT value FROM marks WHERE name = ?", name)), None)

    def vuh_since(self, project_id: int, since: datetime) -> float:
        """The VUH of a project's runs created since then, estimates of unfinished ones included."""
        sql = "SELECT total(vuh) FROM runs WHERE project_id = ? AND created >= ?"
        return float(sum(self._database.read(_only, sql, project_id, ms(since))))

    def schedules(self) -> list[Schedule]:
        """The schedules of all load tests."""
        found = self._database.read(_stored, "SELECT content, fetched FROM documents WHERE kind = 'schedule'")
        return [stored.value for stored in (_decoded(one, _SCHEDULE) for one in found) if stored]

    def projects(self) -> list[Project]:
        """All projects by name."""
        found = self._database.read(project_of, "SELECT id, name, is_default FROM projects")
        return sorted(found, key=lambda project: (project.name.casefold(), project.id))

    def tests(self, project_id: int | None = None) -> list[LoadTest]:
        """All load tests, or those of one project, by name."""
        condition, parameters = ("", ()) if project_id is None else ("WHERE project_id = ?", (project_id,))
        found = self._database.read(test_of, f"SELECT {_TEST} FROM tests {condition}", *parameters)  # noqa: S608
        return sorted(found, key=lambda test: (test.name.casefold(), test.id))

    def projects_with_tests(self) -> set[int]:
        """The ids of the projects that have load tests."""
        return set(self._database.read(_only, "SELECT DISTINCT project_id FROM tests"))

    def test(self, test_id: int) -> LoadTest | None:
        """One load test."""
        return next(iter(self._database.read(test_of, f"SELECT {_TEST} FROM tests WHERE id = ?", test_id)), None)  # noqa: S608

    def newest_runs(self, limit: int) -> list[Run]:
        """The runs created last, newest first."""
        return self._runs("ORDER BY created DESC, id DESC LIMIT ?", limit)

    def latest_of_test(self, test_id: int, limit: int) -> list[Run]:
        """The runs of one load test that were created last, newest first."""
        return self._runs("WHERE test_id = ? ORDER BY created DESC, id DESC LIMIT ?", test_id, limit)

    def unfinished(self) -> list[Run]:
        """The runs that have not ended, newest first, and no more than 1,000 of them."""
        return self._runs(f"WHERE {_UNFINISHED} ORDER BY created DESC, id DESC LIMIT 1000")

    def unfinished_among(self, ids: Sequence[int]) -> set[int]:
        """Those of these runs that are known and have not ended."""
        sql = f"SELECT id FROM runs WHERE id IN (SELECT value FROM json_each(?)) AND {_UNFINISHED}"  # noqa: S608
        return set(self._database.read(_only, sql, _json(ids))) if ids else set()

    def last_passed_before(self, run: Run) -> Run | None:
        """The last run of the same test that was created before this one and passed."""
        condition = "WHERE test_id = ? AND created < ? AND result = 'passed' ORDER BY created DESC, id DESC LIMIT 1"
        return next(iter(self._runs(condition, run.test_id, ms(run.created_at))), None)

    def created_of(self, place: int) -> datetime | None:
        """When the run at this place of all runs, the newest first, was created; None if there are fewer."""
        sql = "SELECT created FROM runs ORDER BY created DESC LIMIT 1 OFFSET ?"
        return next((at(created) for created in self._database.read(_only, sql, place)), None)

    def count(self) -> int:
        """How many runs are known."""
        return sum(self._database.read(_only, "SELECT count(*) FROM runs"))

    def runs(self, ids: Sequence[int]) -> dict[int, Run]:
        """Those of these runs that are known."""
        return {run.id: run for run in self._runs("WHERE id IN (SELECT value FROM json_each(?))", _json(ids))}

    def detail(self, run_id: int) -> Stored[bytes] | None:
        """The whole JSON of a run; `api.wire.run_detail` reads it."""
        return self._document("run", run_id)

    def distribution(self, run_id: int) -> Stored[tuple[ZoneNodes, ...] | None] | None:
        """Where a run's load comes from; a value of None means that the server has no data."""
        return _decoded(self._document("distribution", run_id), _DISTRIBUTION)

    def log(self, run_id: int) -> Stored[bytes] | None:
        """What was read of a run's log."""
        return self._document("log", run_id)

    def zones(self) -> list[LoadZone]:
        """The load zones of the stack."""
        stored = _decoded(self._document("zones", 0), _ZONES)
        return stored.value if stored else []

    def limits(self, project_id: int) -> Limits | None:
        """What a project may use."""
        stored = _decoded(self._document("limits", project_id), _LIMITS)
        return stored.value if stored else None

    def index_rows(self, chunk: int = 2000) -> Iterator[list[Row]]:
        """All runs as `RunIndex.load` takes them, in order of id; may be called in any thread."""
        return self._database.chunks(f"SELECT {_INDEXED} FROM runs ORDER BY id", chunk)  # noqa: S608

    # Both

    def _put(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> tuple[set[int], set[int]]:
        names = ", ".join(columns)
        known_sql = f"SELECT {names} FROM {table} WHERE id IN (SELECT value FROM json_each(?))"  # noqa: S608
        insert_sql = (
            f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))}) ON CONFLICT DO UPDATE SET "  # noqa: S608
            + ", ".join(f"{name} = excluded.{name}" for name in columns[1:])
        )

        def put(db: Connection) -> tuple[set[int], set[int]]:
            known = {row[0]: row for row in db.execute(known_sql, (_json([row[0] for row in rows]),))}
            news = [row for row in rows if known.get(row[0]) != row]
            db.executemany(insert_sql, news)
            ids = {row[0] for row in news}
            return ids - known.keys(), ids & known.keys()

        return self._database.write(put)

    def _put_document(self, kind: str, id_: int, content: bytes, fetched_at: datetime) -> bool:
        return self._database.write(lambda db: _write_document(db, kind, id_, content, fetched_at))

    def _document(self, kind: str, id_: int) -> Stored[bytes] | None:
        sql = "SELECT content, fetched FROM documents WHERE kind = ? AND id = ?"
        return next(iter(self._database.read(_stored, sql, kind, id_)), None)

    def _runs(self, condition: str, *parameters: Any) -> list[Run]:
        return self._database.read(run_of, f"SELECT {_RUN} FROM runs {condition}", *parameters)  # noqa: S608

    def _remove_runs(self, column: str, id_: int) -> set[int]:
        def remove(db: Connection) -> set[int]:
            removed = {run_id for (run_id,) in db.execute(f"SELECT id FROM runs WHERE {column} = ?", (id_,))}  # noqa: S608
            db.execute(
                "DELETE FROM documents WHERE kind IN ('run', 'distribution', 'log')"
                " AND id IN (SELECT value FROM json_each(?))",
                (_json(list(removed)),),
            )
            db.execute("DELETE FROM numbers WHERE run_id IN (SELECT value FROM json_each(?))", (_json(list(removed)),))
            db.execute(f"DELETE FROM runs WHERE {column} = ?", (id_,))  # noqa: S608
            return removed

        return self._database.write(remove)


def _remove_tests(db: Connection, column: str, id_: int) -> None:
    tests = f"SELECT id FROM tests WHERE {column} = ?"  # noqa: S608
    db.execute(f"DELETE FROM documents WHERE kind = 'schedule' AND id IN ({tests})", (id_,))  # noqa: S608
    db.execute(f"DELETE FROM tests WHERE {column} = ?", (id_,))  # noqa: S608


def _write_document(db: Connection, kind: str, id_: int, content: bytes, fetched_at: datetime) -> bool:
    known = db.execute("SELECT content FROM documents WHERE kind = ? AND id = ?", (kind, id_)).fetchone()
    if known and known[0] == content:
        db.execute("UPDATE documents SET fetched = ? WHERE kind = ? AND id = ?", (ms(fetched_at), kind, id_))
        return False
    sql = "INSERT OR REPLACE INTO documents (kind, id, content, fetched) VALUES (?, ?, ?, ?)"
    db.execute(sql, (kind, id_, content, ms(fetched_at)))
    return True


def _only(row: Row) -> Any:
    return row[0]


def _stored(row: Row) -> Stored[bytes]:
    content, fetched = row
    return Stored(content, at(fetched))


def _decoded(stored: Stored[bytes] | None, decoder: Decoder[T]) -> Stored[T] | None:
    try:
        return None if stored is None else Stored(decoder.decode(stored.value), stored.fetched_at)
    except msgspec.MsgspecError:
        # Another version of k6desk kept it in another shape: the server is asked again.
        return None


def _json(ids: Sequence[int]) -> str:
    return msgspec.json.encode(list(ids)).decode()
