"""Keeps whole runs on this computer for good: those that the user chooses, and those of a rule of the user's.

The server is asked for one run after the other, with pauses where nobody waits for it. What it does not give now it is
asked for later, and once more after a run has ended.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError
from k6desk.api.models import Run
from k6desk.core.bell import Bell
from k6desk.core.connection import Connection, NotNow, State, is_away_or_busy
from k6desk.core.delta import Delta
from k6desk.core.keep_rule import KeepRule
from k6desk.core.metrics.settled import SETTLING, is_settled
from k6desk.core.store import Store
from k6desk.data.query import SOON

if TYPE_CHECKING:
    from asyncio import Lock, Task
    from collections.abc import Callable

    from k6desk.core.metrics.numbers import Numbers
    from k6desk.core.tasks import Tasks
    from k6desk.core.whole_run import WholeRun

PAUSE_S = 1.5
"""Between runs that nobody waits for; each takes up to three requests."""
LONGEST_PAUSE_S = 60.0
MOST_TRIES = 3
"""So often, until the next start, the server may fail over one run of a rule."""
BLOCK = 64


class Keeper(QObject):
    """Keeps the runs of one account. It works without a server, too: then it keeps what is known here."""

    progressed = Signal(int, int)
    """How many runs were got from the server by itself, and how many with those that wait; 0 of 0 when none does."""

    def __init__(
        self, store: Store, connection: Connection, numbers: Callable[[], Numbers], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._connection = connection
        self._numbers = numbers
        self._cloud: Cloud | None = None
        self._tasks: Tasks | None = None
        self._rule = KeepRule(store)
        self._has_looked = False
        self._lacking: set[int] = set()  # kept runs that the server may have more of
        self._wanted: dict[int, tuple[float, ...]] = {}  # runs of the rule that are not kept, and their urgency
        self._tries: Counter[int] = Counter()
        self._settling: Counter[int] = Counter()
        self._done = 0
        self._waited_for = 0  # how many runs the user waits for
        self._turn: Lock | None = None
        self._bell = Bell()
        store.changed.connect(self._take_in)
        store.run_ended.connect(self._complete_ended)
        store.indexed.connect(self._look_again)
        connection.changed.connect(self._follow_connection)

    def go_live(self, cloud: Cloud, tasks: Tasks) -> None:
        """There is a server to ask: complete what is kept, and follow the rule."""
        self._cloud, self._tasks = cloud, tasks
        tasks.spawn(self._keep_on(), name="keep runs", key=f"keep:{id(self)}", owner=self)

    def stop(self) -> list[Task[Any]]:
        """Ask nothing any more; the tasks that are ending."""
        return self._tasks.cancel(self) if self._tasks else []

    def follow(self, *, starred: bool, failed: bool) -> None:
        """The rule: keep every starred run by itself, and every run that failed, ended with an error or was aborted."""
        if self._rule.choose(starred=starred, failed=failed):
            self._wanted.clear()
            self._look_again()

    async def keep(self, run_id: int) -> bool:
        """Keep a run that the user chose. On return it is on disk; the result is whether with all that is said of it.

        What it measured, and the rest, is got as soon as the server gives it.
        """
        self._tries.pop(run_id, None)
        if not self._store.kept(run_id):
            await self._store.keep_run(run_id, "chosen")
        self._lacking.add(run_id)
        self._waited_for += 1
        try:
            await self._get(run_id)
        except CloudError:
            return False
        finally:
            self._waited_for -= 1
            self._bell.ring()
        return True

    async def get_measured(self, run_id: int) -> None:
        """Get what an ended run measured, and its log, whether it is kept or not. Raises `CloudError`."""
        await self._whole(run_id).get_measured()

    async def stop_keeping(self, run_id: int) -> None:
        """The user does not want a run kept any more; from now on the rule does not want it either."""
        self._lacking.discard(run_id)
        await self._store.stop_keeping(run_id)

    # -- what is to be kept --------------------------------------------------------------------------------------------

    def _take_in(self, delta: Delta) -> None:
        for run_id in delta.removed:
            self._wanted.pop(run_id, None)
        touched = delta.added | delta.changed
        kept = {run_id for run_id in touched if self._store.kept(run_id)}
        others = touched - kept if self._rule.is_on else ()
        for run in self._store.runs([*kept, *others]).values():
            self._consider(run)
        self._bell.ring()

    def _consider(self, run: Run, *, has_script: bool = True) -> None:
        from k6desk.core.whole_run import is_whole  # the first picture needs none of it

        self._wanted.pop(run.id, None)
        if kept := self._store.kept(run.id):
            if not kept.gone_at and not (has_script and is_whole(run, self._store)):
                self._lacking.add(run.id)
        elif self._rule.wants(run) and self._tries[run.id] < MOST_TRIES:
            self._wanted[run.id] = _urgency(run, datetime.now(UTC) + SOON)

    def _complete_ended(self, run: Run) -> None:
        """What was kept of it before was not all, whatever the clocks say."""
        if self._store.kept(run.id):
            self._tries.pop(run.id, None)
            self._lacking.add(run.id)
            self._bell.ring()

    def _look_again(self) -> None:
        self._has_looked = False
        self._bell.ring()

    def _follow_connection(self) -> None:
        if self._connection.state is State.LIVE:
            self._bell.ring()

    async def _look(self) -> None:
        """Find what is to be done among all that is known here."""
        from asyncio import sleep

        self._has_looked = True
        asked = self._store.asked_scripts("run")
        ids = [kept.run.id for kept in self._store.kept_runs()]
        for query in self._rule.queries():
            ids += self._store.select(query)
            await sleep(0)
        ids = list(dict.fromkeys(ids))
        for at in range(0, len(ids), BLOCK):
            for run in self._store.runs(ids[at : at + BLOCK]).values():
                self._consider(run, has_script=run.id in asked)
            await sleep(0)

    # -- asking --------------------------------------------------------------------------------------------------------

    async def _keep_on(self) -> None:
        """For ever: one run after the other, those that are kept in part first, then those that expire soon."""
        from asyncio import sleep

        while True:
            if not self._has_looked and self._store.is_indexed:
                await self._look()
            run_id = self._next() if self._has_looked else None
            if run_id is None:
                self._done = 0
                self.progressed.emit(0, 0)
            if run_id is None or self._connection.wait_s:
                await self._bell.wait(None if run_id is None else min(self._connection.wait_s, LONGEST_PAUSE_S))
                continue
            self.progressed.emit(self._done, self._done + len(self._lacking) + len(self._wanted))
            if not self._waited_for:
                await self._keep_next(run_id)
            await sleep(PAUSE_S)

    def _next(self) -> int | None:
        if self._lacking:
            return max(self._lacking)
        return min(self._wanted, key=self._wanted.__getitem__, default=None)

    async def _keep_next(self, run_id: int) -> None:
        try:
            await self._get(run_id, with_measurements=True)
        except CloudError as error:
            if is_away_or_busy(error):
                return
            self._tries[run_id] += 1
            if self._tries[run_id] < MOST_TRIES:
                return
        else:
            self._look_when_settled(run_id)
        self._lacking.discard(run_id)
        self._wanted.pop(run_id, None)
        self._done += 1

    def _look_when_settled(self, run_id: int) -> None:
        """The last samples of a run that has just ended are still on their way."""
        run = self._store.run(run_id)
        if run and run.is_finished and not is_settled(run, datetime.now(UTC)) and self._settling[run_id] < MOST_TRIES:
            self._settling[run_id] += 1  # if the clocks are far apart it may seem to go on for ever
            QTimer.singleShot(SETTLING // timedelta(milliseconds=1), self, lambda: self._complete_ended(run))

    async def _get(self, run_id: int, *, with_measurements: bool = False) -> None:
        """Get a run, and keep it; one at a time. Raises `CloudError`.

        Its measurements and its log take many requests: nobody should wait for them.
        """
        from asyncio import Lock

        whole = self._whole(run_id)
        self._turn = self._turn or Lock()
        async with self._turn:
            if await whole.get_run():
                if not self._store.kept(run_id) and run_id in self._wanted:
                    await self._store.keep_run(run_id, "rule")
                await whole.get_nodes()
                await whole.get_script()
        if with_measurements:
            await whole.get_measured()

    def _whole(self, run_id: int) -> WholeRun:
        if self._cloud is None:
            raise NotNow("k6desk is offline, so the server cannot be asked.")
        from k6desk.core.whole_run import WholeRun  # the first picture needs none of it

        return WholeRun(run_id, self._cloud, self._connection, self._store, self._numbers())


def _urgency(run: Run, soon: datetime) -> tuple[float, ...]:
    """The least is the most urgent: what expires soon before everything else, the rest newest first."""
    expires = run.retention_expires_at
    if expires and expires <= soon:
        return 0, expires.timestamp()
    return 1, -run.created_at.timestamp()
