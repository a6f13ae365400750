"""What is asked when. The monitor turns what the user looks at into as few requests as possible and feeds the store.

- One list request covers every live run: all runs created since the oldest unfinished one.
- The run that is looked at is asked every 2 s while it is not finished.
- Projects and tests are read at the start and every few minutes; the past is read once, backwards in growing windows,
  and the database remembers how far that came.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError, Forbidden, NotFound
from k6desk.api.models import Page, Run
from k6desk.core.connection import Connection
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks

T = TypeVar("T")

FOCUS_S = 2.0
LIVE_S = 5.0
IDLE_S = 60.0
HIDDEN_FACTOR = 6.0
CATALOGUE_S = 300.0
TEST_AGAIN_S = 30.0
HEARTBEAT_S = 5.0
ASLEEP_S = 15.0
LONE_RUNS = 5
CROWD = 100
FIRST_WINDOW = timedelta(days=1)
OVERLAP = timedelta(minutes=5)
HISTORY_WINDOWS = (timedelta(days=7), timedelta(days=30), timedelta(days=120), None)


class Monitor(QObject):
    """Keeps one account's store as current as its user needs it."""

    run_ended = Signal(object)  # Run that was seen unfinished and has ended now
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
        self.caught_up = False
        self._focused: int | None = None
        self._asked_tests: dict[int, float] = {}
        self._catalogue_due = 0.0
        self._list_now = asyncio.Event()
        self._focus_now = asyncio.Event()

    def start(self) -> None:
        """Begin to ask; ends with the tasks it was given."""
        self._tasks.spawn(self._watch_lists(), name="watch lists", owner=self)
        self._tasks.spawn(self._watch_focus(), name="watch the focused run", owner=self)
        self._tasks.spawn(self._notice_sleep(), name="notice sleep", owner=self)

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

    # -- lists ---------------------------------------------------------------------------------------------------------

    async def _watch_lists(self) -> None:
        while True:
            await self._may_ask(self._list_now)
            try:
                await self._read_lists()
            except CloudError:
                await self._pause(self._list_now, FOCUS_S)  # the connection has noted it and says when to try again
            else:
                await self._pause(self._list_now, self._interval())

    async def _read_lists(self) -> None:
        await self._read_live()
        if time.monotonic() >= self._catalogue_due:
            await self._read_catalogue()
            self._catalogue_due = time.monotonic() + CATALOGUE_S
        self._tasks.spawn(self._read_history(), name="read the past", key="history", owner=self)

    async def _read_live(self) -> None:
        asked_at = datetime.now(UTC)
        unfinished = {run.id: run for run in self._store.unfinished()}
        since, lone = self._window(sorted(unfinished.values(), key=lambda run: run.created_at), asked_at)
        newest = since
        async for page in self._pages(self._cloud.runs(created_after=since, keep_raw=True)):
            self._announce(unfinished, page.rows)
            await self._store.put_runs(page.rows, asked_at, page.raw)
            newest = max([newest, *(row.created_at for row in page.rows)])
            for row in page.rows:
                unfinished.pop(row.id, None)
        await self._store.set_mark("newest", newest.isoformat())
        for run in (lone or list(unfinished.values()))[:LONE_RUNS]:
            await self._read_run(run.id)

    def _window(self, unfinished: list[Run], now: datetime) -> tuple[datetime, list[Run]]:
        """From when on to list, and which unfinished runs are so old that asking them one by one is cheaper."""
        newest = self._store.mark("newest")
        since = datetime.fromisoformat(newest) if newest else now - FIRST_WINDOW
        if not newest:
            return since, unfinished
        lone: list[Run] = []
        while unfinished and len(lone) < LONE_RUNS and self._store.count_since(unfinished[0].created_at) > CROWD:
            lone.append(unfinished.pop(0))
        return min([since, *(run.created_at for run in unfinished)]), lone

    async def _read_catalogue(self) -> None:
        projects, all_projects = await self._whole_list(self._cloud.projects())
        tests, all_tests = await self._whole_list(self._cloud.load_tests())
        await self._store.put_catalogue(projects, tests, complete=all_projects and all_tests)
        with suppress(NotFound, Forbidden):  # a token may see runs and not zones; then their ids are shown
            await self._store.put_zones(await self._connection.ask(self._cloud.load_zones(), of_one_thing=True))

    async def _read_history(self) -> None:
        """Read what lies before the first window, newest first, each window once in the life of the database."""
        try:
            for window in HISTORY_WINDOWS:
                mark = self._store.mark("history_from")
                if mark == "all":
                    break
                before = datetime.fromisoformat(mark) if mark else datetime.now(UTC) - FIRST_WINDOW + OVERLAP
                after = before - window if window else None
                await self._read_past(after, before)
                await self._store.set_mark("history_from", after.isoformat() if after else "all")
            self.caught_up = True
        except CloudError:
            return  # the next cycle goes on where this one stopped

    async def _read_past(self, after: datetime | None, before: datetime) -> None:
        """Read one window, oldest first; a failure costs the page it happened on, also after a restart."""
        asked_at = datetime.now(UTC)
        reached = self._store.mark("history_at")
        since = datetime.fromisoformat(reached) if reached else after
        done = 0
        async for page in self._pages(self._cloud.runs(created_after=since, created_before=before)):
            await self._store.put_runs(page.rows, asked_at)
            if page.rows:
                await self._store.set_mark("history_at", page.rows[-1].created_at.isoformat())
            done += len(page.rows)
            self.history_progressed.emit(done, max(done, page.total or 0))
        await self._store.set_mark("history_at", "")

    async def _read_test(self, test_id: int) -> None:
        asked_at = datetime.now(UTC)
        try:
            async with aclosing(self._pages(self._cloud.test_runs(test_id, keep_raw=True))) as pages:
                page = await anext(pages)
            await self._store.put_runs(page.rows, asked_at, page.raw)
        except CloudError:
            self._asked_tests.pop(test_id, None)

    # -- one run -------------------------------------------------------------------------------------------------------

    async def _watch_focus(self) -> None:
        while True:
            run_id = self._focused
            pause = IDLE_S
            if run_id is not None:
                await self._may_ask(self._focus_now)
                try:
                    await self._read_run(run_id)
                except CloudError:
                    pause = FOCUS_S
                else:
                    run = self._store.run(run_id)
                    pause = FOCUS_S if run and not run.is_finished else IDLE_S
            if self._focused == run_id:
                await self._pause(self._focus_now, pause * (HIDDEN_FACTOR if self._hidden else 1))

    async def _read_run(self, run_id: int) -> None:
        asked_at = datetime.now(UTC)
        known = self._store.run(run_id)
        try:
            raw = await self._connection.ask(self._cloud.run(run_id), of_one_thing=True)
        except NotFound:
            await self._store.remove_run(run_id)
            return
        except Forbidden:
            return
        detail = await self._store.put_detail(raw, asked_at)
        self._announce({run_id: known} if known else {}, [detail.run])

    # -- when ----------------------------------------------------------------------------------------------------------

    async def _notice_sleep(self) -> None:
        """Sleep stops the monotonic clock but not the wall clock: a gap between the two means that we slept."""
        while True:
            wall, steady = time.time(), time.monotonic()
            await asyncio.sleep(HEARTBEAT_S)
            if (time.time() - wall) - (time.monotonic() - steady) > ASLEEP_S or time.monotonic() - steady > ASLEEP_S:
                await self._cloud.reset()
                self.poke()

    def _interval(self) -> float:
        interval = LIVE_S if self._store.counts().running else IDLE_S
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

    async def _whole_list(self, pages: AsyncGenerator[Page[T], None]) -> tuple[list[T], bool]:
        """All rows, and whether these are really all."""
        rows: list[T] = []
        complete = True
        async for page in self._pages(pages):
            rows += page.rows
            complete = complete and page.complete and not page.unreadable
        return rows, complete

    async def _pages(self, pages: AsyncGenerator[Page[T], None]) -> AsyncGenerator[Page[T], None]:
        """Pages of a list, each of which passes the connection."""
        async with aclosing(pages):
            while True:
                try:
                    page = await self._connection.ask(anext(pages))
                except StopAsyncIteration:
                    return
                yield page

    def _announce(self, unfinished: dict[int, Run], rows: list[Run]) -> None:
        for row in rows:
            if row.is_finished and row.id in unfinished and not unfinished[row.id].is_finished:
                self.run_ended.emit(row)
