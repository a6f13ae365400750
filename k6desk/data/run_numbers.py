"""What the metrics of runs were when they were asked for: a part of the cache."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from sqlite3 import Connection

import msgspec
from msgspec import Struct

from k6desk.api.metrics import Answer, Metric, ThresholdVerdict
from k6desk.data.rows import at, ms
from k6desk.data.sqlite import Database, Row
from k6desk.data.stored import Stored

MOST_RUNS = 400
"""Of so many runs the metrics are kept, those that were asked for last; of other runs the server is asked again."""
MOST_BYTES = 512 << 20
"""So many bytes they may take together, but for the run that was asked for last."""

METRICS = "metrics"
"""The document that lists the metrics of a run, as MessagePack of `Metrics`."""
WHOLE = "whole"
"""The empty document that says that all is here that one begins with, and the log."""
VERDICTS = "verdicts"
"""What the server said of the thresholds, as MessagePack of `Verdicts`. All others are of `Told`."""


class Verdicts(Struct, frozen=True):
    """The verdicts on the thresholds of a run, and when they were asked for; `is_final` as in `Told`."""

    said: tuple[ThresholdVerdict, ...]
    asked_at: datetime
    is_final: bool


class Told(Struct, frozen=True):
    """An answer and when it was asked for. `is_final`: the run had ended and been processed by then."""

    answer: Answer
    asked_at: datetime
    is_final: bool


Metrics = tuple[tuple[Metric, ...], bool]
"""The metrics of a run, and whether that is final."""


_FORGET = """
DELETE FROM numbers WHERE run_id IN (SELECT run_id FROM (
    SELECT run_id, row_number() OVER newest AS place, sum(sum(length(content))) OVER newest AS bytes
    FROM numbers GROUP BY run_id WINDOW newest AS (ORDER BY max(fetched) DESC, max(rowid) DESC))
WHERE place > ? OR (place > 1 AND bytes > ?))
"""


def key_of(expression: str, selector: str, *, over_time: bool) -> str:
    """What the answer to a query is kept under."""
    return "\n".join(("curve" if over_time else "value", expression, selector))


def told_of(content: bytes) -> Told | None:
    """The answer that a document is; None if it is damaged, or another version of k6desk kept it in another shape."""
    try:
        told = msgspec.msgpack.decode(content, type=Told)
    except (msgspec.MsgspecError, ValueError):
        return None
    whole = (len(series.times) == len(series.values) and not len(series.times) % 8 for series in told.answer.series)
    return told if all(whole) else None


def verdicts_of(content: bytes) -> Verdicts | None:
    """The verdicts that a document is; None if it is damaged, or another version of k6desk kept it otherwise."""
    try:
        return msgspec.msgpack.decode(content, type=Verdicts)
    except (msgspec.MsgspecError, ValueError):
        return None


class RunNumbers:
    """Documents by run and by what was asked, and the number of failed checks by run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, run_id: int, documents: Mapping[str, bytes], fetched_at: datetime) -> None:
        """Keep what the server answered, in place of what it answered to the same before."""
        rows = [(run_id, asked, content, ms(fetched_at)) for asked, content in documents.items()]

        def put(db: Connection) -> None:
            is_known = db.execute("SELECT 1 FROM numbers WHERE run_id = ? LIMIT 1", (run_id,)).fetchone()
            db.executemany("INSERT OR REPLACE INTO numbers (run_id, asked, content, fetched) VALUES (?, ?, ?, ?)", rows)
            if not is_known:
                db.execute(_FORGET, (MOST_RUNS, MOST_BYTES))

        self._database.write(put)

    def document(self, run_id: int, asked: str) -> bytes | None:
        """What was answered; None if that was never asked."""
        sql = "SELECT content FROM numbers WHERE run_id = ? AND asked = ?"
        return next(iter(self._database.read(_only, sql, run_id, asked)), None)

    def asked(self, run_id: int) -> list[str]:
        """What was asked of one run."""
        return self._database.read(_word, "SELECT asked FROM numbers WHERE run_id = ?", run_id)

    def all(self, run_id: int) -> dict[str, Stored[bytes]]:
        """All that was answered of one run."""
        return dict(self._database.read(_named, "SELECT asked, content, fetched FROM numbers WHERE run_id = ?", run_id))

    def put_failed_checks(self, counts: Mapping[int, int]) -> set[int]:
        """Note how many checks failed in finished runs; the runs of which that was not known, or was another number."""
        rows = list(counts.items())

        def put(db: Connection) -> set[int]:
            known = dict(db.execute("SELECT run_id, count FROM failed_checks").fetchall())
            news = [row for row in rows if known.get(row[0]) != row[1]]
            db.executemany("INSERT OR REPLACE INTO failed_checks (run_id, count) VALUES (?, ?)", news)
            return {run_id for run_id, _ in news}

        return self._database.write(put)

    def failed_checks(self) -> dict[int, int]:
        """How many checks failed, by run, as far as is known."""
        return dict(self._database.read(_pair, "SELECT run_id, count FROM failed_checks"))


def _only(row: Row) -> bytes:
    return bytes(row[0])


def _word(row: Row) -> str:
    return str(row[0])


def _pair(row: Row) -> tuple[int, int]:
    return row[0], row[1]


def _named(row: Row) -> tuple[str, Stored[bytes]]:
    asked, content, fetched = row
    return asked, Stored(content, at(fetched))
