"""Row numbers in the order of some column.

As long as the rows stand in that order anyway, their order is a `range`: it costs nothing, and what follows it can be
sliced instead of looked up row by row.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import chain, pairwise, starmap
from operator import le
from typing import TypeAlias

Order: TypeAlias = "range | array[int]"
Key = Callable[[int], int]


def ordered(rows: int, *keys: Key) -> Order:
    """So many rows by the last key, equal ones by the key before it, and so on."""
    places = zip(*(map(key, range(rows)) for key in reversed(keys)), strict=True)
    if all(starmap(le, pairwise(places))):  # keeps nothing, whereas sorting has all rows and keys as objects
        return range(rows)
    return array("i", _sorted(range(rows), keys))


def extended(order: Order, rows: int, *keys: Key) -> Order:
    """The order of `rows` rows, given the order of the first of them: only what changes is sorted again."""
    new = range(len(order), rows)
    first = bisect_left(order, min(map(keys[-1], new)), key=keys[-1])
    tail = _sorted(chain(order[first:], new), keys)
    if isinstance(order, range):
        return range(rows) if tail == list(range(first, rows)) else array("i", chain(order[:first], tail))
    order[first:] = array("i", tail)
    return order


def shortened(order: Order, rows: int, *keys: Key) -> Order:
    """The order of the `rows` rows that are left after some were removed."""
    return range(rows) if isinstance(order, range) else ordered(rows, *keys)


def _sorted(rows: Iterable[int], keys: Iterable[Key]) -> list[int]:
    rows = list(rows)
    for key in keys:
        rows.sort(key=key)
    return rows
