"""Which runs there are: the test and the moment of each, by index. Everything else about a run follows from these."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import overload

from k6desk.demo.inventory import BEYOND_DOUBLE, LoadTest

_FIRST_RUN = 2**32 - 7 * 300
_FIRST_ORDERED = 5_280_400


class Part(Sequence[int]):
    """The part [first, last) of a sorted list, without a copy: lists of runs are long and pages short."""

    def __init__(self, whole: list[int], first: int, last: int) -> None:
        self._whole = whole
        self._places = range(first, last)

    def __len__(self) -> int:
        """How many runs there are in it."""
        return len(self._places)

    @overload
    def __getitem__(self, key: int) -> int: ...

    @overload
    def __getitem__(self, key: slice) -> list[int]: ...

    def __getitem__(self, key: int | slice) -> int | list[int]:
        """One run, or some."""
        places = self._places[key]
        return self._whole[places] if isinstance(places, int) else [self._whole[place] for place in places]


class Ledger:
    """The runs, in the order in which they began. `index` counts all that ever were."""

    def __init__(self) -> None:
        self._story: list[int] = []
        self._created: list[int] = []
        self._tests: list[LoadTest] = []
        self._there: list[int] = []
        self._there_of_test: dict[int, list[int]] = {}
        self._ordered: list[int] = []
        self._order_of: dict[int, int] = {}

    def begin(self, test: LoadTest, story_us: int, created_us: int, *, ordered: bool) -> int:
        """A new run, by itself or `ordered` by somebody.

        It is told to have begun at `created_us`, but not before the one ahead of it.
        """
        index = len(self._created)
        if ordered:
            self._order_of[index] = len(self._ordered)
            self._ordered.append(index)
        self._story.append(story_us)
        self._created.append(max(created_us, self._created[-1]) if self._created else created_us)
        self._tests.append(test)
        self._there.append(index)
        self._there_of_test.setdefault(test.id, []).append(index)
        return index

    @property
    def count(self) -> int:
        """How many runs ever were."""
        return len(self._created)

    def story_us(self, index: int) -> int:
        """When a run began, in story time."""
        return self._story[index]

    def created_us(self, index: int) -> int:
        """When a run is told to have begun, in real time."""
        return self._created[index]

    def begun_from(self, index: int) -> LoadTest:
        """The test of a run as it was when the run began."""
        return self._tests[index]

    def run_id(self, index: int) -> int:
        """The id of a run: some are over 2^32, and a few over 2^53, where doubles miss odd numbers.

        Those of ordered runs fit into 31 bits: k6 CLIs before version 2.2, which order runs, know no larger ones.
        """
        if index in self._order_of:
            return _FIRST_ORDERED + 7 * self._order_of[index]
        plain = _FIRST_RUN + 7 * index
        return plain + BEYOND_DOUBLE if index % 89 == 50 else plain

    def index(self, run_id: int) -> int | None:
        """The index of the run with an id, if there is one."""
        offset = (run_id - BEYOND_DOUBLE if run_id >= BEYOND_DOUBLE else run_id) - _FIRST_RUN
        index = offset // 7
        place, rest = divmod(run_id - _FIRST_ORDERED, 7)
        if not rest and 0 <= place < len(self._ordered):
            index = self._ordered[place]
        if not 0 <= index < len(self._created) or self.run_id(index) != run_id:
            return None
        place = bisect_left(self._there, index)
        return index if place < len(self._there) and self._there[place] == index else None

    def all(self, after_us: int | None, before_us: int | None) -> Sequence[int]:
        """The runs created in [after, before), oldest first."""
        return self._part(self._there, after_us, before_us)

    def of_test(self, test_id: int, after_us: int | None, before_us: int | None) -> Sequence[int]:
        """The runs of one test created in [after, before), oldest first."""
        return self._part(self._there_of_test.get(test_id, []), after_us, before_us)

    def remove(self, index: int) -> None:
        """Strike a run out."""
        for indices in (self._there, self._there_of_test[self._tests[index].id]):
            del indices[bisect_left(indices, index)]

    def _part(self, indices: list[int], after_us: int | None, before_us: int | None) -> Part:
        first = 0 if after_us is None else bisect_left(indices, bisect_left(self._created, after_us))
        last = len(indices) if before_us is None else bisect_left(indices, bisect_left(self._created, before_us))
        return Part(indices, first, last)
