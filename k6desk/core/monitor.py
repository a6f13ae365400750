"""What is asked when. The monitor turns what the user looks at into as few requests as possible and feeds the store.

- One list request covers every live run: all runs created since the oldest unfinished one.
- The run that is looked at is asked every 2 s while it is not finished.
- Projects with their limits, tests and schedules are read at the start and every few minutes; the past is read once,
  backwards in growing windows, and the database remembers how far that came.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError, Forbidden, NotFound
from k6desk.core.catalogue_reader import CatalogueReader
from k6desk.core.connection import Connection
from k6desk.core.past_reader import FIRST_WINDOW, OVERLAP, PastReader
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks

FOCUS_S = 2.0
LIVE_S = 5.0
IDLE_S = 60.0
HIDDEN_FACTOR = 6.0
CATALOGUE_S = 300.0
POLITE_PER_S = 2.0  # requests, where it takes many to ask for what is new
TEST_AGAIN_S = 30.0
HEARTBEAT_S = 5.0
ASLEEP_S = 15.0
LONE_RUNS = 5
CROWD = 100


class Monitor(QObject):
    """Keeps one account's store as current as its user needs it."""

    run_ended = Signal(object)  # Run that was known unfinished and has ended now
    history_progressed = Signal(int, int)  # runs read, runs in the window that is being read

    def __init__(
        self, cloud: Cloud, store: Store, connection: Connection, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._cloud = cloud
        self._store = store
        self._connection = connection
        self._tasks = tasks
        self._hidden = False
        self._is_lively = False
        self._focused: int | None = None
        self._asked_tests: dict[int, float] = {}
        self._asked_alone: dict[int, float] = {}
        self._catalogue = CatalogueReader(cloud, store, connection)
        self._catalogue_due = 0.0
        self._past = PastReader(cloud, store, connection, self.history_progressed.emit)
        self._list_now = asyncio.Event()
        self._focus_now = asyncio.Event()
        store.run_ended.connect(self.run_ended)

    @property
    def caught_up(self) -> bool:
        """Whether every run of the past has been read."""
        return self._past.is_read

    def start(self) -> None:
        """Begin to ask; ends with the tasks it was given, or with `stop`."""
        for name, step in (
            ("watch lists", self._look_at_lists),
            ("watch the focused run", self._look_at_focus),
            ("notice sleep", self._notice_sleep),
        ):
            self._tasks.spawn(self._for_ever(step, name), name=name, owner=self)

    def stop(self) -> list[asyncio.Task[Any]]:
        """Ask nothing any more, and heed no answer; the tasks that are ending."""
        self.deleteLater()
        self._store.run_ended.disconnect(self.run_ended)
        return self._tasks.cancel(self)

    def focus_run(self, run_id: int | None) -> None:
        """The user looks at this run now."""
        if run_id != self._focused:
            self._focused = run_id
            self._focus_now.set()

    def focus_test(self, test_id: int) -> None:
        """The user looks at this test now: its newest runs are read again, with what others starred and noted."""
        asked = self._asked_tests.get(test_id)
        if asked is None or time.monotonic() - asked > TEST_AGAIN_S:
            self._asked_tests[test_id] = time.monotonic()
            self._tasks.spawn(self._read_test(test_id), name="read a test", key=f"test:{test_id}", owner=self)

    def set_hidden(self, hidden: bool) -> None:
        """Whether nobody can see the window; when it comes back, what it shows is brought up to date at once."""
        if self._hidden and not hidden:
            self._list_now.set()
            self._focus_now.set()
        self._hidden = hidden

    def poke(self) -> None:
        """Ask now: the user wants it, the network changed, or the computer woke."""
        self._connection.forget_failures()
        self._catalogue_due = 0.0
        self._asked_tests.clear()
        self._list_now.set()
        self._focus_now.set()

    def wake(self) -> None:
        """The computer slept or its network changed: connections may be dead, and what is shown is old."""
        self._tasks.spawn(self._reset(), name="wake", owner=self)

    # -- lists ---------------------------------------------------------------------------------------------------------

    async def _look_at_lists(self) -> None:
        await self._may_ask(self._list_now)
        try:
            await self._read_live()
        except CloudError:
            await self._pause(self._list_now, FOCUS_S)  # the connection has noted it and says when to try again
            return
        await self._store.mark_fresh(datetime.now(UTC))
        if time.monotonic() >= self._catalogue_due:
            self._catalogue_due = time.monotonic() + CATALOGUE_S
            try:
                await self._catalogue.read()
            except CloudError:
                self._catalogue_due = min(
                    self._catalogue_due, time.monotonic() + IDLE_S
                )  # or sooner, if poked meanwhile
        self._tasks.spawn(self._past.read(), name="read the past", key=f"history:{id(self)}", owner=self)
        await self._pause(self._list_now, self._interval())

    async def _read_live(self) -> None:
        asked_at = datetime.now(UTC)
        unfinished = {run.id: run.created_at for run in self._store.unfinished()}
        is_lively = False
        async for page in self._connection.pages(
            self._cloud.runs(created_after=self._live_since(unfinished.values(), asked_at), keep_raw=True)
        ):
            await self._store.put_runs(page.rows, asked_at, page.raw)
            await self._store.mark_newest(page.rows)
            is_lively = is_lively or not all(row.is_finished for row in page.rows)
            for row in page.rows:
                unfinished.pop(row.id, None)
        self._is_lively = is_lively
        await self._read_alone(unfinished.keys())

    def _live_since(self, unfinished: Iterable[datetime], now: datetime) -> datetime:
        """From when on to list: what is new, and with it the unfinished runs that few others lie behind."""
        newest = self._store.mark("newest")
        if not newest:
            return now - FIRST_WINDOW
        crowd = self._store.created_of(CROWD)
        near = (created_at for created_at in unfinished if crowd is None or created_at >= crowd)
        return min(datetime.fromisoformat(newest) - OVERLAP, *near, datetime.max.replace(tzinfo=UTC))

    async def _read_alone(self, runs: Collection[int]) -> None:
        """Ask for unfinished runs that the list did not name, a few at a time and each once a minute."""
        self._asked_alone = {run_id: at for run_id, at in self._asked_alone.items() if run_id in runs}
        due = [id_ for id_ in runs if time.monotonic() - self._asked_alone.get(id_, -IDLE_S) >= IDLE_S]
        for run_id in due[:LONE_RUNS]:
            self._asked_alone[run_id] = time.monotonic()
            await self._read_run(run_id)

    async def _read_test(self, test_id: int) -> None:
        asked_at = datetime.now(UTC)
        try:
            async with aclosing(self._connection.pages(self._cloud.test_runs(test_id, keep_raw=True))) as pages:
                page = await anext(pages, None)
            if page:
                await self._store.put_runs(page.rows, asked_at, page.raw)
        except CloudError:
            self._asked_tests.pop(test_id, None)

    # -- one run -------------------------------------------------------------------------------------------------------

    async def _look_at_focus(self) -> None:
        await self._may_ask(self._focus_now)
        run_id = self._focused
        pause = IDLE_S
        if run_id is not None:
            try:
                await self._read_run(run_id)
                run = self._store.run(run_id)
            except CloudError:
                pause = FOCUS_S
            else:
                pause = FOCUS_S if run and not run.is_finished else IDLE_S
        if self._focused == run_id:
            await self._pause(self._focus_now, pause * (HIDDEN_FACTOR if self._hidden else 1))

    async def _read_run(self, run_id: int) -> None:
        asked_at = datetime.now(UTC)
        try:
            raw = await self._connection.ask(partial(self._cloud.run, run_id), of_one_thing=True)
        except NotFound:
            await self._store.remove_run(run_id)
        except Forbidden:
            return
        else:
            await self._store.put_detail(raw, asked_at)

    # -- when ----------------------------------------------------------------------------------------------------------

    async def _for_ever(self, step: Callable[[], Awaitable[None]], name: str) -> None:
        """One step after another. A bug in one is reported; it must not end the watching, which nobody would notice."""
        while True:
            try:
                await step()
            except Exception as error:  # noqa: BLE001
                self._tasks.report(error, name)
                await asyncio.sleep(IDLE_S)

    async def _notice_sleep(self) -> None:
        """Sleep stops the monotonic clock but not the wall clock: a gap between the two means that we slept."""
        wall, steady = time.time(), time.monotonic()
        await asyncio.sleep(HEARTBEAT_S)
        if (time.time() - wall) - (time.monotonic() - steady) > ASLEEP_S or time.monotonic() - steady > ASLEEP_S:
            await self._reset()

    async def _reset(self) -> None:
        await self._cloud.reset()
        self.poke()

    def _interval(self) -> float:
        interval = max(LIVE_S if self._is_lively else IDLE_S, self._cloud.requests_per_poll / POLITE_PER_S)
        return interval * HIDDEN_FACTOR if self._hidden else interval

    async def _may_ask(self, now: asyncio.Event) -> None:
        """Wait until the connection allows a request."""
        while (wait := self._connection.wait_s) > 0:
            await self._pause(now, min(wait, IDLE_S))

    async def _pause(self, now: asyncio.Event, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await now.wait()
        except TimeoutError:
            pass
        now.clear()
