"""Curves of a run that goes on: how fine they are asked for, and how what is new is joined to what is known."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from datetime import datetime

from k6desk.api.metrics import Answer, Series
from k6desk.api.models import Run
from k6desk.api.wire.metrics import MOST_SERIES

MOST_POINTS = 1200
AGGREGATION_S = 3
"""k6 sends its samples in steps of so many seconds: a finer curve shows nothing more."""


def step_for(run: Run, now: datetime) -> int:
    """The seconds between two points, a multiple of k6's own step; while a run goes on, that of its planned length."""
    elapsed_s = ((run.ended_at or now) - run.created_at).total_seconds()
    length_s = run.execution_duration_s if run.is_finished else run.estimated_duration_s
    steps = -(-max(length_s or elapsed_s, 1) // (MOST_POINTS * AGGREGATION_S))
    return AGGREGATION_S * max(1, int(steps))


def newest(answer: Answer) -> float | None:
    """The time of the newest sample; None if there are none."""
    return max((array("d", series.times)[-1] for series in answer.series if series.times), default=None)


def joined(known: Answer, news: Answer, since: float) -> Answer:
    """What was known before `since`, and from there on what is new. Series keep their places.

    A server may say more than it was asked for: what is older than `since`, and every time another choice of series.
    """
    by_labels = {_key(series): series for series in news.series}
    series = []
    for one in known.series:
        times = array("d", one.times)
        cut = bisect_left(times, since) * times.itemsize
        more = by_labels.pop(_key(one), None)
        if more:
            old = bisect_left(array("d", more.times), since) * times.itemsize
            one = Series(one.labels, one.times[:cut] + more.times[old:], one.values[:cut] + more.values[old:])
        else:
            one = Series(one.labels, one.times[:cut], one.values[:cut])
        series.append(one)
    series += by_labels.values()
    left_out = max(known.left_out, news.left_out, len(series) - MOST_SERIES)
    return Answer(tuple(series[:MOST_SERIES]), left_out)


def _key(series: Series) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(series.labels.items()))
