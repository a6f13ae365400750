"""When the load of a run began and how long it lasted, and where the time axis of its curves begins."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from datetime import datetime
from math import isfinite

from msgspec import Struct

from k6desk.api.metrics import Answer
from k6desk.api.models import Run, RunDetail

SKEW_S = 60.0
"""Samples that lie further than this outside of the life of their run are dated by a clock that is wrong."""


class Origin(Struct, frozen=True):
    """Where the time axis begins, in seconds since the epoch.

    `skew_s`: how far the clock of the samples is ahead of the server's, or behind (< 0); None if they agree.
    """

    at_s: float
    skew_s: float | None = None


class SampleSpan:
    """From the first sample to the last one of all answers that were taken in; `ends` is None without any.

    Answers that were looked at are known again, for there may be hundreds of series in each.
    """

    def __init__(self) -> None:
        self.ends: tuple[float, float] | None = None
        self._seen: tuple[Answer | None, ...] = ()

    def take_in(self, answers: Sequence[Answer | None]) -> None:
        """These are the answers now."""
        new = [answer for answer in answers if not any(answer is seen for seen in self._seen)]
        self._seen = tuple(answers)
        times = [at for answer in new if answer for series in answer.series for at in _ends(series.times)]
        if times:
            first, last = self.ends or (times[0], times[0])
            self.ends = min(first, *times), max(last, *times)


def load_began_at(run: Run, detail: RunDetail | None) -> datetime | None:
    """When the run entered `running`; None if it did not, or if that is not known."""
    entered = (each.entered_at for each in (detail.status_history if detail else ()) if each.type == "running")
    return next((at for at in entered if at), run.status_since if run.status == "running" else None)


def load_s(run: Run, detail: RunDetail | None, samples: tuple[float, float] | None = None) -> float | None:
    """How many seconds the load has lasted: from the status `running` to the next one. None if that is not known.

    The status history has that to a part of a second; samples stand for 3 s each, and billed seconds begin with the
    load generators. Only where the history lacks an end (the run goes on, or the server keeps no history) do the first
    and the last of the `samples` say it, and what was billed only where there are none.
    """
    began_at = load_began_at(run, detail)
    later = [each.entered_at for each in (detail.status_history if detail else ()) if each.type != "running"]
    ends = [at for at in (*later, run.ended_at) if at and began_at and at > began_at]
    if began_at and ends:
        return (min(ends) - began_at).total_seconds()
    if samples:
        first_s, last_s = samples
        if began_at and 0 < first_s - began_at.timestamp() < SKEW_S:  # else another clock dates the samples
            first_s = began_at.timestamp()
        return last_s - first_s or None
    return float(run.execution_duration_s) if run.is_finished and run.execution_duration_s else None


def planned_s(run: Run, detail: RunDetail | None) -> float | None:
    """How many seconds the load of a finished run lasted, or of another one is to last; None if that is not known."""
    if run.is_finished:
        return load_s(run, detail)
    return float(run.estimated_duration_s) if run.estimated_duration_s else None


def origin_of(run: Run, detail: RunDetail | None, samples: tuple[float, float] | None, now: datetime) -> Origin:
    """The start of the load, or the first sample if that is earlier; `samples` are the first and last of all.

    Where all of them lie outside of the run's life, it is the first one, and the run's own times say nothing.
    """
    began_at = load_began_at(run, detail)
    if samples is None:
        return Origin((began_at or run.created_at).timestamp())
    first_s, last_s = samples
    life = run.created_at.timestamp(), (run.ended_at or now).timestamp()
    if first_s > life[1] + SKEW_S or last_s < life[0] - SKEW_S:
        return Origin(first_s, first_s - (began_at or run.created_at).timestamp())
    return Origin(first_s if began_at is None else min(first_s, began_at.timestamp()))


def _ends(times: bytes) -> Iterator[float]:
    for part in (times[:8], times[-8:]):
        if len(part) == 8 and isfinite(at := struct.unpack("d", part)[0]):
            yield at
