"""The log of a run as it is kept here, and what it takes to complete it."""

from __future__ import annotations

import time
from contextlib import aclosing
from typing import TYPE_CHECKING

from k6desk.api.cloud import Cloud
from k6desk.core.store import Store
from k6desk.data.run_log import RunLog, pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from k6desk.api.logs import LogBatch

ENDED_SILENCES = 2
"""After so many silences there is nothing more of a run that has ended."""
OVERLAP_NS = 5_000_000_000
"""The load generators are not equally fast: so long before the last line there may be one that was not there yet."""


async def unpacked(content: bytes) -> RunLog:
    """The log that is kept here; an empty one when it cannot be read."""
    from asyncio import to_thread

    unpack: Callable[[bytes], RunLog | None] = RunLog.unpacked
    return await to_thread(unpack, content) or RunLog()


async def write(log: RunLog, run_id: int, store: Store) -> None:
    """Keep what is known of a log."""
    from asyncio import to_thread

    await store.put_log(run_id, await to_thread(pack, log.snapshot()))


def start_of(log: RunLog, store: Store, run_id: int) -> int:
    """From when on (ns since the epoch) the server is to be asked for what a log lacks.

    A line that says that it is of the future must not hide those that are to come; what the log has let go of is not
    wanted again.
    """
    last_ns, now_ns = log.last_ns, time.time_ns()
    if last_ns > now_ns:
        last_ns = max((row.at_ns for row in log.rows() if row.at_ns <= now_ns), default=0)
    if last_ns:
        oldest_ns = log.row(log.first).at_ns if log.cut else 0
        return max(last_ns - OVERLAP_NS, min(oldest_ns, last_ns))
    run = store.run(run_id)
    return int(run.created_at.timestamp()) * 1_000_000_000 if run else 0


def missing(batch: LogBatch) -> list[str]:
    """What a batch does not have, in sentences."""
    words = []
    if batch.dropped:
        words.append(f"{_lines(batch.dropped)} left out by the server.")
    if batch.unreadable:
        words.append(f"{_lines(batch.unreadable)} left out because k6desk could not read {_them(batch.unreadable)}.")
    return words


async def complete(log: RunLog, run_id: int, cloud: Cloud, store: Store) -> None:
    """Read what the server has of the log of a run that has ended, until it goes quiet or says that this is all.

    Raises `CloudError`; the log then has the lines that came before.
    """
    silences = 0
    start_ns = start_of(log, store, run_id)
    log.expect_replay(start_ns)
    async with aclosing(cloud.log(run_id, start_ns)) as batches:
        async for batch in batches:
            log.take(batch.lines)
            words = missing(batch)
            for sentence in words:
                log.mark(sentence)
            silences = 0 if batch.lines or words else silences + 1
            if silences >= ENDED_SILENCES:
                return


def _lines(count: int) -> str:
    return "1 line was" if count == 1 else f"{count:,} lines were"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"
