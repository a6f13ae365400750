"""Notes that were saved without a server, in the order in which they are sent: a part of the library."""

from __future__ import annotations

from datetime import datetime
from sqlite3 import Connection

from msgspec import Struct

from k6desk.api.lenient import line
from k6desk.data.rows import at, ms
from k6desk.data.sqlite import Database, Row
from k6desk.data.stored import exact_bytes, exact_text

_COLUMNS = "run_id, run_name, base, text, saved"


class QueuedNote(Struct, frozen=True):
    """A note that is sent as soon as the server answers; `base` is the server's text that the user began from.

    `run_name` is the name under which the user saw the run, which may be gone when the note is sent.
    """

    run_id: int
    run_name: str
    base: str
    text: str
    saved_at: datetime

    @property
    def called(self) -> str:
        """The run's name on one line, for a sentence."""
        return line(self.run_name, 80)


class NoteQueue:
    """At most one note of each run. Text that leaves the queue unsent becomes the run's draft in the same breath."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, note: QueuedNote) -> None:
        """Queue a note. In place of an earlier one of the run it keeps that one's place and base."""
        row = (note.run_id, *map(exact_bytes, (note.run_name, note.base, note.text)), ms(note.saved_at))

        def put(db: Connection) -> None:
            db.execute(
                f"INSERT INTO queued_notes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
                " ON CONFLICT (run_id) DO UPDATE SET text = excluded.text, saved = excluded.saved",
                row,
            )
            db.execute("DELETE FROM drafts WHERE run_id = ?", (note.run_id,))

        self._database.write(put)

    def all(self) -> list[QueuedNote]:
        """The notes in the order in which they are sent."""
        return self._database.read(_note, f"SELECT {_COLUMNS} FROM queued_notes ORDER BY id")  # noqa: S608

    def of(self, run_id: int) -> QueuedNote | None:
        """The note of one run that waits."""
        sql = f"SELECT {_COLUMNS} FROM queued_notes WHERE run_id = ?"  # noqa: S608
        return next(iter(self._database.read(_note, sql, run_id)), None)

    def note_arrival(self, run_id: int, text: str) -> None:
        """The server has this text: what was written since, queued or drafted, began from it."""
        key, sent = (run_id,), exact_bytes(text)

        def arrive(db: Connection) -> None:
            db.execute("DELETE FROM queued_notes WHERE run_id = ? AND text = ?", (run_id, sent))
            db.execute("DELETE FROM drafts WHERE run_id = ? AND text = ?", (run_id, sent))
            for table in ("queued_notes", "drafts"):
                db.execute(f"UPDATE {table} SET base = ? WHERE run_id = ?", (sent, *key))  # noqa: S608

        self._database.write(arrive)

    def take_out(self, run_id: int, problem: str = "") -> None:
        """Send a note no more; it stays as the run's draft, and with it why the server did not take it.

        A draft that was written after it stays in its place.
        """

        def take_out(db: Connection) -> None:
            db.execute(
                "INSERT INTO drafts (run_id, base, text, saved)"
                " SELECT run_id, base, text, saved FROM queued_notes WHERE run_id = ? ON CONFLICT DO NOTHING",
                (run_id,),
            )
            db.execute("UPDATE drafts SET problem = ? WHERE run_id = ?", (exact_bytes(problem), run_id))
            db.execute("DELETE FROM queued_notes WHERE run_id = ?", (run_id,))

        self._database.write(take_out)


def _note(row: Row) -> QueuedNote:
    run_id, run_name, base, text, saved = row
    return QueuedNote(run_id, exact_text(run_name), exact_text(base), exact_text(text), at(saved))
