"""What stays: unsent notes, a journal of actions, scripts, kept runs, baselines. No code ever deletes this file.

Every call commits to the disk before it returns; where that is impossible, `problem` says why.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Literal

from msgspec import Struct

from k6desk.api.lenient import line
from k6desk.data.baselines import Baselines
from k6desk.data.kept import KeptRuns
from k6desk.data.note_queue import NoteQueue
from k6desk.data.rows import at, ms
from k6desk.data.schema import LIBRARY
from k6desk.data.scripts import Scripts
from k6desk.data.sqlite import Database, Row
from k6desk.data.stored import exact_bytes, exact_text

_DRAFT = "run_id, base, text, saved, problem"
# What was seen and is lost is to be asked for again.
_AFTER_DAMAGE = (
    "DELETE FROM scripts WHERE sha256(content) <> digest",
    "DELETE FROM sightings WHERE digest <> x'' AND digest NOT IN (SELECT digest FROM scripts)",
)


class Draft(Struct, frozen=True):
    """A note that was typed but is not known to be on the server; `base` is the server's text it started from.

    `problem` is why the server did not take it, in one sentence, if it was sent as it is.
    """

    run_id: int
    base: str
    text: str
    saved_at: datetime
    problem: str = ""


class Target(Struct, frozen=True):
    """What an action is done to: what kind of thing, its id, and the name under which the user saw it."""

    kind: Literal["run", "test", "project", "zone", "stack"]
    id: int
    name: str

    @property
    def called(self) -> str:
        """The name on one line, for a sentence."""
        return line(self.name, 80)


class Action(Struct, frozen=True):
    """Something the user asked the server to do, whose outcome is not known (yet).

    `after` is the time, by the server's clock, of the newest thing of the kind that the action makes: what it made is
    newer.
    """

    id: int
    action: str
    target: Target
    begun_at: datetime
    after: datetime | None = None


class Library:
    """The user's own file of one account; `path` None keeps it in memory."""

    def __init__(self, path: Path | None) -> None:
        name = "library of notes, scripts and kept runs"
        large = ("scripts", "kept_documents")
        self._database = Database(path, LIBRARY, name=name, durable=True, large=large, after_damage=_AFTER_DAMAGE)
        self.scripts = Scripts(self._database)
        self.kept = KeptRuns(self._database)
        self.note_queue = NoteQueue(self._database)
        self.baselines = Baselines(self._database)

    @property
    def problem(self) -> str | None:
        """What is wrong with the file and what was done, in one sentence; may appear after any call."""
        return self._database.problem

    @property
    def is_saved(self) -> bool:
        """Whether what is written survives the end of the program."""
        return self._database.is_saved

    def put_draft(self, draft: Draft) -> None:
        """Keep a draft in place of the run's former one."""
        base, text, problem = map(exact_bytes, (draft.base, draft.text, draft.problem))
        row = (draft.run_id, base, text, ms(draft.saved_at), problem)
        sql = f"INSERT OR REPLACE INTO drafts ({_DRAFT}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
        self._database.write(lambda db: db.execute(sql, row))

    def remove_draft(self, run_id: int) -> None:
        """Forget a draft, because it is on the server or the user gave it up."""
        self._database.write(lambda db: db.execute("DELETE FROM drafts WHERE run_id = ?", (run_id,)))

    def draft(self, run_id: int) -> Draft | None:
        """The draft of one run."""
        sql = f"SELECT {_DRAFT} FROM drafts WHERE run_id = ?"  # noqa: S608
        return next(iter(self._database.read(_draft, sql, run_id)), None)

    def refused_drafts(self) -> list[Draft]:
        """The drafts that the server did not take, the oldest first."""
        return self._database.read(_draft, f"SELECT {_DRAFT} FROM drafts WHERE problem <> x'' ORDER BY saved")  # noqa: S608

    def begin(self, action: str, target: Target, after: datetime | None = None) -> int:
        """Note an action before the server is asked; the number to `finish` it with."""
        row = (action, target.kind, target.id, exact_bytes(target.name), ms(datetime.now(UTC)), after and ms(after))

        def begin(db: Connection) -> int:
            sql = "INSERT INTO actions (action, target, target_id, target_name, begun, after) VALUES (?, ?, ?, ?, ?, ?)"
            number = db.execute(sql, row).lastrowid
            assert number
            return number

        return self._database.write(begin)

    def finish(self, number: int, outcome: str) -> None:
        """Note how an action ended, in one word."""
        row = (outcome, ms(datetime.now(UTC)), number)
        self._database.write(lambda db: db.execute("UPDATE actions SET outcome = ?, finished = ? WHERE id = ?", row))

    def pending(self) -> list[Action]:
        """The actions whose outcome is not known, the oldest first."""
        sql = "SELECT id, action, target, target_id, target_name, begun, after FROM actions WHERE outcome IS NULL"
        return self._database.read(_action, f"{sql} ORDER BY id")

    def check(self) -> None:
        """Look for damage everywhere in the file; for the writing thread when it is idle."""
        self._database.check()

    def close(self) -> None:
        """Close the file; every thread has finished with it."""
        self._database.close()


def _draft(row: Row) -> Draft:
    run_id, base, text, saved, problem = row
    return Draft(run_id, exact_text(base), exact_text(text), at(saved), exact_text(problem))


def _action(row: Row) -> Action:
    number, action, kind, id_, name, begun, after = row
    return Action(number, action, Target(kind, id_, exact_text(name)), at(begun), None if after is None else at(after))
