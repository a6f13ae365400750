"""Every script that was ever seen, kept once, with where and when it was seen: a part of the library."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from sqlite3 import Connection
from typing import Literal

from msgspec import Struct

from k6desk.api.models import Script
from k6desk.data.rows import at, ms
from k6desk.data.sqlite import Database, Row
from k6desk.data.stored import exact_bytes, exact_text

ScriptKind = Literal["run", "test"]

_ABSENT = b""
_MOST_ASKED = 500  # parameters of one query; SQLite may allow 999
_SIGHTING = "kind, thing, test_id, test_name, digest, first, last"


class Sighting(Struct, frozen=True):
    """That the run or test with this id had the script with this digest, from `first_at` to `last_at` at least.

    A run has one script, a test one after the other. `test_id` is 0 where it was not known.
    """

    kind: ScriptKind
    id: int
    test_id: int
    test_name: str
    digest: str
    first_at: datetime
    last_at: datetime


class Usage(Struct, frozen=True):
    """What used the script with this digest: so many (`count`) runs of a test, `id` the one seen last, or the test."""

    digest: str
    kind: ScriptKind
    id: int
    count: int
    test_id: int
    test_name: str
    last_at: datetime


class Scripts:
    """Scripts by their digest: the SHA-256, in hexadecimal, of the content as it is kept.

    The secrets in an archive's metadata are masked before that: they never reach the disk.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._bytes: int | None = None  # all together, once somebody has asked

    def keep(self, script: Script, kind: ScriptKind, id_: int, test_id: int, test_name: str, seen_at: datetime) -> str:
        """Keep a script that a run or test has, and that it was seen there; its digest.

        Raises `ArchiveProblem`, and keeps nothing, if the secrets in an archive cannot be found because it is damaged.
        """
        content = script.content
        if script.is_archive:
            from k6desk.data.archive import without_secrets  # needs tarfile, and the first picture does not

            content = without_secrets(content)
        import hashlib  # nothing is kept before the first picture

        digest = hashlib.sha256(content).digest()

        def keep(db: Connection) -> bool:
            sql = "INSERT OR IGNORE INTO scripts (digest, content, is_archive) VALUES (?, ?, ?)"
            is_new = db.execute(sql, (digest, content, int(script.is_archive))).rowcount > 0
            _note(db, kind, id_, test_id, test_name, digest, seen_at)
            return is_new

        if self._database.write(keep) and self._bytes is not None:
            self._bytes += len(content)
        return digest.hex()

    def note_absence(self, kind: ScriptKind, id_: int, asked_at: datetime) -> None:
        """The server was asked for the script of a run or test and has none to give."""
        self._database.write(lambda db: _note(db, kind, id_, 0, "", _ABSENT, asked_at))

    def script(self, digest: str) -> Script | None:
        """One script; None if it is not here. For any thread."""
        sql = "SELECT content, is_archive FROM scripts WHERE digest = ?"
        found = [row for rows in self._database.chunks(sql, 1, bytes.fromhex(digest)) for row in rows]
        return _script(found[0]) if found else None

    def newest(self, kind: ScriptKind, id_: int) -> Sighting | None:
        """What a run used, or what a test had when it was last asked for; None if that was never seen."""
        sql = f"SELECT {_SIGHTING} FROM sightings WHERE kind = ? AND thing = ? AND digest <> x'' ORDER BY last DESC"  # noqa: S608
        return next(iter(self._database.read(_sighting, f"{sql} LIMIT 1", kind, id_)), None)

    def of_test(self, test_id: int) -> list[Sighting]:
        """The scripts of a test and of its runs, those that were seen last first."""
        sql = f"SELECT {_SIGHTING} FROM sightings WHERE test_id = ? AND digest <> x'' ORDER BY last DESC, id DESC"  # noqa: S608
        return self._database.read(_sighting, sql, test_id)

    def sightings(self) -> list[Sighting]:
        """All that was seen, the last first."""
        sql = f"SELECT {_SIGHTING} FROM sightings WHERE digest <> x'' ORDER BY last DESC, id DESC"  # noqa: S608
        return self._database.read(_sighting, sql)

    def usages(self, digests: Collection[str]) -> list[Usage]:
        """What used these scripts."""
        sql = (
            "SELECT digest, kind, thing, count(*), test_id, test_name, max(last) FROM sightings"
            " WHERE digest IN ({}) GROUP BY digest, test_id, kind"
        )
        every = [bytes.fromhex(digest) for digest in digests]
        return [
            usage
            for at in range(0, len(every), _MOST_ASKED)
            for some in [every[at : at + _MOST_ASKED]]
            for usage in self._database.read(_usage, sql.format(", ".join("?" * len(some))), *some)
        ]

    def asked(self, kind: ScriptKind) -> dict[int, datetime]:
        """When the script of which runs or tests was last asked for, also where there was none."""
        sql = "SELECT thing, max(last) FROM sightings WHERE kind = ? GROUP BY thing"
        return dict(self._database.read(_asked, sql, kind))

    def digests(self) -> set[str]:
        """The digests of all kept scripts."""
        return set(self._database.read(_hex, "SELECT digest FROM scripts"))

    def total_bytes(self) -> int:
        """The size of all kept scripts together."""
        if self._bytes is None:
            self._bytes = sum(self._database.read(_only, "SELECT coalesce(sum(length(content)), 0) FROM scripts"))
        return self._bytes


def _note(db: Connection, kind: str, id_: int, test_id: int, test_name: str, digest: bytes, seen_at: datetime) -> None:
    seen = ms(seen_at)
    row = (kind, id_, test_id, exact_bytes(test_name), digest, seen, seen)
    db.execute(
        f"INSERT INTO sightings ({_SIGHTING}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        " ON CONFLICT DO UPDATE SET first = min(first, excluded.first), last = max(last, excluded.last),"
        " test_name = iif(excluded.test_id, excluded.test_name, test_name),"
        " test_id = iif(excluded.test_id, excluded.test_id, test_id)",
        row,
    )


def _sighting(row: Row) -> Sighting:
    kind, id_, test_id, test_name, digest, first, last = row
    return Sighting(kind, id_, test_id, exact_text(test_name), digest.hex(), at(first), at(last))


def _usage(row: Row) -> Usage:
    digest, kind, id_, count, test_id, test_name, last = row
    return Usage(digest.hex(), kind, id_, count, test_id, exact_text(test_name), at(last))


def _script(row: Row) -> Script:
    content, is_archive = row
    return Script(content, bool(is_archive))


def _asked(row: Row) -> tuple[int, datetime]:
    id_, last = row
    return id_, at(last)


def _hex(row: Row) -> str:
    return str(row[0].hex())


def _only(row: Row) -> int:
    return int(row[0])
