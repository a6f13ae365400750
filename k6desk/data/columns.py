"""All runs in memory, as one array per column.

A run costs about 60 bytes: values that repeat (status and result, person, test, note) are stored once. Rows stand in
order of arrival.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from k6desk.api.models import Run
from k6desk.data.order import Order, extended, ordered, shortened
from k6desk.data.query import Column
from k6desk.data.rows import INDEX_COLUMNS, index_row
from k6desk.data.sqlite import Row
from k6desk.data.words import Words

NO_NUMBER = -(2**63)
NO_VUH = float("-inf")

State = tuple[str, str | None, int]  # status, result, starred

_ID, _CREATED = INDEX_COLUMNS.index("id"), INDEX_COLUMNS.index("created")


class Columns:
    """The columns by row, `by_id` and `by_created` as orders of the rows. Times and spans are milliseconds."""

    def __init__(self) -> None:
        self.id = array("q")
        self.created = array("q")
        self.span = array("q")  # from created to ended
        self.vus = array("q")
        self.vuh = array("d")
        self.expires = array("q")  # when the retention of the results ends
        self.test = Words[tuple[int, int]]()  # project id, test id
        self.state = Words[State]()
        self.person = Words[str | None]()
        self.note = Words[str]()  # without case
        self.by_id: Order = range(0)
        self.by_created: Order = range(0)

    def load(self, chunks: Iterable[Sequence[Row]]) -> None:
        """Fill empty columns with rows of `rows.INDEX_COLUMNS`."""
        for rows in chunks:
            self._append(rows)
        self._put_in_order()

    def upsert(self, runs: Iterable[Run]) -> set[Column]:
        """Add or replace these runs; in which columns something changed, "created" if there are new rows."""
        changed = set[Column]()
        new: dict[int, Row] = {}
        for run in runs:
            row = self.row_of(run.id)
            if row is None:
                new[run.id] = index_row(run)
            else:
                changed |= self._replace(row, index_row(run))
        if new:
            self._append(sorted(new.values(), key=lambda values: (values[_CREATED], values[_ID])))
            self.by_id = extended(self.by_id, len(self), self.id.__getitem__)
            self.by_created = extended(self.by_created, len(self), self.id.__getitem__, self.created.__getitem__)
            changed.add("created")
        return changed

    def remove(self, ids: Iterable[int]) -> bool:
        """Forget these runs; whether any was known."""
        gone = sorted({row for row in map(self.row_of, ids) if row is not None})
        if not gone:
            return False
        stay = [slice(before + 1, row) for before, row in pairwise([-1, *gone, len(self)])]
        self.id, self.created, self.span = (_pieces(old, stay) for old in (self.id, self.created, self.span))
        self.vus, self.vuh, self.expires = (_pieces(old, stay) for old in (self.vus, self.vuh, self.expires))
        for words in (self.test, self.state, self.person, self.note):
            words.codes = _pieces(words.codes, stay)
        self.by_id = shortened(self.by_id, len(self), self.id.__getitem__)
        self.by_created = shortened(self.by_created, len(self), self.id.__getitem__, self.created.__getitem__)
        return True

    def row_of(self, id_: int) -> int | None:
        """The row of a run; None if it is not known."""
        place = bisect_left(self.by_id, id_, key=self.id.__getitem__)
        if place < len(self) and self.id[self.by_id[place]] == id_:
            return self.by_id[place]
        return None

    def durations(self, now: int) -> list[int]:
        """The milliseconds from created to ended, or until now, of every row."""
        durations = self.span.tolist()
        row = -1
        for _ in range(durations.count(NO_NUMBER)):
            row = durations.index(NO_NUMBER, row + 1)
            durations[row] = now - self.created[row]
        return durations

    def __len__(self) -> int:
        return len(self.id)

    def _append(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        ids, projects, tests, statuses, results, stars, created, ended, persons, vus, vuh, notes, expires = zip(
            *rows, strict=True
        )
        self.id.extend(ids)
        self.created.extend(created)
        self.span.extend([_span(begin, end) for begin, end in zip(created, ended, strict=True)])
        self.vus.extend([NO_NUMBER if value is None else value for value in vus])
        self.vuh.extend([NO_VUH if value is None else value for value in vuh])
        self.expires.extend([NO_NUMBER if value is None else value for value in expires])
        self.test.extend(zip(projects, tests, strict=True))
        self.state.extend(zip(statuses, results, stars, strict=True))
        self.person.extend(persons)
        self.note.extend(map(str.casefold, notes))

    def _replace(self, row: int, values: Row) -> set[Column]:
        _, project, test, status, result, star, created, ended, person, vus, vuh, note, expires = values
        cells: tuple[tuple[Column, array[Any], Any], ...] = (
            ("duration", self.span, _span(created, ended)),
            ("vus", self.vus, NO_NUMBER if vus is None else vus),
            ("vuh", self.vuh, NO_VUH if vuh is None else vuh),
            ("expires", self.expires, NO_NUMBER if expires is None else expires),
        )
        words: tuple[tuple[Column, Words[Any], Any], ...] = (
            ("test", self.test, (project, test)),
            ("status", self.state, (status, result, star)),
            ("person", self.person, person),
            ("note", self.note, note.casefold()),
        )
        changed: set[Column] = {name for name, column, word in words if column.replace(row, word)}
        for name, column, value in cells:
            if column[row] != value:
                column[row] = value
                changed.add(name)
        if self.created[row] != created:
            self.created[row] = created
            self._put_in_order()
            changed.add("created")
        return changed

    def _put_in_order(self) -> None:
        self.by_id = ordered(len(self), self.id.__getitem__)
        self.by_created = ordered(len(self), self.id.__getitem__, self.created.__getitem__)


def _span(created: int, ended: int | None) -> int:
    return NO_NUMBER if ended is None else ended - created


def _pieces(column: Any, pieces: Iterable[slice]) -> Any:
    joined = column[:0]
    for piece in pieces:
        joined += column[piece]
    return joined
