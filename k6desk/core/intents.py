"""What the user wants done and the server has not shown yet, laid over the records by kind and id."""

from __future__ import annotations

from datetime import datetime, timedelta

from k6desk.api.models import Run

PATIENCE = timedelta(minutes=2)

Key = tuple[str, int]  # kind and id of a target


class Intents:
    """One thing in words (`Aborting…`) for each target that something is being done to."""

    def __init__(self) -> None:
        self._words: dict[Key, str] = {}
        self._accepted_at: dict[Key, datetime] = {}

    def get(self, kind: str, id_: int) -> str | None:
        """What is being done to this."""
        return self._words.get((kind, id_))

    def begin(self, kind: str, id_: int, words: str) -> None:
        """Something is being done from now on, or called otherwise."""
        self._words[kind, id_] = words
        self._accepted_at.pop((kind, id_), None)

    def accept(self, kind: str, id_: int, at: datetime) -> None:
        """The server has accepted it; it stays until a record shows it."""
        self._accepted_at[kind, id_] = at

    def forget(self, kind: str, id_: int) -> None:
        """It is over."""
        self._words.pop((kind, id_), None)
        self._accepted_at.pop((kind, id_), None)

    def settled_by(self, run: Run, asked_at: datetime) -> bool:
        """Whether an accepted intent for a run is over: the run has ended, or it was accepted long ago for nothing."""
        accepted_at = self._accepted_at.get(("run", run.id))
        if accepted_at is None:
            return False
        return run.is_finished or asked_at - accepted_at > PATIENCE
