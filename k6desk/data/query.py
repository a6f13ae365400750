"""What a list of runs can be asked to show."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

Place = Literal["all", "running", "recent", "failed", "starred", "kept", "expiring", "project", "test"]
Column = Literal["created", "status", "test", "duration", "vus", "vuh", "person", "note", "expires"]

RECENT = timedelta(days=7)
SOON = timedelta(days=7)


class Query(Struct, frozen=True):
    """What a list of runs shows, and in which order.

    "recent" are the runs created in the last 7 days, "failed" those of them that failed, erred or were aborted;
    "expiring" are those whose results the server deletes within 7 days and that are not kept here; "project" and "test"
    are the one with `place_id`. Every word of `text` must be in the name of the test or project,
    the status, the result, the person or the note, or begin the id. Runs without a value in the sorted column come
    last either way, equal ones newest first.
    """

    place: Place = "all"
    place_id: int = 0
    text: str = ""
    sort: Column = "created"
    descending: bool = True


class Counts(Struct, frozen=True):
    """How many runs the smart lists hold."""

    running: int
    recent: int
    failed: int
    starred: int
    kept: int
    expiring: int
    total: int
