"""What the server says of the thresholds of runs, which is kept as what it says of their metrics is.

The legacy API that tells it may vanish.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal

from k6desk.api.errors import CloudError, NotOffered
from k6desk.api.metrics import ThresholdVerdict
from k6desk.api.models import Run, RunDetail
from k6desk.core.bell import Bell
from k6desk.core.connection import Connection
from k6desk.core.connection import is_final as is_no
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.metrics.settled import is_settled
from k6desk.core.store import Store
from k6desk.core.thresholds.thresholds import Threshold, Verdict, verdicts
from k6desk.data.run_numbers import VERDICTS, Verdicts, verdicts_of

if TYPE_CHECKING:
    from asyncio import Task

    from k6desk.api.cloud import Cloud
    from k6desk.core.tasks import Tasks

LIVE_S = 15.0
MOST_TRIES = 2
"""So often in a row, until the run ends or the next start, the server may fail over one run."""


class ServedThresholds(QObject):
    """Asks for the verdicts of one run, and again and again until it has ended and been processed."""

    changed = Signal(object)  # run id: the server has said something else of it

    def __init__(self, store: Store, connection: Connection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._connection = connection
        self._cloud: Cloud | None = None
        self._tasks: Tasks | None = None
        self._looked_at: int | None = None
        self._refused: set[int] = set()  # the runs of which nothing else will be said
        self._tries: Counter[int] = Counter()
        self._has_vanished = False
        self._bell = Bell()
        connection.changed.connect(self._bell.ring)
        store.run_ended.connect(self._on_ended)

    def go_live(self, cloud: Cloud, tasks: Tasks) -> None:
        """There is a server to ask."""
        self._cloud, self._tasks = cloud, tasks
        self._has_vanished = False
        self._refused.clear()
        self._tries.clear()
        tasks.spawn(self._ask_on(), name="ask for thresholds", key=f"thresholds:{id(self)}", owner=self)

    def stop(self) -> list[Task[Any]]:
        """Ask nothing any more; the tasks that are ending."""
        return self._tasks.cancel(self) if self._tasks else []

    def look_at(self, run_id: int | None) -> None:
        """The thresholds of this run are looked at now, or of none."""
        if run_id != self._looked_at:
            self._looked_at = run_id
            self._bell.ring()

    def of(self, run_id: int) -> tuple[ThresholdVerdict, ...]:
        """What the server said of the thresholds of a run; nothing if it was not asked, or does not tell.

        What it said while the run went on does not count when that has ended.
        """
        run, known = self._store.run(run_id), self._known(run_id)
        if run is None or known is None:
            return ()
        is_old = run.is_finished and run.ended_at is not None and known.asked_at < run.ended_at
        return () if is_old and not known.is_final else known.said

    async def get(self, run_id: int) -> None:
        """Ask for the verdicts of an ended run, if they are not here. Raises `CloudError` when that cannot be now."""
        run = self._store.run(run_id)
        if self._cloud and run and run.is_finished and not self._has_vanished:
            await get_verdicts(run, self._cloud, self._connection, self._store)

    def _known(self, run_id: int) -> Verdicts | None:
        content = self._store.numbers(run_id, VERDICTS)
        return verdicts_of(content) if content else None

    def _is_done(self, run_id: int) -> bool:
        known = self._known(run_id)
        return run_id in self._refused or (known is not None and known.is_final)

    def _on_ended(self, run: Run) -> None:
        """What could not be said while it went on may be said now."""
        self._refused.discard(run.id)
        self._tries.pop(run.id, None)
        self._bell.ring()

    async def _ask_on(self) -> None:
        """For ever, while somebody looks."""
        while True:
            run = self._store.run(self._looked_at) if self._looked_at is not None else None
            if run is None or self._has_vanished or self._connection.wait_s == float("inf") or self._is_done(run.id):
                await self._bell.wait()
            elif self._connection.wait_s:
                await self._bell.wait(self._connection.wait_s)
            else:
                await self._ask(run)
                if not self._is_done(run.id):
                    await self._bell.wait(LIVE_S)

    async def _ask(self, run: Run) -> None:
        assert self._cloud
        before = self.of(run.id)
        try:
            problem = await get_verdicts(run, self._cloud, self._connection, self._store)
        except CloudError:
            return  # the connection says when to try again
        if problem is None:
            self._tries.pop(run.id, None)
        else:
            self._has_vanished = isinstance(problem, NotOffered)
            self._tries[run.id] += 1
            if is_no(problem) or self._tries[run.id] >= MOST_TRIES:
                self._refused.add(run.id)
        if self.of(run.id) != before:
            self.changed.emit(run.id)


async def get_verdicts(run: Run, cloud: Cloud, connection: Connection, store: Store) -> CloudError | None:
    """Have in the store what the server says of the thresholds of a run; why it says nothing, if it does not.

    Raises `CloudError` when the server cannot be asked now.
    """
    content = store.numbers(run.id, VERDICTS)
    known = verdicts_of(content) if content else None
    if known and known.is_final:
        return None
    asked_at = datetime.now(UTC)
    said = await connection.ask_aside(partial(cloud.verdicts, run.id))
    if isinstance(said, CloudError):
        return said
    now = Verdicts(said, asked_at, is_settled(run, asked_at))
    if known is None or known.said != said or run.is_finished:
        await store.put_numbers(run.id, {VERDICTS: msgspec.msgpack.encode(now)})
    return None


def verdicts_now(
    run_id: int,
    thresholds: Sequence[Threshold],
    detail: RunDetail | None,
    numbers: Numbers,
    served: ServedThresholds,
) -> tuple[Verdict, ...]:
    """The verdicts on the thresholds of a run from all that is known of it: the same wherever they are shown."""
    return verdicts(thresholds, numbers.metrics(run_id), numbers.known_of(run_id), served.of(run_id), detail)
