"""Which of many series of one label are drawn, and in which place: a place is a colour, so it is kept."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from math import isfinite, nan

from k6desk.api.metrics import Answer, Series

MOST = 12
"""More lines than this in one chart cannot be told apart."""


class Picks:
    """Values of a label and their places, from 0 to `MOST` - 1.

    By themselves they are the largest. One that is drawn stays until it is far from being one of the largest, so that
    lines do not come and go while a run goes on; where the user has chosen, nothing changes by itself.
    """

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.is_chosen = False

    def follow(self, sizes: Mapping[str, float]) -> None:
        """Draw the largest of these; what is not among them keeps its place if no other one needs it."""
        if self.is_chosen:
            return
        order = largest_first(sizes)
        if len(order) > MOST:
            near = set(order[: 2 * MOST])
            self.places = {value: place for value, place in self.places.items() if value in near}
        self._fill(order)

    def choose(self, values: Iterable[str]) -> None:
        """Draw these, as many as there is room for, as the user wants."""
        wanted = list(dict.fromkeys(values))[:MOST]
        self.places = {value: place for value, place in self.places.items() if value in wanted}
        self._fill(wanted)
        self.is_chosen = True

    def _fill(self, order: Iterable[str]) -> None:
        free = [place for place in range(MOST) if place not in self.places.values()]
        for value in order:
            if value not in self.places:
                if not free:
                    return
                self.places[value] = free.pop(0)


def sizes_of(answer: Answer | None, label: str, *, is_sum: bool) -> dict[str, float]:
    """How large each series of an answer is: the sum of its values or else their mean; NaN where it has none."""
    found: dict[str, float] = {}
    for series in answer.series if answer else ():
        value = series.labels.get(label, "")
        if value not in found:
            found[value] = _size(series, is_sum=is_sum)
    return found


def largest_first(sizes: Mapping[str, float]) -> list[str]:
    """The values in order of size, those without any last, and equals by name."""
    return sorted(sizes, key=lambda value: (-sizes[value] if isfinite(sizes[value]) else float("inf"), value))


def _size(series: Series, *, is_sum: bool) -> float:
    values = array("d", series.values)
    total, count = sum(values), len(values)
    if not isfinite(total):
        numbers = [value for value in values if isfinite(value)]
        total, count = sum(numbers), len(numbers)
    if not count:
        return nan
    return total if is_sum else total / count
