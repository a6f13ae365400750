"""Follows the log of the run that is looked at, and keeps what was seen of it.

The server of the logs is another one than that of the API: that it is away, or does not want this token, says nothing
of the account. So it has pauses of its own, and only waits where the account's connection does.
"""

from __future__ import annotations

import time
from contextlib import aclosing
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError, NotFound, SignedOut, TryLater
from k6desk.core.bell import Bell
from k6desk.core.connection import Connection, State, is_final
from k6desk.core.logs.kept_log import ENDED_SILENCES, missing, start_of, unpacked, write
from k6desk.core.metrics.settled import is_settled
from k6desk.core.store import Store
from k6desk.data.run_log import RunLog

if TYPE_CHECKING:
    from asyncio import Task

    from k6desk.api.logs import LogBatch
    from k6desk.core.tasks import Tasks

LIVE_SILENCES = 8
"""After so many silences there is nothing more of a run that ended while its log was followed."""
LONGEST_PAUSE_S = 60.0
CHECK_S = 60.0
WRITE_EVERY_S = 15.0
AT_ONCE = 1_000


class Phase(Enum):
    """How far it is; `LogTail.problem` says why it is away, or refused."""

    READING = "reading"  # what is kept here
    CONNECTING = "connecting"
    LIVE = "live"
    AWAY = "away"  # it will try again
    REFUSED = "refused"  # it will not
    OFFLINE = "offline"
    COMPLETE = "complete"


class LogTail(QObject):
    """One log at a time. It works without a server, too: then there is what was seen before."""

    changed = Signal()
    """There are more lines, or fewer, or another phase."""

    def __init__(self, store: Store, connection: Connection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._connection = connection
        self._cloud: Cloud | None = None
        self._tasks: Tasks | None = None
        self._run_id: int | None = None
        self._is_followed = False
        self._following: Task[Any] | None = None
        self._connection_bell = Bell()
        self._retry_bell = Bell()
        self._writing = QObject(self)
        self._writes: list[Task[Any]] = []
        self._written_at = 0.0
        self._is_unwritten = False
        self.log = RunLog()
        self.phase = Phase.READING
        self.problem = ""
        connection.changed.connect(self._notice_connection)

    @property
    def run_id(self) -> int | None:
        """The run whose log it is."""
        return self._run_id

    def go_live(self, cloud: Cloud, tasks: Tasks) -> None:
        """There is a server to ask, or another token to ask it with."""
        self._cloud, self._tasks = cloud, tasks
        if self._run_id is not None and self._is_followed:
            self._begin(self._run_id)

    def stop(self) -> list[Task[Any]]:
        """Ask nothing any more; the tasks that are ending, of which some still write what was read."""
        ending = self._tasks.cancel(self) if self._tasks else []
        self._keep()
        return ending + self._writes

    def follow(self, run_id: int, tasks: Tasks) -> None:
        """Somebody looks at the log of this run now, and at no other."""
        if run_id == self._run_id and self._is_followed:
            return
        self.rest()
        self._tasks = tasks
        if run_id != self._run_id:
            self._run_id = run_id
            self.log = RunLog()
        self._is_followed = True
        self._begin(run_id)

    def rest(self) -> None:
        """Nobody looks any more. What was read stays until another log is followed."""
        self._is_followed = False
        if self._following:
            self._following.cancel()
        self._keep()

    def try_again(self) -> None:
        """The user wants it to be tried now."""
        if self._run_id is not None and self.phase is Phase.REFUSED:
            self._begin(self._run_id)
        elif self.phase is Phase.AWAY:
            self._retry_bell.ring()

    # -- one log -------------------------------------------------------------------------------------------------------

    def _begin(self, run_id: int) -> None:
        if self._following:
            self._following.cancel()
        if self._tasks:
            self._become(Phase.READING)
            self._following = self._tasks.spawn(self._follow(run_id), name="follow a log", owner=self)

    async def _follow(self, run_id: int) -> None:
        known = self._store.log(run_id)
        if known and self.log.end == 0:
            self.log = await unpacked(known.value)
        self._written_at = time.monotonic()
        pause_s, lost_ns = 1.0, 0
        while not self.log.is_complete:
            if not await self._may_ask():
                continue
            self._become(Phase.CONNECTING, self.problem)
            before = self.log.end
            try:
                if await self._read(run_id, lost_ns):
                    break
                why, wish_s = "", 0.0
            except CloudError as error:
                is_early = isinstance(error, NotFound) and not self._has_ended(run_id)
                if (is_final(error) and not is_early) or isinstance(error, SignedOut):
                    self._become(Phase.REFUSED, _sentence(error))
                    break
                why = "The server has no log of this run yet." if is_early else str(error)
                wish_s = (error.retry_after_s or 0.0) if isinstance(error, TryLater) else 0.0
            if self.phase is Phase.LIVE:
                lost_ns = time.time_ns()
            pause_s = 1.0 if self.log.end > before else min(pause_s * 2, LONGEST_PAUSE_S)
            self._become(Phase.AWAY, why or "The server ended the connection.")
            await self._pause(max(pause_s, wish_s))
        if self.log.is_complete:
            self._become(Phase.COMPLETE)
        if self._is_unwritten:
            await self._write(run_id)

    async def _may_ask(self) -> bool:
        """Whether the server may be asked now; if not, that is waited for."""
        if self._cloud and not self._connection.wait_s:
            return True
        self._become(Phase.OFFLINE, self._connection.reason)
        await self._connection_bell.wait(min(self._connection.wait_s, CHECK_S) if self._cloud else None)
        return False

    async def _read(self, run_id: int, lost_ns: int) -> bool:
        """Read until the server ends the connection, or raises; whether that is all there will ever be."""
        assert self._cloud
        was_live = not self._has_ended(run_id)
        silences = 0
        start_ns = start_of(self.log, self._store, run_id)
        self.log.expect_replay(start_ns)
        async with aclosing(self._cloud.log(run_id, start_ns)) as batches:
            async for batch in batches:
                if self.phase is not Phase.LIVE:
                    if lost_ns and self.log.end:
                        self._mark_gap(lost_ns)
                    self._become(Phase.LIVE)
                if batch.lines or batch.dropped or batch.unreadable:
                    silences = 0
                    await self._take(batch)
                else:
                    silences += self._has_ended(run_id)
                    if silences >= (LIVE_SILENCES if was_live else ENDED_SILENCES) and self._is_settled(run_id):
                        break
                await self._write_sometimes(run_id)
        if is_all := self._is_settled(run_id):
            self.log.is_complete = self._is_unwritten = True
        return is_all

    async def _take(self, batch: LogBatch) -> None:
        from asyncio import sleep

        for at in range(0, len(batch.lines), AT_ONCE):
            self._is_unwritten |= self.log.take(batch.lines[at : at + AT_ONCE]) > 0
            self.changed.emit()
            await sleep(0)
        for words in missing(batch):
            self.log.mark(words)
            self._is_unwritten = True
            self.changed.emit()

    def _mark_gap(self, lost_ns: int) -> None:
        begun, ended = _clock(lost_ns), _clock(time.time_ns())
        when = f"at {begun}" if begun == ended else f"from {begun} to {ended}"
        self.log.mark(f"The connection was lost {when}.")
        self._is_unwritten = True

    def _has_ended(self, run_id: int) -> bool:
        run = self._store.run(run_id)
        return run is None or run.is_finished

    def _is_settled(self, run_id: int) -> bool:
        run = self._store.run(run_id)
        return run is None or is_settled(run, datetime.now(UTC))

    async def _pause(self, seconds: float) -> None:
        import random  # slow to import, and never needed when all is well

        await self._retry_bell.wait(seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load

    def _notice_connection(self) -> None:
        self._connection_bell.ring()
        if self.phase is Phase.AWAY and self._connection.state is State.LIVE:
            self._retry_bell.ring()  # what was away may be back with it

    def _become(self, phase: Phase, problem: str = "") -> None:
        if (phase, problem) != (self.phase, self.problem):
            self.phase, self.problem = phase, problem
            self.changed.emit()

    # -- what was seen -------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Write what was not written yet, even if nobody waits for it."""
        if self._tasks and self._is_unwritten and self._run_id is not None:
            writing = write(self.log, self._run_id, self._store)
            task = self._tasks.spawn(writing, name="keep a log", owner=self._writing)
            self._writes = [one for one in (*self._writes, task) if one and not one.done()]
        self._is_unwritten = False

    async def _write_sometimes(self, run_id: int) -> None:
        if self._is_unwritten and time.monotonic() - self._written_at > WRITE_EVERY_S:
            await self._write(run_id)

    async def _write(self, run_id: int) -> None:
        self._written_at = time.monotonic()
        end = self.log.end
        await write(self.log, run_id, self._store)
        self._is_unwritten = self.log.end > end


def _clock(at_ns: int) -> str:
    """A time of the day, in this computer's time zone."""
    return f"{datetime.fromtimestamp(at_ns // 1_000_000_000, UTC).astimezone():%H:%M:%S}"


def _sentence(error: CloudError) -> str:
    if isinstance(error, NotFound):
        return "The server has no log of this run, or none any more: logs are kept for some days only."
    return str(error)
