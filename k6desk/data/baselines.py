"""Which run the others of a test are compared with, where the user chose it on this computer: a part of the library."""

from __future__ import annotations

from k6desk.data.sqlite import Database, Row


class Baselines:
    """At most one run of each test."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, test_id: int, run_id: int | None) -> None:
        """Choose a run of a test in place of the one before; None for no run at all."""
        if run_id is None:
            self._database.write(lambda db: db.execute("DELETE FROM baselines WHERE test_id = ?", (test_id,)))
            return
        sql = "INSERT OR REPLACE INTO baselines (test_id, run_id) VALUES (?, ?)"
        self._database.write(lambda db: db.execute(sql, (test_id, run_id)))

    def of(self, test_id: int) -> int | None:
        """The run that was chosen for a test."""
        return next(iter(self._database.read(_run_id, "SELECT run_id FROM baselines WHERE test_id = ?", test_id)), None)


def _run_id(row: Row) -> int:
    run_id: int = row[0]
    return run_id
