"""The answers of the metrics that are at hand: in memory for the runs that were looked at last, else in the store."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from k6desk.api.metrics import Answer
from k6desk.core.metrics.asked import Asked
from k6desk.core.store import Store
from k6desk.data.run_numbers import METRICS, Metrics, Told, told_of

MOST_RUNS = 12
LARGEST_SAVED = 2 << 20
"""A longer answer, in bytes, is asked for again after a restart: such are only those of hundreds of curves."""


class Answers:
    """What was answered, and what of it the store does not have yet."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: dict[int, dict[Asked, Told | None]] = {}
        self._stored: dict[int, frozenset[str]] = {}  # what was asked of them before
        self._metrics: dict[int, Metrics] = {}
        self._unsaved: dict[int, set[Asked]] = {}
        store.indexed.connect(self._look_again)

    @property
    def run_ids(self) -> frozenset[int]:
        """The runs that were looked at last."""
        return frozenset(self._told)

    def told(self, run_id: int, asked: Asked) -> Told | None:
        """What the server said to this, and when; None if it was never asked."""
        known = self._told_of(run_id)
        if asked not in known:
            if run_id not in self._stored:
                self._stored[run_id] = self._store.numbers_asked(run_id)
            content = self._store.numbers(run_id, asked.key) if asked.key in self._stored[run_id] else None
            known[asked] = told_of(content) if content else None
        return known[asked]

    def put(self, run_id: int, asked: Asked, told: Told) -> None:
        """Remember an answer."""
        self._told_of(run_id)[asked] = told
        self._unsaved.setdefault(run_id, set()).add(asked)

    def metrics(self, run_id: int) -> Metrics | None:
        """The metrics of a run; None while they are not known."""
        if run_id not in self._metrics and (content := self._store.numbers(run_id, METRICS)):
            with suppress(msgspec.MsgspecError, ValueError):  # another version of k6desk kept it in another shape
                self._metrics[run_id] = msgspec.msgpack.decode(content, type=Metrics)
        return self._metrics.get(run_id)

    def put_metrics(self, run_id: int, metrics: Metrics) -> dict[str, bytes]:
        """Remember the metrics of a run; the document to be kept."""
        self._metrics[run_id] = metrics
        return {METRICS: msgspec.msgpack.encode(metrics)}

    def unsaved(self, *, only_final: bool) -> dict[int, dict[str, bytes]]:
        """The documents by run that the store does not have yet; they are taken for saved from now on."""
        documents: dict[int, dict[str, bytes]] = {}
        for run_id, left in list(self._unsaved.items()):
            known = self._told[run_id]
            ready = {asked: told for asked in left if (told := known[asked]) and (told.is_final or not only_final)}
            left.difference_update(ready)
            if not left:
                del self._unsaved[run_id]
            small = {asked: told for asked, told in ready.items() if _size(told.answer) <= LARGEST_SAVED}
            if small:
                documents[run_id] = {asked.key: msgspec.msgpack.encode(told) for asked, told in small.items()}
        return documents

    def _look_again(self) -> None:
        """What was not there may have come with a file."""
        self._stored.clear()
        for run_id, known in self._told.items():
            self._told[run_id] = {asked: told for asked, told in known.items() if told}

    def _told_of(self, run_id: int) -> dict[Asked, Told | None]:
        known = self._told.pop(run_id, None) or {}
        self._told[run_id] = known  # the one that was looked at last is the last
        for oldest in list(self._told)[: max(0, len(self._told) - MOST_RUNS)]:
            if oldest not in self._unsaved:
                del self._told[oldest]
                self._stored.pop(oldest, None)
                self._metrics.pop(oldest, None)
        return known


def _size(answer: Answer) -> int:
    return sum(len(series.times) + len(series.values) for series in answer.series)
