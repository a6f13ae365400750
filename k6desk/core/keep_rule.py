"""Which runs are kept by themselves: every starred one, every failed one, but none that the user decided against."""

from __future__ import annotations

from k6desk.api.models import FAILED, Run, has_failed
from k6desk.core.store import Store
from k6desk.data.query import Query


class KeepRule:
    """What the user chose to have kept, but for the runs that they did not want to be kept any more."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._starred = self._failed = False

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
        failed = run.is_finished and has_failed(run.status, run.result)
        is_asked_for = (self._starred and run.is_starred) or (self._failed and failed)
        return is_asked_for and not self._store.is_unwanted(run.id)

    def queries(self) -> list[Query]:
        """What finds all the runs that it may want, and some that it does not."""
        failed = [Query(text=word) for word in FAILED] if self._failed else []
        return [Query(place="starred"), *failed] if self._starred else failed
