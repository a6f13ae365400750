"""Whether the server answers, since when, why not, and when to ask again: the account's one gate for all requests."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from k6desk.api.errors import CloudError, Forbidden, NotFound, Refused, SignedOut, TryLater, Unreachable

T = TypeVar("T")
LONGEST_WAIT_S = 300.0


class State(Enum):
    """How current the window is; `reason` says why it is not."""

    STARTING = "starting"
    LIVE = "live"
    STALE = "stale"
    OFFLINE = "offline"
    SIGNED_OUT = "signed out"


class Connection(QObject):
    """Every background request passes here; its outcome decides the state and the next try."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._monotonic = monotonic
        self._failures = 0
        self._not_before = 0.0
        self.state = State.STARTING
        self.since = datetime.now(UTC)
        self.reason = ""
        self.fresh_at: datetime | None = None

    @property
    def wait_s(self) -> float:
        """Seconds until the server may be asked again; infinite when it needs a new sign-in."""
        if self.state is State.SIGNED_OUT:
            return float("inf")
        return max(0.0, self._not_before - self._monotonic())

    async def ask(self, request: Awaitable[T], *, of_one_thing: bool = False) -> T:
        """Await a request and take its outcome to heart.

        When it is `of_one_thing`, then 403 and 404 speak of that thing and not of the server.
        """
        try:
            answer = await request
        except CloudError as error:
            if of_one_thing and isinstance(error, NotFound | Forbidden):
                self._answered()
            else:
                self._failed(error)
            raise
        self._answered()
        return answer

    def forget_failures(self) -> None:
        """The user, a network change or the end of sleep asks for a new try at once; Retry-After still holds."""
        if self.state is not State.SIGNED_OUT and self._failures:
            self._failures = 0
            if self.state is not State.STALE:
                self._not_before = 0.0

    def sign_out(self, reason: str) -> None:
        """There is no token to ask with."""
        self._become(State.SIGNED_OUT, reason)

    def signed_in(self) -> None:
        """There is a new token: ask again."""
        self._failures = 0
        self._not_before = 0.0
        self._become(State.STARTING, "")

    def _answered(self) -> None:
        self._failures = 0
        self._not_before = 0.0
        self.fresh_at = datetime.now(UTC)
        self._become(State.LIVE, "")

    def _failed(self, error: CloudError) -> None:
        self._failures += 1
        wait = min(LONGEST_WAIT_S, 2.0 ** min(self._failures, 10)) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load
        if isinstance(error, TryLater) and error.retry_after_s:
            wait = max(wait, error.retry_after_s)
        self._not_before = self._monotonic() + wait
        if isinstance(error, SignedOut):
            self._become(State.SIGNED_OUT, str(error))
        elif isinstance(error, Refused):
            self._become(State.STALE, str(error))
        else:
            self._become(State.OFFLINE if isinstance(error, Unreachable) else State.STALE, str(error))

    def _become(self, state: State, reason: str) -> None:
        if (state, reason) != (self.state, self.reason):
            if state is not self.state:
                self.since = datetime.now(UTC)
            self.state, self.reason = state, reason
        self.changed.emit()
