"""The lists of many load tests read as one: what the old APIs have instead of a list of all runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from k6desk.api.models import Page, Run
from k6desk.api.paging import IN_FLIGHT

AT_ONCE, PER_S = 50, 10.0
"""So many lists are asked for without a pause, and of the rest so many in a second."""


async def oldest_first(
    lists: Sequence[AsyncGenerator[Page[Run], None]], page_size: int
) -> AsyncGenerator[Page[Run], None]:
    """The runs of all lists in the order of their creation; only a few lists are read at once.

    Nothing comes before all lists were read to their end, because the caller remembers the last run it got and never
    asks for older ones again. An error on one list is therefore the error of all.
    """
    pages = await _read_all(lists)
    rows = sorted((row for page in pages for row in page.rows), key=lambda run: (run.created_at, run.id))
    raw = {run_id: kept for page in pages for run_id, kept in page.raw.items()}
    unreadable, complete = sum(page.unreadable for page in pages), all(page.complete for page in pages)
    for start in range(0, len(rows) or 1, page_size):
        part = rows[start : start + page_size]
        yield Page(
            part,
            total=len(rows) + unreadable,
            unreadable=0 if start else unreadable,
            raw={run.id: raw[run.id] for run in part if run.id in raw},
            complete=complete or start + page_size < len(rows),
        )


async def _read_all(lists: Sequence[AsyncGenerator[Page[Run], None]]) -> list[Page[Run]]:
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def read(pages: AsyncGenerator[Page[Run], None]) -> list[Page[Run]]:
        async with gate, aclosing(pages):
            return [page async for page in pages]

    try:
        async with asyncio.TaskGroup() as group:
            tasks = []
            for place, pages in enumerate(lists):
                if place >= AT_ONCE:
                    await asyncio.sleep(1 / PER_S)
                tasks.append(group.create_task(read(pages)))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [page for task in tasks for page in task.result()]
