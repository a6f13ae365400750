"""What the user typed and meant: drafts of notes, and a journal of actions. No code ever deletes this file.

Every call commits to the disk before it returns; where that is impossible, `problem` says why.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Literal

from msgspec import Struct

from k6desk.api.lenient import line
from k6desk.api.models import Script
from k6desk.data.rows import at, ms
from k6desk.data.schema import LIBRARY
from k6desk.data.sqlite import Database, Row

REPLACED, REPLACED_BYTES = 10, 64 * 2**20
"""So many replaced scripts of a test are kept, and of all of them so many bytes."""


class Draft(Struct, frozen=True):
    """A note that was typed but is not known to be on the server; `base` is the server's text it started from."""

    run_id: int
    base: str
    text: str
    saved_at: datetime


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

    def keep_replaced(self, test_id: int, test_name: str, script: Script) -> None:
        """Keep the script of a test that is about to be replaced; the secrets in an archive are masked.

        The same script is kept once, and the oldest of a test make room. Raises `ArchiveProblem`, and keeps nothing,
        if it cannot be read.
        """
        content = script.content
        if script.is_archive:
            from k6desk.data.archive import without_secrets  # needs tarfile, and the first picture does not

            content = without_secrets(content)
        row = (test_id, _bytes(test_name), content, int(script.is_archive), ms(datetime.now(UTC)))

        def keep(db: Connection) -> None:
            db.execute("DELETE FROM replaced_scripts WHERE test_id = ? AND content = ?", (test_id, content))
            db.execute("INSERT INTO replaced_scripts VALUES (NULL, ?, ?, ?, ?, ?)", row)
            sizes = "SELECT id, length(content) FROM replaced_scripts WHERE test_id = ? ORDER BY id DESC"
            total = 0
            for newer, (number, size) in enumerate(db.execute(sizes, (test_id,)).fetchall()):
                total += size
                if newer and (newer >= REPLACED or total > REPLACED_BYTES):
                    db.execute("DELETE FROM replaced_scripts WHERE id = ?", (number,))

        self._database.write(keep)

    def replaced(self, test_id: int) -> list[tuple[int, datetime]]:
        """Which scripts of a test were replaced from here, to be read by `replaced_script`, and when; newest first."""
        sql = "SELECT id, replaced FROM replaced_scripts WHERE test_id = ? ORDER BY id DESC"
        return self._database.read(_replaced, sql, test_id)

    def replaced_script(self, number: int) -> Script | None:
        """One of them; None if it has made room meanwhile."""
        sql = "SELECT content, is_archive FROM replaced_scripts WHERE id = ?"
        return next(iter(self._database.read(_script, sql, number)), None)

    def begin(self, action: str, target: Target, after: datetime | None = None) -> int:
        """Note an action before the server is asked; the number to `finish` it with."""
        row = (action, target.kind, target.id, _bytes(target.name), ms(datetime.now(UTC)), after and ms(after))

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
    run_id, base, text, saved = row
    return Draft(run_id, _text(base), _text(text), at(saved))


def _action(row: Row) -> Action:
    number, action, kind, id_, name, begun, after = row
    return Action(number, action, Target(kind, id_, _text(name)), at(begun), None if after is None else at(after))


def _replaced(row: Row) -> tuple[int, datetime]:
    number, replaced = row
    return number, at(replaced)


def _script(row: Row) -> Script:
    content, is_archive = row
    return Script(content, bool(is_archive))


def _bytes(text: str) -> bytes:
    # Half a character, as an editor may hold one, is no valid text for SQLite; nothing typed may be lost for that.
    return text.encode("utf-8", "surrogatepass")


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogatepass")
