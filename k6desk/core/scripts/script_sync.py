"""Fetches scripts while nobody waits, so that they are there without a connection: of each test and of its newest runs.

One request at a time, with pauses, and none while the connection is not live. What is missing is worked out from what
the library has noted, so that the next start goes on where this one ended.
"""

from __future__ import annotations

from collections import Counter, deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from PySide6.QtCore import QObject, Signal

from k6desk.api.errors import CloudError
from k6desk.api.models import LoadTest, Run
from k6desk.core.bell import Bell
from k6desk.core.connection import Connection, State, is_away_or_busy
from k6desk.core.delta import Delta
from k6desk.core.scripts.script_getting import get_script
from k6desk.core.store import Store
from k6desk.data.scripts import ScriptKind

if TYPE_CHECKING:
    from asyncio import Task

    from k6desk.api.cloud import Cloud
    from k6desk.core.monitor import Monitor
    from k6desk.core.tasks import Tasks

Progress = Literal["off", "waiting", "fetching", "paused", "full"]
"""Whether it is switched off, has nothing to do or nobody to ask, is at work, was paused, or has reached its limit."""

RUNS_OF_TEST = 3
AGAIN = timedelta(hours=24)
"""After so long a test may have another script, although nothing says so."""
PAUSE_S, PAUSE_WHILE_LIVE_S = 0.5, 1.0
LISTS_S = 2.0
"""How often it is asked whether the lists have been read."""
REST_S = 600.0
LOOKED_AT = 64
MOST_TRIES = 2
"""So often, until the next start, the server may fail over one script."""
MEGABYTE = 1_000_000


class Wanted(NamedTuple):
    """A script to be fetched. What was never asked for comes first, and of equals the newest."""

    kind: ScriptKind
    id: int
    was_asked: bool
    at: datetime


class ScriptSync(QObject):
    """Keeps the scripts of one account current. It does nothing until it follows a wish and there is a server."""

    changed = Signal()  # how far it is, or what it does

    def __init__(self, store: Store, connection: Connection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._connection = connection
        self._cloud: Cloud | None = None
        self._monitor: Monitor | None = None
        self._tasks: Tasks | None = None
        self._bell = Bell()
        self._is_wanted = self.is_paused = False
        self.limit = 0
        """How many bytes all kept scripts may take until it stops."""
        self._bytes = 0
        self._missing: deque[Wanted] = deque()
        self._is_old = True  # whether there may be more to fetch than is known
        self._tries: Counter[tuple[ScriptKind, int]] = Counter()
        self.total = 0
        """How many scripts there are to have; `done` says how many of them were asked for."""
        self.progress: Progress = "off"
        store.changed.connect(self._take_in)
        store.indexed.connect(self._bell.ring)
        connection.changed.connect(self._bell.ring)

    @property
    def done(self) -> int:
        """How many scripts were asked for and need not be again."""
        return self.total - len(self._missing)

    def follow(self, *, wanted: bool, limit_mb: int, paused: bool = False) -> None:
        """What the user wishes: whether scripts are fetched at all, and now, and how much all kept ones may take."""
        self._is_wanted, self.limit, self.is_paused = wanted, limit_mb * MEGABYTE, paused
        if paused and self.progress == "fetching":
            self._show("paused")  # although a script may be on its way
        self._bell.ring()

    def go_live(self, cloud: Cloud, monitor: Monitor, tasks: Tasks) -> None:
        """There is a server to ask; its lists come first."""
        self._cloud, self._monitor, self._tasks = cloud, monitor, tasks
        self._is_old = True
        tasks.spawn(self._fetch_on(), name="fetch scripts", key=f"scripts:{id(self)}", owner=self)

    def stop(self) -> list[Task[Any]]:
        """Ask nothing any more; the tasks that are ending."""
        return self._tasks.cancel(self) if self._tasks else []

    # -- what is missing -----------------------------------------------------------------------------------------------

    def _take_in(self, delta: Delta) -> None:
        if delta.added or delta.catalogue:
            self._is_old = True
            self._bell.ring()

    async def _look(self) -> None:
        """Work out what is missing, without keeping the window waiting."""
        from asyncio import sleep

        assert self._cloud
        self._is_old = False
        self._bytes = self._store.script_bytes()
        asked = {kind: self._store.asked_scripts(kind) for kind in ("run", "test")}
        tests = [test for project in self._store.projects() for test in self._store.tests(project.id)]
        has_test_scripts = "upload" not in self._cloud.lacks
        missing: list[Wanted] = []
        total = 0
        for number, test in enumerate(tests):
            runs = self._store.latest_of_test(test.id, RUNS_OF_TEST)
            wanted = [_of_run(run, asked["run"]) for run in runs if not _is_gone(self._store, run)]
            if has_test_scripts:
                wanted.append(_of_test(test, runs, asked["test"]))
            total += len(wanted)
            missing += filter(None, wanted)
            if number % LOOKED_AT == LOOKED_AT - 1:
                await sleep(0)
        missing = [one for one in missing if self._tries[one.kind, one.id] < MOST_TRIES]
        self._missing = deque(sorted(missing, key=lambda one: (one.was_asked, -one.at.timestamp(), -one.id)))
        self.total = total

    # -- fetching ------------------------------------------------------------------------------------------------------

    async def _fetch_on(self) -> None:
        """For ever: one script after the other, while there is something to fetch and the server may be asked."""
        from asyncio import sleep

        while True:
            if self._what_to_do() == "fetching" and self._is_old:
                await self._look()
            doing = self._what_to_do()
            if doing == "fetching" and not self._missing:
                doing = "waiting"
            self._show(doing)
            if doing == "fetching":
                await self._fetch(self._missing[0])
                await sleep(PAUSE_WHILE_LIVE_S if self._store.unfinished() else PAUSE_S)
            else:
                await self._rest()

    def _what_to_do(self) -> Progress:
        if not self._is_wanted:
            return "off"
        if not self._has_lists or self._connection.state is not State.LIVE or self._connection.wait_s:
            return "waiting"
        if self.is_paused:
            return "paused"
        return "full" if self._bytes >= self.limit else "fetching"

    @property
    def _has_lists(self) -> bool:
        return self._monitor is not None and self._monitor.caught_up and self._store.is_indexed

    async def _fetch(self, one: Wanted) -> None:
        assert self._cloud
        try:
            await get_script(one.kind, one.id, self._cloud, self._connection, self._store)
            self._bytes = self._store.script_bytes()
        except CloudError as error:
            if is_away_or_busy(error):
                return
            self._tries[one.kind, one.id] += 1
            if self._tries[one.kind, one.id] < MOST_TRIES:
                return
        if self._missing and self._missing[0] == one:
            self._missing.popleft()

    def _show(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.emit()

    async def _rest(self) -> None:
        if not await self._bell.wait(REST_S if self._has_lists else LISTS_S):
            self._is_old = True  # a day may have gone by


def _is_gone(store: Store, run: Run) -> bool:
    kept = store.kept(run.id)
    return kept is not None and kept.gone_at is not None


def _of_run(run: Run, asked: dict[int, datetime]) -> Wanted | None:
    return None if run.id in asked else Wanted("run", run.id, was_asked=False, at=run.created_at)


def _of_test(test: LoadTest, runs: list[Run], asked: dict[int, datetime]) -> Wanted | None:
    """The test's script, unless it was asked for since the test last changed, and not long ago."""
    at = asked.get(test.id)
    changed_at = test.updated_at or test.created_at
    if at and datetime.now(UTC) - at < AGAIN and not (changed_at and changed_at > at):
        return None
    newest = runs[0].created_at if runs else changed_at or datetime.min.replace(tzinfo=UTC)
    return Wanted("test", test.id, was_asked=at is not None, at=newest)
