"""Gets every part that the server has of one run into the store, politely: through the connection's gate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from k6desk.api.cloud import Cloud
from k6desk.api.errors import Forbidden, NotFound, NotOffered
from k6desk.core.connection import Connection
from k6desk.core.store import Store

T = TypeVar("T")
NOT_THERE = (Forbidden, NotFound, NotOffered)
"""The server has no such part, or not for this token; that is noted, and is all there is."""


class WholeRun:
    """The parts of one run. Each method raises `CloudError` when the server cannot be asked now."""

    def __init__(self, run_id: int, cloud: Cloud, connection: Connection, store: Store) -> None:
        self._id = run_id
        self._cloud = cloud
        self._connection = connection
        self._store = store

    async def get_run(self) -> bool:
        """The run itself; False when the server has it no more."""
        asked_at = datetime.now(UTC)
        try:
            content = await self._ask(partial(self._cloud.run, self._id))
        except NotFound:
            await self._store.remove_run(self._id)  # a run that is kept stays
            return False
        await self._store.put_detail(content, asked_at)
        return True

    async def get_nodes(self) -> None:
        """Where its load comes from; of a run that goes on it may be more later."""
        try:
            nodes = await self._ask(partial(self._cloud.distribution, self._id))
        except NOT_THERE:
            known = self._store.distribution(self._id)
            nodes = known.value if known else None
        await self._store.put_distribution(self._id, nodes)

    async def get_script(self) -> None:
        """Its script, which was frozen when it started, unless it is here."""
        if self._store.script("run", self._id):
            return
        try:
            script = await self._ask(partial(self._cloud.run_script, self._id))
            await self._store.keep_script("run", self._id, script)
        except (*NOT_THERE, ValueError):  # a damaged archive is a `ValueError`
            await self._store.note_no_script("run", self._id)

    async def _ask(self, request: Callable[[], Awaitable[T]]) -> T:
        return await self._connection.ask(request, of_one_thing=True)
