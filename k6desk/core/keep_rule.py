"""Which runs are kept by themselves: every starred one, every failed one, but none that the user decided against."""

from __future__ import annotations

import msgspec

from k6desk.api.models import Run
from k6desk.core.store import Store
from k6desk.data.query import Query

MOST_UNWANTED = 1000
UNWANTED = "unwanted_runs"
FAILED = ("failed", "error", "aborted")
"""What the list “Failed” holds, too."""


class KeepRule:
    """The rule of the user's, and the runs that they did not want to be kept any more, whatever the rule says."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._starred = self._failed = False
        self._unwanted: set[int] | None = None

    @property
    def is_on(self) -> bool:
        """Whether it asks for any run at all."""
        return self._starred or self._failed

    def choose(self, *, starred: bool, failed: bool) -> bool:
        """Ask for these runs from now on; whether that is another rule than before."""
        is_other = (starred, failed) != (self._starred, self._failed)
        self._starred, self._failed = starred, failed
        return is_other

    def wants(self, run: Run) -> bool:
        """Whether a run is to be kept."""
        has_failed = run.is_finished and run.outcome in FAILED
        return (
            (self._starred and run.is_starred) or (self._failed and has_failed)
        ) and run.id not in self._not_wanted()

    def queries(self) -> list[Query]:
        """What finds all the runs that it may want, and some that it does not."""
        failed = [Query(text=word) for word in FAILED] if self._failed else []
        return [Query(place="starred"), *failed] if self._starred else failed

    async def except_for(self, run_id: int) -> None:
        """The user does not want this run kept."""
        await self._remember(self._not_wanted() | {run_id})

    async def allow(self, run_id: int) -> None:
        """The user wants this run kept after all."""
        await self._remember(self._not_wanted() - {run_id})

    def _not_wanted(self) -> set[int]:
        if self._unwanted is None:
            mark = self._store.mark(UNWANTED)
            self._unwanted = set(msgspec.json.decode(mark, type=list[int])) if mark else set()
        return self._unwanted

    async def _remember(self, unwanted: set[int]) -> None:
        if unwanted != self._not_wanted():
            newest = sorted(unwanted)[-MOST_UNWANTED:]
            self._unwanted = set(newest)
            await self._store.set_mark(UNWANTED, msgspec.json.encode(newest).decode())
