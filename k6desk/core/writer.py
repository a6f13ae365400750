"""The thread that writes one file. It never holds up the end of the program."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Writer:
    """Does one thing after another in a daemon thread: what was handed in is done even if nobody waits for it."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[], T]) -> T:
        """The result of `work`. Cancelling takes only the waiting back, not the work."""
        import asyncio  # the window is painted before anything is written

        if self._closed:
            raise asyncio.CancelledError("the file is closed")
        future: Future[T] = Future()
        self._jobs.put((work, future))
        return await asyncio.shield(asyncio.wrap_future(future))

    def close(self, within_s: float, *, drop: bool) -> bool:
        """Finish what was handed in, or `drop` what has not begun; False if that takes longer than `within_s`."""
        self._closed = True
        while drop and not self._jobs.empty():
            if job := self._jobs.get():
                job[1].cancel()
        self._jobs.put(None)
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        while job := self._jobs.get():
            work, future = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever awaits the future
                future.set_exception(error)
