"""Filter and sort all runs into arrays of ids, within a few milliseconds for 100,000.

A text is compared with the distinct values of a column and not with its rows. What is found are sets of rows: numbers
with one byte per row, which `&` and `|` combine faster than any loop.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import compress
from typing import Any

from k6desk.api.models import FINISHED, LoadTest, Project, Run, has_failed
from k6desk.data.columns import NO_NUMBER, NO_VUH, Columns, State
from k6desk.data.order import Order
from k6desk.data.query import RECENT, SOON, Column, Counts, Query
from k6desk.data.rows import ms
from k6desk.data.sqlite import Row

__all__ = ["Counts", "Query", "RunIndex"]

OUTCOMES = (
    "created",
    "queued",
    "initializing",
    "running",
    "processing_metrics",
    "error",
    "failed",
    "aborted",
    "passed",
)
"""How the status column is sorted: what goes on, what went wrong, what went well; other words after these."""

_LONGEST_ID = len(str(2**63))


class RunIndex:
    """All runs of an account, to be searched. One thread at a time."""

    def __init__(self) -> None:
        self._columns = Columns()
        self._test_names: dict[int, str] = {}
        self._project_names: dict[int, str] = {}
        self._known_names: list[str] = []
        self._kept: frozenset[int] = frozenset()
        self._known_kept: int | None = None  # the rows of these
        self._known_expiring: tuple[int, int] | None = None  # at which minute, and the rows
        self._sorted: tuple[tuple[Column, bool], Order, array[int]] | None = None  # rows and ids in the last order
        self._counted: tuple[int, Counts] | None = None  # at which minute

    def load(self, chunks: Iterable[Sequence[Row]]) -> None:
        """Fill an empty index with `Cache.index_rows`: some hundred ms, so in a worker thread, then swap it in."""
        self._columns.load(chunks)
        self._sorted = self._counted = None

    def upsert(self, runs: Iterable[Run]) -> None:
        """Add these runs, or replace what was known of them."""
        changed = self._columns.upsert(runs)
        if changed:
            self._counted = None
        if changed & {"created", "expires"}:
            self._known_kept = self._known_expiring = None
        if self._sorted and ("created" in changed or self._sorted[0][0] in changed):
            self._sorted = None

    def remove(self, ids: Iterable[int]) -> None:
        """Forget these runs."""
        if self._columns.remove(ids):
            self._sorted = self._counted = self._known_kept = self._known_expiring = None

    def name_tests(self, tests: Iterable[LoadTest], projects: Iterable[Project]) -> None:
        """Say what all tests and projects are called, whether they have runs or not."""
        self._test_names = {test.id: test.name for test in tests}
        self._project_names = {project.id: project.name for project in projects}
        self._known_names = []
        if self._sorted and self._sorted[0][0] == "test":
            self._sorted = None

    def mark_kept(self, ids: frozenset[int]) -> None:
        """Say which runs are kept on this computer."""
        self._kept = ids
        self._counted = self._known_kept = None

    def __contains__(self, run_id: int) -> bool:
        return self._columns.row_of(run_id) is not None

    def select(self, query: Query, now: datetime) -> array[int]:
        """The ids of the runs that a query shows, in its order."""
        rows, ids = self._order(query.sort, query.descending, now)
        shown = self._in_place(query, now)
        for word in query.text.casefold().split():
            found = self._with_word(word)
            shown = found if shown is None else shown & found
        if shown is None:
            return ids[:]
        members = shown.to_bytes(len(self), "little")
        if isinstance(rows, range):
            return array("q", compress(ids, members[:: rows.step]))
        return array("q", compress(ids, map(list(members).__getitem__, rows)))

    def counts(self, now: datetime) -> Counts:
        """How many runs the smart lists hold; exact to the minute."""
        minute = ms(now) // 60_000
        if self._counted is None or self._counted[0] != minute:
            recent = self._since(now)
            self._counted = (
                minute,
                Counts(
                    running=self._with_state(_is_running).bit_count(),
                    recent=recent.bit_count(),
                    failed=(recent & self._with_state(_is_failed)).bit_count(),
                    starred=self._with_state(_is_starred).bit_count(),
                    kept=self._with_kept().bit_count(),
                    expiring=self._expiring(now).bit_count(),
                    total=len(self),
                ),
            )
        return self._counted[1]

    def vuh(self, ids: Iterable[int]) -> tuple[float, bool]:
        """The VUH of these runs together, as far as they are known, and whether estimates are among them."""
        wanted = frozenset(ids)
        rows = [row for row, run_id in enumerate(self._columns.id) if run_id in wanted]
        vuh, state = self._columns.vuh, self._columns.state
        is_live = list(map(_is_running, state.distinct))
        return sum(vuh[row] for row in rows if vuh[row] != NO_VUH), any(is_live[state.codes[row]] for row in rows)

    def __len__(self) -> int:
        return len(self._columns)

    def _order(self, sort: Column, descending: bool, now: datetime) -> tuple[Order, array[int]]:
        if self._sorted is None or self._sorted[0] != (sort, descending):
            rows = self._sort(sort, descending, now)
            id_ = self._columns.id
            ids = id_[:: rows.step] if isinstance(rows, range) else array("q", map(id_.__getitem__, rows))
            self._sorted = (sort, descending), rows, ids
        return self._sorted[1:]

    def _sort(self, sort: Column, descending: bool, now: datetime) -> Order:
        oldest_first = self._columns.by_created
        newest_first = oldest_first[::-1]
        if sort == "created":
            return newest_first if descending else oldest_first[:]
        keys, lowest = self._keys(sort, ms(now))
        rows = list(newest_first)
        rows.sort(key=keys.__getitem__, reverse=descending)
        without = 0 if descending else bisect_right(rows, lowest, key=keys.__getitem__)
        return array("i", rows[without:] + rows[:without])

    def _keys(self, sort: Column, now: int) -> tuple[list[Any], Any]:
        """What to sort the rows by, and what stands for no value."""
        columns = self._columns
        match sort:
            case "status":
                return columns.state.ranks(list(map(_status_key, columns.state.distinct))), -1
            case "test":
                return columns.test.ranks([names if names[0] != "\n" else None for names in self._names()]), -1
            case "person":
                return columns.person.ranks(
                    [person.casefold() if person else None for person in columns.person.distinct]
                ), -1
            case "duration":
                return columns.durations(now), NO_NUMBER
            case "vus":
                return columns.vus.tolist(), NO_NUMBER
            case "vuh":
                return columns.vuh.tolist(), NO_VUH
            case "expires":
                return columns.expires.tolist(), NO_NUMBER
            case "note":
                return columns.note.ranks([note or None for note in columns.note.distinct]), -1
        raise ValueError(f"unknown column {sort}")

    def _in_place(self, query: Query, now: datetime) -> int | None:
        test = self._columns.test
        match query.place:
            case "all":
                return None
            case "running":
                return self._with_state(_is_running)
            case "recent":
                return self._since(now)
            case "failed":
                return self._since(now) & self._with_state(_is_failed)
            case "starred":
                return self._with_state(_is_starred)
            case "kept":
                return self._with_kept()
            case "expiring":
                return self._expiring(now)
            case "project":
                return test.rows([project_id == query.place_id for project_id, _ in test.distinct])
            case "test":
                return test.rows([test_id == query.place_id for _, test_id in test.distinct])
        raise ValueError(f"unknown place {query.place}")

    def _since(self, now: datetime) -> int:
        columns = self._columns
        first = bisect_left(columns.by_created, ms(now - RECENT), key=columns.created.__getitem__)
        rows = columns.by_created[first:]
        if isinstance(rows, range):
            return int.from_bytes(bytes(rows.start) + bytes([1]) * len(rows), "little")
        return self._set(rows)

    def _with_kept(self) -> int:
        if self._known_kept is None:
            self._known_kept = self._set(row for row in map(self._columns.row_of, self._kept) if row is not None)
        return self._known_kept

    def _expiring(self, now: datetime) -> int:
        minute = ms(now) // 60_000
        if self._known_expiring is None or self._known_expiring[0] != minute:
            first, end = ms(now), ms(now + SOON)
            rows = self._set(row for row, expires in enumerate(self._columns.expires) if first <= expires <= end)
            self._known_expiring = minute, rows
        return self._known_expiring[1] & ~self._with_kept()

    def _with_state(self, wanted: Callable[[State], bool]) -> int:
        state = self._columns.state
        return state.rows(list(map(wanted, state.distinct)))

    def _with_word(self, word: str) -> int:
        columns = self._columns
        return (
            columns.test.rows([word in names for names in self._names()])
            | self._with_state(lambda state: word in state[0].casefold() or word in (state[1] or "").casefold())
            | columns.person.rows([word in (person or "").casefold() for person in columns.person.distinct])
            | columns.note.rows([word in note for note in columns.note.distinct])
            | self._set(self._with_id(word))
        )

    def _names(self) -> list[str]:
        """For each code of the test column the name of the test and that of its project, without case."""
        distinct = self._columns.test.distinct
        if len(self._known_names) != len(distinct):
            self._known_names = [
                f"{self._test_names.get(test_id, '')}\n{self._project_names.get(project_id, '')}".casefold()
                for project_id, test_id in distinct
            ]
        return self._known_names

    def _with_id(self, prefix: str) -> Iterable[int]:
        """The rows whose id begins with these digits: one range per length of an id."""
        if not (prefix.isascii() and prefix.isdigit() and len(prefix) <= _LONGEST_ID):
            return
        by_id, id_ = self._columns.by_id, self._columns.id
        for more in range(1 if prefix[0] == "0" else _LONGEST_ID - len(prefix) + 1):
            first, end = (bisect_left(by_id, int(n) * 10**more, key=id_.__getitem__) for n in (prefix, int(prefix) + 1))
            yield from by_id[first:end]

    def _set(self, rows: Iterable[int]) -> int:
        members = bytearray(len(self))
        for row in rows:
            members[row] = 1
        return int.from_bytes(members, "little")


def _is_running(state: State) -> bool:
    return state[0] not in FINISHED


def _is_failed(state: State) -> bool:
    return has_failed(state[0], state[1])


def _is_starred(state: State) -> bool:
    return bool(state[2])


def _status_key(state: State) -> tuple[int, str]:
    status, result, _ = state
    outcome = status if status == "aborted" or status not in FINISHED else result or status
    return (OUTCOMES.index(outcome) if outcome in OUTCOMES else len(OUTCOMES), outcome)
