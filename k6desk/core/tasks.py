"""Every coroutine the program starts: owned, named, reported, closable.

A task that nobody refers to may be collected while it waits, and its error is then never seen; a task that outlives its
widget touches a deleted object. So nothing in the program starts a task but `Tasks.spawn`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject

Reporter = Callable[[BaseException, str], None]
"""Told of an error nobody handled, with the name of the task."""


class Tasks:
    """The running tasks of the program."""

    def __init__(self, report: Reporter) -> None:
        self.report = report
        self._running: set[asyncio.Task[Any]] = set()
        self._by_key: dict[str, asyncio.Task[Any]] = {}
        self._owned: dict[asyncio.Task[Any], QObject] = {}
        self._closed = False

    def spawn(
        self,
        coroutine: Coroutine[Any, Any, Any],
        *,
        name: str,
        key: str | None = None,
        owner: QObject | None = None,
    ) -> asyncio.Task[Any] | None:
        """Start a coroutine.

        While a task with the same `key` runs, that one is returned and the new coroutine is not started: a double click
        acts once. A task with an `owner` is cancelled when the owner is destroyed. After `aclose` nothing starts: None.
        """
        running = self._by_key.get(key) if key else None
        if running and running.done():
            running = None  # its callbacks have yet to run, but it does nothing more
        if running or self._closed:
            coroutine.close()
            return running
        task = asyncio.get_event_loop().create_task(coroutine, name=name)
        self._running.add(task)
        if key:
            self._by_key[key] = task
        if owner:
            self._owned[task] = owner
            connection = owner.destroyed.connect(lambda *_: task.cancel())
            task.add_done_callback(lambda _: QObject.disconnect(connection))
        task.add_done_callback(lambda done: self._ended(done, key))
        return task

    def cancel(self, owner: QObject) -> list[asyncio.Task[Any]]:
        """Cancel every task of an owner; these, to wait for."""
        this = asyncio.current_task()
        owned = [task for task, its_owner in self._owned.items() if its_owner is owner and task is not this]
        for task in owned:
            task.cancel()
        return owned

    async def aclose(self, within_s: float = 1.5) -> None:
        """Cancel everything and wait for it, but no longer than `within_s`: quitting never hangs."""
        self._closed = True
        this = asyncio.current_task()
        waiting = {task for task in self._running if task is not this}
        for task in waiting:
            task.cancel()
        if waiting:
            await asyncio.wait(waiting, timeout=within_s)

    def _ended(self, task: asyncio.Task[Any], key: str | None) -> None:
        self._running.discard(task)
        self._owned.pop(task, None)
        if key and self._by_key.get(key) is task:
            del self._by_key[key]
        if not task.cancelled() and (error := task.exception()):
            self.report(error, task.get_name())
