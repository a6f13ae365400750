"""Several runs that are looked at together: of each what may still be another one later."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import QObject

from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.store import Store


class WatchedRuns:
    """The answers of `owner`'s runs that are asked for again and again: all of a run that goes on, of one that has
    ended what was answered before that was final. What was not there then is not asked for: it was asked for once.
    """

    def __init__(self, store: Store, numbers: Numbers, owner: QObject) -> None:
        self._store = store
        self._numbers = numbers
        self._owner = owner
        self._watchers: list[QObject] = []

    def watch(self, wanted: Mapping[int, Collection[Asked]]) -> None:
        """Look at these answers by run from now on, and at no others."""
        still_open = {run_id: found for run_id, asks in wanted.items() if (found := self._open(run_id, asks))}
        while len(self._watchers) < len(still_open):
            self._watchers.append(QObject(self._owner))
        runs = iter(still_open.items())
        for watcher in self._watchers:
            self._numbers.watch(watcher, *next(runs, (None, ())))

    def _open(self, run_id: int, asks: Collection[Asked]) -> list[Asked]:
        run = self._store.run(run_id)
        if run is None:
            return []
        told = {asked: self._numbers.told(run_id, asked) for asked in asks}
        return [asked for asked, one in told.items() if (not one.is_final if one else not run.is_finished)]
