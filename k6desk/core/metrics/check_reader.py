"""Finds out in how many finished runs checks failed: checks never fail a run, so nothing else tells.

What has just ended and what is looked at is asked for, one request after the other with pauses.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from PySide6.QtCore import QObject, QTimer

from k6desk.api.errors import CloudError, NotFound
from k6desk.api.metrics import RUN_LABEL, Answer, Query
from k6desk.api.models import Run
from k6desk.core.bell import Bell
from k6desk.core.connection import Connection, State, is_final
from k6desk.core.metrics.asked import by_labels, single
from k6desk.core.metrics.settled import SETTLING, is_settled
from k6desk.core.store import Store

if TYPE_CHECKING:
    from asyncio import Task

    from k6desk.api.cloud import Cloud
    from k6desk.core.tasks import Tasks

FAILED = Query("checks", "increase_z")
RUNS_OF_TEST = 50
PAUSE_S = 0.5
SETTLING_MS = SETTLING // timedelta(milliseconds=1) + 1000
AGAIN_S = 10.0
MOST_TRIES = 2
"""So often, until the next start, the server may fail over one thing."""


class Wanted(NamedTuple):
    """A run, or the newest runs of a test."""

    kind: Literal["run", "test"]
    id: int


class CheckReader(QObject):
    """Notes in the store how many checks failed in runs. It does nothing until there is a server."""

    def __init__(self, store: Store, connection: Connection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._connection = connection
        self._cloud: Cloud | None = None
        self._tasks: Tasks | None = None
        self._wanted: deque[Wanted] = deque()
        self._done: set[Wanted] = set()
        self._tries: Counter[Wanted] = Counter()
        self._bell = Bell()
        store.run_ended.connect(self._ask_for_ended)
        connection.changed.connect(self._bell.ring)

    def go_live(self, cloud: Cloud, tasks: Tasks) -> None:
        """There is a server to ask."""
        self._cloud, self._tasks = cloud, tasks
        self._tries.clear()
        tasks.spawn(self._read_on(), name="read failed checks", key=f"checks:{id(self)}", owner=self)

    def stop(self) -> list[Task[Any]]:
        """Ask nothing any more; the tasks that are ending."""
        return self._tasks.cancel(self) if self._tasks else []

    def look_at_run(self, run_id: int) -> None:
        """The user looks at a run: it comes before everything else."""
        run = self._store.run(run_id)
        if run is None or not run.is_finished or self._store.failed_checks(run_id) is not None:
            return
        if is_settled(run, datetime.now(UTC)):
            self._want(Wanted("run", run_id), at_once=True)
        else:
            self._ask_for_ended(run)

    def look_at_test(self, test_id: int) -> None:
        """The user looks at the runs of a test: its newest ones are asked for together, once."""
        self._want(Wanted("test", test_id), at_once=True)

    def _ask_for_ended(self, run: Run) -> None:
        QTimer.singleShot(SETTLING_MS, self, lambda: self._want(Wanted("run", run.id)))

    def _want(self, one: Wanted, *, at_once: bool = False) -> None:
        if one in self._done or one in self._wanted or self._tries[one] >= MOST_TRIES:
            return
        (self._wanted.appendleft if at_once else self._wanted.append)(one)
        self._bell.ring()

    async def _read_on(self) -> None:
        """For ever: one thing after the other, while there is something to ask for and the server may be asked."""
        from asyncio import sleep

        while True:
            if self._wanted and self._connection.state is State.LIVE and not self._connection.wait_s:
                await self._read(self._wanted[0])
                await sleep(PAUSE_S)
            else:
                await self._bell.wait()

    async def _read(self, one: Wanted) -> None:
        asked_at = datetime.now(UTC)
        try:
            answer = await self._connection.ask_aside(partial(self._ask, one))
        except CloudError:
            return  # the connection says when to try again
        if isinstance(answer, NotFound):  # so it is said that there are no samples
            answer = Answer()
        if not isinstance(answer, CloudError):
            await self._store.put_failed_checks(self._counts(one, answer, asked_at))
        elif not is_final(answer):
            self._tries[one] += 1
            if self._tries[one] < MOST_TRIES:
                await self._bell.wait(AGAIN_S)
                return
        if self._tries[one] < MOST_TRIES:
            self._done.add(one)
        self._wanted.remove(one)

    async def _ask(self, one: Wanted) -> Answer:
        assert self._cloud
        if one.kind == "run":
            return await self._cloud.total(one.id, FAILED)
        return await self._cloud.newest_totals(one.id, FAILED, RUNS_OF_TEST)

    def _counts(self, one: Wanted, answer: Answer, asked_at: datetime) -> dict[int, int]:
        """The number of failed checks by run; of runs that go on, or have just ended, it is not known yet."""
        if one.kind == "run":
            counts = {one.id: _count(single(answer) or 0)}
        else:
            counts = {int(run): _count(n) for (run,), n in by_labels(answer, RUN_LABEL).items() if _is_id(run)}
        runs = self._store.runs(list(counts))
        return {run_id: n for run_id, n in counts.items() if run_id in runs and is_settled(runs[run_id], asked_at)}


def _count(said: float) -> int:
    """A count as the database can hold it, whatever the server says."""
    return min(max(0, round(said)), 2**63 - 1)


def _is_id(word: str) -> bool:
    return word.isascii() and word.isdecimal() and int(word) < 2**63
