"""Whether what is said of a run now stays as it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from k6desk.api.models import Run

SETTLING = timedelta(seconds=20)
"""So long after the end of a run its last samples and lines may still be on their way."""


def is_settled(run: Run, asked_at: datetime) -> bool:
    """Whether nothing more comes of a run after what was asked for at this time."""
    return run.is_finished and (run.ended_at is None or asked_at >= run.ended_at + SETTLING)
