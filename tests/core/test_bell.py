"""Who works in the background rests until there is something to do."""

from __future__ import annotations

import asyncio

from k6desk.core.bell import Bell


async def test_a_ring_wakes_who_waits_and_is_not_lost_on_who_is_busy():
    bell = Bell()
    bell.ring()
    assert await bell.wait()
    waiting = asyncio.get_running_loop().create_task(bell.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    bell.ring()
    assert await waiting


async def test_without_a_ring_the_rest_ends_in_time():
    bell = Bell()
    assert not await bell.wait(0.0)
    bell.ring()
    assert await bell.wait(0.0)
    assert not await bell.wait(0.0)
