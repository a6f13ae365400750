"""Reads the runs of the past, once in the life of the database; its marks remember how far that came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError
from k6desk.core.connection import Connection
from k6desk.core.store import Store

FIRST_WINDOW = timedelta(days=1)
OVERLAP = timedelta(minutes=5)
WINDOWS = (timedelta(days=7), timedelta(days=30), timedelta(days=120), None)


class PastReader:
    """Goes backwards in growing windows from where the list of what is new begins."""

    def __init__(
        self, cloud: Cloud, store: Store, connection: Connection, progressed: Callable[[int, int], object]
    ) -> None:
        self._cloud = cloud
        self._store = store
        self._connection = connection
        self._progressed = progressed
        self.is_read = False

    async def read(self) -> None:
        """Read what lies before the first window, newest first, each window once in the life of the database."""
        try:
            for window in WINDOWS:
                mark = self._store.mark("history_from")
                if mark == "all":
                    break
                before = datetime.fromisoformat(mark) if mark else datetime.now(UTC) - FIRST_WINDOW + OVERLAP
                after = before - window if window else None
                await self._read_window(after, before)
                await self._store.set_mark("history_from", after.isoformat() if after else "all")
            self.is_read = True
        except CloudError:
            return  # the next cycle goes on where this one stopped

    async def _read_window(self, after: datetime | None, before: datetime) -> None:
        """Read one window, oldest first; a failure costs the page it happened on, also after a restart."""
        asked_at = datetime.now(UTC)
        reached = self._store.mark("history_at")
        since = datetime.fromisoformat(reached) if reached else after
        is_newest = not self._store.mark("newest")  # our clock is ahead, or nothing ran for a day
        done = 0
        async for page in self._connection.pages(self._cloud.runs(created_after=since, created_before=before)):
            await self._store.put_runs(page.rows, asked_at)
            if page.rows:
                if is_newest:
                    await self._store.mark_newest(page.rows)
                await self._store.set_mark("history_at", page.rows[-1].created_at.isoformat())
            done += len(page.rows)
            self._progressed(done, max(done, page.total or 0))
        await self._store.set_mark("history_at", "")
