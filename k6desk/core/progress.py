"""How far a run is: derived from its times, so that it moves every second and never waits for a poll."""

from __future__ import annotations

from datetime import datetime

import msgspec

from k6desk.api.models import Run


class Progress(msgspec.Struct, frozen=True):
    """Seconds and share of the estimated duration; None where the server gave no estimate or no start."""

    fraction: float | None = None
    elapsed_s: float | None = None
    remaining_s: float | None = None
    overdue_s: float | None = None


def progress(run: Run, now: datetime) -> Progress:
    """The progress of a running run, counted from the start of the load, not from the start of the run."""
    if run.status != "running" or run.status_since is None:
        return Progress()
    elapsed = max(0.0, (now - run.status_since).total_seconds())
    if not run.estimated_duration_s:
        return Progress(elapsed_s=elapsed)
    remaining = run.estimated_duration_s - elapsed
    return Progress(
        fraction=min(1.0, elapsed / run.estimated_duration_s),
        elapsed_s=elapsed,
        remaining_s=max(0.0, remaining),
        overdue_s=-remaining if remaining < 0 else None,
    )


def duration_s(run: Run, now: datetime) -> float | None:
    """Seconds from the creation of a run to its end, or until now while it is not finished."""
    end = run.ended_at or (None if run.is_finished else now)
    return max(0.0, (end - run.created_at).total_seconds()) if end else None
