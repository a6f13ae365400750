import asyncio
import threading

import pytest

from k6desk.core.executor import DaemonExecutor


async def test_answers_and_errors_come_back():
    loop = asyncio.get_running_loop()
    executor = DaemonExecutor()
    assert await loop.run_in_executor(executor, lambda: 6 * 7) == 42
    with pytest.raises(LookupError):
        await loop.run_in_executor(executor, {}.__getitem__, "gone")


async def test_a_call_that_hangs_holds_up_nobody(until):
    release = threading.Event()
    executor = DaemonExecutor()
    future = executor.submit(release.wait)
    executor.shutdown(wait=True)
    assert not future.done()
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "k6desk-call")
    release.set()
    await until(future.done)
