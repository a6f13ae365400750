"""The lines of one run's log: in the order in which they came, nothing twice, with marks on what is missing."""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import MsgspecError, Struct
from msgspec.msgpack import decode, encode

from k6desk.api.logs import LogLine
from k6desk.data.folding import folded
from k6desk.data.visible import plain_terminal_text

MOST_LINES = 50_000
MOST_CHARACTERS = 32 << 20
AT_ONCE = MOST_LINES // 20
"""So many lines go when there are too many: what is looked at should not lose one with every line that comes."""
REPLAYED = 5_000
"""So many of the last lines at least are looked for in what the server says again."""
LARGEST_DOCUMENT = 3 << 20

ERRORS = frozenset({"error", "fatal", "panic", "critical"})
WARNINGS = frozenset({"warning", "warn"})
FINE = frozenset({"debug", "trace"})
_MARK = 255
"""Stands for a severity where a mark is: it passes whatever is wanted."""


class Mark(Struct, frozen=True, gc=False):
    """Stands between the lines and says what is missing there."""

    at_ns: int
    text: str


Row = LogLine | Mark


def severity(level: str) -> int:
    """3 for errors, 2 for warnings, 0 for what only helps to find bugs, 1 for everything else."""
    if level in ERRORS:
        return 3
    if level in WARNINGS:
        return 2
    return 0 if level in FINE else 1


class RunLog:
    """Rows by their number, counted from the first that ever came: `first` is that of the oldest that is left."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._grades = bytearray()
        self._folded: list[str] = []  # to do it while one types would take too long
        self._size = 0
        self._seen = Counter[tuple[int, str]]()
        self._labels: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
        self.first = 0
        self.counts = Counter[int]()
        """How many lines there are of which severity."""
        self.last_ns = 0
        self.cut = 0
        """How many of the oldest lines were let go."""
        self.is_complete = False

    @property
    def end(self) -> int:
        """The number that the next row will have."""
        return self.first + len(self._rows)

    def row(self, number: int) -> Row:
        """One row by its number."""
        return self._rows[number - self.first]

    def rows(self, since: int = 0) -> list[Row]:
        """The rows from a number on."""
        return self._rows[max(0, since - self.first) :]

    def numbers(self, since: int, words: Sequence[str], least: int) -> array[int]:
        """The numbers of the rows from one on that have all these folded words, and at least this severity.

        Marks are among them unless there are words.
        """
        at = max(0, since - self.first)
        if not words and not least:
            return array("q", range(self.first + at, self.end))
        found = [place for place, grade in enumerate(self._grades[at:], at) if grade >= least]
        for word in words:
            found = [place for place in found if word in self._folded[place]]
        return array("q", [self.first + place for place in found])

    def expect_replay(self, since_ns: int) -> None:
        """The server is about to be asked for what is as old as this or newer, and says again what it has said of it.

        What it had not said then comes after what it had, though it may be older.
        """
        last = len(self._rows) - REPLAYED
        again = (row for at, row in enumerate(self._rows) if row.at_ns >= since_ns or at >= last)
        self._seen = Counter((row.at_ns, row.text) for row in again if isinstance(row, LogLine))

    def take(self, lines: Iterable[LogLine]) -> int:
        """Add lines, each without what is no text; how many were new."""
        before = len(self._rows)
        for line in lines:
            text = plain_terminal_text(line.text)
            if self._seen.get((line.at_ns, text), 0):
                self._seen[line.at_ns, text] -= 1
                continue
            self._add(LogLine(line.at_ns, line.level, text, self._shared(line.labels)))
        added = len(self._rows) - before
        self._let_go()
        return added

    def mark(self, text: str, at_ns: int | None = None) -> None:
        """Say that something is missing here."""
        self._add(Mark(self.last_ns if at_ns is None else at_ns, text))

    def _add(self, row: Row) -> None:
        grade = severity(row.level) if isinstance(row, LogLine) else _MARK
        self._rows.append(row)
        self._grades.append(grade)
        self._folded.append("" if grade == _MARK else folded(row.text))
        self._size += len(row.text)
        if grade != _MARK:
            self.last_ns = max(self.last_ns, row.at_ns)
            self.counts[grade] += 1

    def _let_go(self) -> None:
        if len(self._rows) <= MOST_LINES and self._size <= MOST_CHARACTERS:
            return
        gone = size = 0
        for row in self._rows:
            is_enough = len(self._rows) - gone <= MOST_LINES - AT_ONCE
            if is_enough and self._size - size <= MOST_CHARACTERS * 0.9:
                break
            gone += 1
            size += len(row.text)
        for grade in self._grades[:gone]:
            if grade != _MARK:
                self.cut += 1
                self.counts[grade] -= 1
        for kept in (self._rows, self._grades, self._folded):
            del kept[:gone]
        self.first += gone
        self._size -= size

    def _shared(self, labels: dict[str, str]) -> dict[str, str]:
        """The same labels as those of the other lines of their source."""
        return self._labels.setdefault(tuple(labels.items()), labels)

    # -- as a document -------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """What `pack` makes a document of, while more lines come."""
        return Snapshot(tuple(self._rows), self.cut, self.is_complete)

    @classmethod
    def unpacked(cls, content: bytes) -> RunLog | None:
        """The log of a document; None if another version of k6desk wrote it in another shape."""
        try:
            document = decode(zlib.decompress(content), type=_Document)
            rows = [_row(row, document.labels) for row in document.rows]
        except (MsgspecError, zlib.error, IndexError):
            return None
        log = cls()
        for row in rows:
            log._add(row)
        log.cut = document.cut
        log.is_complete = document.is_complete
        return log


class Snapshot(Struct, frozen=True):
    """A log as it was at one time."""

    rows: tuple[Row, ...]
    cut: int
    is_complete: bool


class _Document(Struct, frozen=True):
    """Time, level, text and number of the labels of each line; the number is -1 for a mark."""

    rows: Sequence[tuple[int, str, str, int]]
    labels: list[dict[str, str]]
    cut: int = 0
    is_complete: bool = False


def pack(log: Snapshot) -> bytes:
    """A log as a document of at most `LARGEST_DOCUMENT` bytes: if there are more, the newest rows. For any thread."""
    numbers: dict[int, int] = {}
    labels: list[dict[str, str]] = []
    rows: list[tuple[int, str, str, int]] = []
    for row in log.rows:
        if isinstance(row, Mark):
            rows.append((row.at_ns, "", row.text, -1))
            continue
        number = numbers.setdefault(id(row.labels), len(labels))
        if number == len(labels):
            labels.append(row.labels)
        rows.append((row.at_ns, row.level, row.text, number))
    cut = log.cut
    while True:
        content = zlib.compress(encode(_Document(rows, labels, cut, log.is_complete)))
        if len(content) <= LARGEST_DOCUMENT:
            return content
        cut += len(rows) // 3 + 1
        del rows[: len(rows) // 3 + 1]


def _row(row: tuple[int, str, str, int], labels: list[dict[str, str]]) -> Row:
    at_ns, level, text, number = row
    return Mark(at_ns, text) if number < 0 else LogLine(at_ns, level, text, labels[number])
