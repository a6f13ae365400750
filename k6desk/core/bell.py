"""Wakes a worker that rests until there may be something to do."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import Event


class Bell:
    """For one worker. It can be rung before there is an event loop."""

    def __init__(self) -> None:
        self._has_rung = False
        self._event: Event | None = None

    def ring(self) -> None:
        """There may be something to do."""
        self._has_rung = True
        if self._event:
            self._event.set()

    async def wait(self, seconds: float | None = None) -> bool:
        """Rest until it rings, unless it has since the last time; whether it did within so many seconds."""
        from asyncio import Event, timeout  # the first picture needs none of it

        if not self._has_rung:
            self._event = Event()
            with suppress(TimeoutError):
                async with timeout(seconds):
                    await self._event.wait()
        has_rung, self._has_rung = self._has_rung, False
        return has_rung
