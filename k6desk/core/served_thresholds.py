"""What the server says of the thresholds of the run that is looked at. The legacy API that tells it may vanish."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from k6desk.api.errors import CloudError, NotOffered
from k6desk.api.metrics import ThresholdVerdict
from k6desk.api.models import Run
from k6desk.core.bell import Bell
from k6desk.core.connection import Connection
from k6desk.core.connection import is_final as is_no
from k6desk.core.store import Store

if TYPE_CHECKING:
    from asyncio import Task

    from k6desk.api.cloud import Cloud
    from k6desk.core.tasks import Tasks

LIVE_S = 15.0
MOST_TRIES = 2
"""So often in a row, until the run ends or the next start, the server may fail over one run."""
MOST_RUNS = 64
"""Of so many runs it is remembered what was said."""


class ServedThresholds(QObject):
    """Asks for the verdicts of one run: once when it has ended, and again and again while it goes on."""

    changed = Signal(object)  # run id: the server has said something else of it

    def __init__(self, store: Store, connection: Connection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._connection = connection
        self._cloud: Cloud | None = None
        self._tasks: Tasks | None = None
        self._looked_at: int | None = None
        self._said: dict[int, tuple[ThresholdVerdict, ...]] = {}
        self._final: set[int] = set()  # the runs of which nothing else will be said
        self._tries: Counter[int] = Counter()
        self._has_vanished = False
        self._bell = Bell()
        connection.changed.connect(self._bell.ring)
        store.run_ended.connect(self._on_ended)

    def go_live(self, cloud: Cloud, tasks: Tasks) -> None:
        """There is a server to ask."""
        self._cloud, self._tasks = cloud, tasks
        self._has_vanished = False
        self._final.clear()
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
        """What the server said of the thresholds of a run; nothing if it was not asked, or does not tell."""
        return self._said.get(run_id, ())

    def _on_ended(self, run: Run) -> None:
        """What could not be said while it went on may be said now."""
        self._final.discard(run.id)
        self._tries.pop(run.id, None)
        self._bell.ring()

    async def _ask_on(self) -> None:
        """For ever, while somebody looks."""
        while True:
            run = self._store.run(self._looked_at) if self._looked_at is not None else None
            if run is None or run.id in self._final or self._has_vanished or self._connection.wait_s == float("inf"):
                await self._bell.wait()
            elif self._connection.wait_s:
                await self._bell.wait(self._connection.wait_s)
            else:
                await self._ask(run.id, is_final=run.is_finished)
                if run.id not in self._final:
                    await self._bell.wait(LIVE_S)

    async def _ask(self, run_id: int, *, is_final: bool) -> None:
        assert self._cloud
        try:
            said = await self._connection.ask_aside(partial(self._cloud.verdicts, run_id))
        except CloudError:
            return  # the connection says when to try again
        if isinstance(said, CloudError):
            self._has_vanished = isinstance(said, NotOffered)
            self._tries[run_id] += 1
            if is_no(said) or self._tries[run_id] >= MOST_TRIES:
                self._final.add(run_id)
                if not is_final and self._said.pop(run_id, ()):  # it would only grow old
                    self.changed.emit(run_id)
            return
        self._tries.pop(run_id, None)
        if is_final:
            self._final.add(run_id)
        if said != self._said.get(run_id, ()):
            while len(self._said) >= MOST_RUNS:
                del self._said[next(iter(self._said))]
            self._said[run_id] = said
            self.changed.emit(run_id)
