import asyncio
import threading
import time

import pytest

from k6desk.core.writer import Writer


@pytest.fixture
def writer():
    writer = Writer("writer of a test")
    yield writer
    writer.close(1, drop=True)


async def test_things_are_done_in_order_and_give_their_results(writer):
    done = []
    results = await asyncio.gather(*(writer.do(lambda n=n: done.append(n) or n * n) for n in range(5)))
    assert (done, results) == ([0, 1, 2, 3, 4], [0, 1, 4, 9, 16])


async def test_an_error_goes_to_whoever_waits_and_the_next_thing_is_done(writer):
    with pytest.raises(ZeroDivisionError):
        await writer.do(lambda: 1 // 0)
    assert await writer.do(lambda: "done") == "done"


async def test_what_was_handed_in_is_done_although_nobody_waits_for_it_any_more(writer, until):
    may_go, done = threading.Event(), []
    first = asyncio.get_running_loop().create_task(writer.do(may_go.wait))
    second = asyncio.get_running_loop().create_task(writer.do(lambda: done.append("draft")))
    await asyncio.sleep(0)
    for task in (first, second):
        task.cancel()
    await asyncio.wait([first, second])
    assert done == []
    may_go.set()
    assert writer.close(5, drop=False)
    assert done == ["draft"]


async def test_closing_drops_what_has_not_begun_and_never_waits_longer_than_told(writer):
    may_go, done = threading.Event(), []
    waiting = [
        asyncio.get_running_loop().create_task(writer.do(work)) for work in (may_go.wait, lambda: done.append(1))
    ]
    await asyncio.sleep(0.02)
    began = time.monotonic()
    assert not writer.close(0.1, drop=True)
    assert time.monotonic() - began < 1
    may_go.set()
    assert writer.close(5, drop=True)
    await asyncio.wait(waiting)
    assert (waiting[1].cancelled(), done) == (True, [])


async def test_after_closing_nothing_is_taken(writer):
    writer.close(1, drop=False)
    with pytest.raises(asyncio.CancelledError):
        await writer.do(lambda: None)
