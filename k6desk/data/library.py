"""What the user typed and meant: drafts of notes, and a journal of actions. No code ever deletes this file.

Every call commits to the disk before it returns; where that is impossible, `problem` says why.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection

from msgspec import Struct

from k6desk.data.rows import at, ms
from k6desk.data.schema import LIBRARY
from k6desk.data.sqlite import Database, Row


class Draft(Struct, frozen=True):
    """A note that was typed but is not known to be on the server; `base` is the server's text it started from."""

    run_id: int
    base: str
    text: str
    saved_at: datetime


class Action(Struct, frozen=True):
    """Something the user asked the server to do, whose outcome is not known (yet)."""

    id: int
    action: str
    run_id: int
    run_name: str
    begun_at: datetime


class Library:
    """The user's own file of one account; `path` None keeps it in memory."""

    def __init__(self, path: Path | None) -> None:
        self._database = Database(path, LIBRARY, name="file with your drafts", durable=True)

    @property
    def problem(self) -> str | None:
        """What is wrong with the file and what was done, in one sentence; may appear after any call."""
        return self._database.problem

    def put_draft(self, draft: Draft) -> None:
        """Keep a draft in place of the run's former one."""
        row = (draft.run_id, _bytes(draft.base), _bytes(draft.text), ms(draft.saved_at))
        self._database.write(lambda db: db.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?)", row))

    def remove_draft(self, run_id: int) -> None:
        """Forget a draft, because it is on the server or the user gave it up."""
        self._database.write(lambda db: db.execute("DELETE FROM drafts WHERE run_id = ?", (run_id,)))

    def draft(self, run_id: int) -> Draft | None:
        """The draft of one run."""
        sql = "SELECT run_id, base, text, saved FROM drafts WHERE run_id = ?"
        return next(iter(self._database.read(_draft, sql, run_id)), None)

    def begin(self, action: str, run_id: int, run_name: str) -> int:
        """Note an action before the server is asked; the number to `finish` it with."""

        def begin(db: Connection) -> int:
            sql = "INSERT INTO actions (action, run_id, run_name, begun) VALUES (?, ?, ?, ?)"
            number = db.execute(sql, (action, run_id, _bytes(run_name), ms(datetime.now(UTC)))).lastrowid
            assert number
            return number

        return self._database.write(begin)

    def finish(self, number: int, outcome: str) -> None:
        """Note how an action ended, in one word."""
        row = (outcome, ms(datetime.now(UTC)), number)
        self._database.write(lambda db: db.execute("UPDATE actions SET outcome = ?, finished = ? WHERE id = ?", row))

    def pending(self) -> list[Action]:
        """The actions whose outcome is not known, the oldest first."""
        sql = "SELECT id, action, run_id, run_name, begun FROM actions WHERE outcome IS NULL ORDER BY id"
        return self._database.read(_action, sql)

    def check(self) -> None:
        """Look for damage everywhere in the file; for the writing thread when it is idle."""
        self._database.check()

    def close(self) -> None:
        """Close the file; every thread has finished with it."""
        self._database.close()


def _draft(row: Row) -> Draft:
    run_id, base, text, saved = row
    return Draft(run_id, _text(base), _text(text), at(saved))


def _action(row: Row) -> Action:
    number, action, run_id, run_name, begun = row
    return Action(number, action, run_id, _text(run_name), at(begun))


def _bytes(text: str) -> bytes:
    # Half a character, as an editor may hold one, is no valid text for SQLite; nothing typed may be lost for that.
    return text.encode("utf-8", "surrogatepass")


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogatepass")
