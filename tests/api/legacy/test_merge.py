"""Many lists read as one: in the order of creation, a few at once, and wholly or not at all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.errors import TryLater
from k6desk.api.legacy.merge import oldest_first
from k6desk.api.models import Page, Run


def run(minute: int) -> Run:
    return Run(minute, 1, 1, "running", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute))


async def listed(*pages: Page[Run]):
    for page in pages:
        yield page


async def collect(lists, page_size=3) -> list[Page[Run]]:
    return [page async for page in oldest_first(lists, page_size)]


async def test_the_runs_of_all_lists_come_in_the_order_of_their_creation():
    one = listed(Page([run(1), run(4)], raw={1: b"a", 4: b"d"}), Page([run(6)], unreadable=1))
    pages = await collect([one, listed(Page([run(2), run(3)])), listed(Page([]))])
    assert [[each.id for each in page.rows] for page in pages] == [[1, 2, 3], [4, 6]]
    assert [(page.total, page.unreadable, page.raw) for page in pages] == [(6, 1, {1: b"a"}), (6, 0, {4: b"d"})]
    assert all(page.complete for page in pages)


async def test_nothing_is_still_a_page_and_a_list_that_was_cut_off_is_told_on_the_last():
    assert await collect([]) == [Page([], 0)]
    pages = await collect([listed(Page([run(1), run(2)], complete=False))], 1)
    assert [page.complete for page in pages] == [True, False]


async def test_only_a_few_lists_are_read_at_once():
    reading = most = 0

    async def slow():
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        for _ in range(3):
            await asyncio.sleep(0)
        reading -= 1
        yield Page([])

    await collect([slow() for _ in range(12)])
    assert most == 4


async def test_an_error_on_one_list_is_the_error_of_all_and_stops_the_others():
    begun = []

    async def failing():
        raise TryLater("No.", status=503)
        yield

    async def waiting():
        begun.append(True)
        await asyncio.Event().wait()
        yield

    with pytest.raises(TryLater):
        await collect([waiting(), failing(), *(waiting() for _ in range(9))])
    assert len(begun) < 5
