"""Search in the text of every kept script: a file of its own that can be deleted and is then made again.

Each text is kept once, however many archives hold it. An index of the three-letter parts of all texts, without case,
says which may hold what is looked for; the text itself says where. No secret is in it: texts come in masked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from sqlite3 import Connection
from typing import NamedTuple

from msgspec import Struct

from k6desk.data.folding import folded
from k6desk.data.matcher import Matcher, Sought, TooSlow
from k6desk.data.schema import SEARCH
from k6desk.data.sqlite import Database, Row
from k6desk.data.stored import exact_bytes, exact_text
from k6desk.data.text_lines import LONGEST, Line, lines_of

MOST_LINES = 1000
MOST_PLACES = 50
MOST_CHARACTERS = 2_000_000
"""Of one text, from its beginning: what is behind these is not shown anywhere either."""

_PAGE = 100
_PAGE_BYTES = 16384  # most texts lie on one page or two
_MOST_PARTS = 8
_MOST_ENDINGS = 40
_DENSE = 4  # where one in so many texts may match, it is faster to read them in the order in which they lie
_first: Callable[[Row], int] = itemgetter(0)
_NEWEST = 2**63 - 1
# What the index cannot tell from others, in texts as in what is looked for.
_UNINDEXED = {0: " ", 0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


class Place(NamedTuple):
    """A file of a script: `member` is the name it was indexed by."""

    digest: str
    member: str


class FoundText(Struct, frozen=True):
    """A text that holds what was looked for, in which files it stands (the newest first), and in which of its lines.

    There are `more_places` that are not named.
    """

    places: tuple[Place, ...]
    more_places: int
    lines: tuple[Line, ...]


class Found(Struct, frozen=True):
    """What a search found, the newest texts first. With `has_more` it stopped at `MOST_LINES` lines.

    `problem` says in a sentence why not everything was searched; None if it was.
    """

    texts: tuple[FoundText, ...] = ()
    has_more: bool = False
    problem: str | None = None


class ScriptSearch:
    """The search index of one account; `path` None keeps it in memory. For one thread, but for `close`."""

    def __init__(self, path: Path | None) -> None:
        self._database = Database(path, SEARCH, name="search index of your scripts", page_bytes=_PAGE_BYTES)

    @property
    def problem(self) -> str | None:
        """What is wrong with the file and what was done, in one sentence; may appear after any call."""
        return self._database.problem

    def indexed(self) -> set[str]:
        """The digests of the scripts that can be found."""
        return set(self._database.read(_hex, "SELECT digest FROM scripts"))

    def add(self, scripts: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Index scripts by their digests: the names and the masked texts of their files; none if it cannot be read."""
        prepared = {
            bytes.fromhex(digest): [(exact_bytes(member), *_prepared(text)) for member, text in members]
            for digest, members in scripts.items()
        }

        def add(db: Connection) -> None:
            for digest, files in prepared.items():
                script = _number(db, "INSERT OR IGNORE INTO scripts (digest) VALUES (?)", digest)
                for member, key, content, parts in files if script else ():
                    text = _number(db, "INSERT OR IGNORE INTO texts (digest, content) VALUES (?, ?)", key, content)
                    if text is None:
                        (text,) = db.execute("SELECT id FROM texts WHERE digest = ?", (key,)).fetchone()
                    else:
                        db.execute("INSERT INTO parts (rowid, content) VALUES (?, ?)", (text, parts))
                    db.execute("INSERT OR IGNORE INTO members VALUES (?, ?, ?)", (text, script, member))

        self._database.write(add)

    def remove(self, digests: Collection[str]) -> None:
        """Forget scripts, and the texts that no other script holds."""
        rows = [(bytes.fromhex(digest),) for digest in digests]

        def remove(db: Connection) -> None:
            whose = "script = (SELECT id FROM scripts WHERE digest = ?)"
            for row in rows:
                texts = db.execute(f"SELECT DISTINCT text FROM members WHERE {whose}", row).fetchall()  # noqa: S608
                db.execute(f"DELETE FROM members WHERE {whose}", row)  # noqa: S608
                db.execute("DELETE FROM scripts WHERE digest = ?", row)
                for (text,) in texts:
                    _remove_unused(db, text)

        self._database.write(remove)

    def find(self, query: Sought, is_wanted: Callable[[], bool] = lambda: True) -> Found:
        """Search, as long as it `is_wanted`. Raises `BadPattern`."""
        if not query.text:
            return Found()
        matcher = Matcher(query)
        found: list[tuple[int, tuple[Line, ...]]] = []
        left = MOST_LINES
        problem = None
        try:
            for number, content in self._candidates(matcher):
                if left < 0 or not is_wanted():
                    break
                if matcher.may_be_in(content) and (spans := matcher.spans(text := exact_text(content), left + 1)):
                    lines = lines_of(text, spans)
                    found.append((number, lines[:left] if left else ()))
                    left -= len(lines)
        except TooSlow as slow:
            problem = str(slow)
        places = self._places([number for number, lines in found if lines])
        texts = [FoundText(*places[number], lines) for number, lines in found if number in places]
        return Found(tuple(texts), left < 0, problem)

    def lines_near(self, place: Place, number: int, around: int) -> tuple[Line, ...]:
        """A line of a file by its number, and so many before and after it; none if the file is not here."""
        sql = (
            "SELECT content FROM scripts JOIN members ON script = scripts.id JOIN texts ON texts.id = text"
            " WHERE scripts.digest = ? AND name = ?"
        )
        wanted = bytes.fromhex(place.digest), exact_bytes(place.member)
        content = next(iter(self._database.read(_content, sql, *wanted)), b"")
        lines = exact_text(content).split("\n") if content else []
        first = max(0, number - 1 - around)
        return tuple(Line(at + 1, lines[at][:LONGEST], ()) for at in range(first, min(len(lines), number + around)))

    def repair(self) -> None:
        """Begin anew if the last reading found damage."""
        self._database.write(lambda _db: None)

    def check(self) -> None:
        """Look for damage everywhere in the file."""
        self._database.check()

    def close(self) -> None:
        """Close the file; its thread has finished with it."""
        self._database.close()

    def interrupt(self) -> None:
        """Break off what is being written. For any thread."""
        self._database.interrupt()

    def _candidates(self, matcher: Matcher) -> Iterator[tuple[int, bytes]]:
        """Every text that may match and perhaps others, the newest first, read as they are asked for."""
        wanted = self._in_index(matcher.literals)
        if wanted is None or (wanted and len(wanted) * _DENSE > wanted[0]):
            yield from self._one_after_the_other()
            return
        sql = "SELECT texts.id, content FROM json_each(?) CROSS JOIN texts ON texts.id = value"
        for at in range(0, len(wanted), _PAGE):
            yield from self._database.read(_text, sql, json.dumps(wanted[at : at + _PAGE]))

    def _one_after_the_other(self) -> Iterator[tuple[int, bytes]]:
        last = _NEWEST
        sql = "SELECT id, content FROM texts WHERE id < ? ORDER BY id DESC LIMIT ?"
        while rows := self._database.read(_text, sql, last, _PAGE):
            yield from rows
            last = rows[-1][0]

    def _in_index(self, literals: Collection[str]) -> list[int] | None:
        """The texts that hold all parts of these literals, the newest first; None if only reading them all can tell."""
        known = [_indexable(literal) for literal in literals]
        parts = {known[at : at + 3] for known in known for at in range(len(known) - 2)}
        if parts:
            every = -(-len(parts) // _MOST_PARTS)
            wanted = " AND ".join(map(_quoted, sorted(parts)[::every]))
        elif short := max(known, key=len, default=""):
            endings = self._endings(short)
            if endings is None:
                return None
            wanted = " OR ".join(map(_quoted, endings))
        else:
            return None
        sql = "SELECT rowid FROM parts WHERE parts MATCH ? ORDER BY rowid DESC"
        return self._database.read(_first, sql, wanted) if wanted else []

    def _endings(self, short: str) -> list[str] | None:
        """The parts that begin with one or two letters; None if these are in too many for the index to be of use."""
        sql = "SELECT term FROM vocabulary WHERE term >= ? AND term < ? LIMIT ?"
        terms = self._database.read(_term, sql, short, short + "\U0010ffff", _MOST_ENDINGS + 1)
        return terms if len(terms) <= _MOST_ENDINGS else None

    def _places(self, texts: Sequence[int]) -> dict[int, tuple[tuple[Place, ...], int]]:
        """For each text its newest places, and how many more there are."""
        sql = (
            "SELECT text, scripts.digest, name, total FROM ("
            "SELECT text, script, name, row_number() OVER (PARTITION BY text ORDER BY script DESC) AS place,"
            " count(*) OVER (PARTITION BY text) AS total"
            " FROM members WHERE text IN (SELECT value FROM json_each(?))"
            ") JOIN scripts ON scripts.id = script WHERE place <= ? ORDER BY text, place"
        )
        places: dict[int, list[Place]] = {}
        totals: dict[int, int] = {}
        for text, place, total in self._database.read(_place, sql, json.dumps(texts), MOST_PLACES):
            places.setdefault(text, []).append(place)
            totals[text] = total
        return {text: (tuple(some), totals[text] - len(some)) for text, some in places.items()}


def _prepared(text: str) -> tuple[bytes, bytes, str]:
    """A text's digest, itself with lines that end as everywhere, and what the index is made of."""
    text = text[:MOST_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n")
    content = exact_bytes(text)
    # Two more at the end: its last letters, too, begin a part.
    return hashlib.sha256(content).digest(), content, _indexable(text) + "\n\n"


def _indexable(text: str) -> str:
    known = folded(text).translate(_UNINDEXED)
    return known if known.isascii() else known.encode("utf-8", "replace").decode()


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def _number(db: Connection, insert: str, *values: object) -> int | None:
    """The number of the row that was inserted; None if it was there."""
    cursor = db.execute(insert, values)
    return cursor.lastrowid if cursor.rowcount > 0 else None


def _remove_unused(db: Connection, text: int) -> None:
    if db.execute("SELECT 1 FROM members WHERE text = ?", (text,)).fetchone():
        return
    (content,) = db.execute("SELECT content FROM texts WHERE id = ?", (text,)).fetchone()
    parts = _indexable(exact_text(content)) + "\n\n"
    db.execute("INSERT INTO parts (parts, rowid, content) VALUES ('delete', ?, ?)", (text, parts))
    db.execute("DELETE FROM texts WHERE id = ?", (text,))


def _hex(row: Row) -> str:
    return str(row[0].hex())


def _term(row: Row) -> str:
    return str(row[0])


def _text(row: Row) -> tuple[int, bytes]:
    number, content = row
    return number, content


def _content(row: Row) -> bytes:
    return bytes(row[0])


def _place(row: Row) -> tuple[int, Place, int]:
    text, digest, member, total = row
    return text, Place(digest.hex(), exact_text(member)), total
