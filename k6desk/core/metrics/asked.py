"""What is asked of the metrics of one run, and how the answers are read without a plotting library."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from math import isfinite

from msgspec import Struct

from k6desk.api.metrics import Answer, Query, Series
from k6desk.data.run_numbers import Told, key_of

__all__ = ["Asked", "Known", "Told", "by_labels", "single", "times_of", "values_of"]


class Asked(Struct, frozen=True):
    """A query over a whole run (one value for each series), or `over_time`: a curve for each series."""

    query: Query
    over_time: bool = False

    @property
    def key(self) -> str:
        """What it is kept under."""
        return key_of(self.query.expression, self.query.selector, over_time=self.over_time)


Known = Callable[[Asked], Answer | None]
"""What is known of one run: an answer, empty if the run has no such data, or None if that was never asked for."""


def times_of(series: Series) -> array[float]:
    """The times of the samples, in seconds since the epoch."""
    return array("d", series.times)


def values_of(series: Series) -> array[float]:
    """The values of the samples."""
    return array("d", series.values)


def single(answer: Answer | None) -> float | None:
    """The one value of an answer over a whole run without `by`; None when there is no data."""
    return _last(answer.series[0]) if answer and answer.series else None


def by_labels(answer: Answer | None, *labels: str) -> dict[tuple[str, ...], float]:
    """The values of an answer over a whole run by the values of these labels; what has no number is left out."""
    found: dict[tuple[str, ...], float] = {}
    for series in answer.series if answer else ():
        value = _last(series)
        if value is not None:
            found[tuple(series.labels.get(label, "") for label in labels)] = value
    return found


def _last(series: Series) -> float | None:
    values = array("d", series.values)
    return values[-1] if values and isfinite(values[-1]) else None
