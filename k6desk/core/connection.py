"""Whether the server answers, since when, why not, and when to ask again: the account's one gate for all requests."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from enum import Enum
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from k6desk.api.errors import CloudError, Forbidden, NotFound, NotOffered, Refused, SignedOut, TryLater, Unreachable
from k6desk.api.models import Page

T = TypeVar("T")
LONGEST_WAIT_S = 300.0
TOO_MANY = 429


class State(Enum):
    """How current the window is; `reason` says why it is not. `FILES` is that of runs that have no server at all."""

    STARTING = "starting"
    LIVE = "live"
    STALE = "stale"
    OFFLINE = "offline"
    SIGNED_OUT = "signed out"
    FILES = "files"


class NotNow(CloudError):
    """Nothing was sent: the server wants to be left alone, or needs a new sign-in."""


def is_away_or_busy(error: CloudError) -> bool:
    """Whether an error says nothing of what was asked: the server is away, or wants to be asked later or by another."""
    is_busy = isinstance(error, TryLater) and error.status == TOO_MANY
    return is_busy or isinstance(error, NotNow | Unreachable | SignedOut)


def is_final(error: CloudError) -> bool:
    """Whether an error is a no to what was asked, which will come again with every try."""
    return isinstance(error, Refused | NotOffered) and not isinstance(error, SignedOut | TryLater)


class Connection(QObject):
    """Every background request passes here; its outcome decides the state and the next try."""

    changed = Signal()  # the state, its reason or the next try

    def __init__(self, parent: QObject | None = None, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._monotonic = monotonic
        self._failures = 0
        self._backs_off_until = 0.0
        self._unwanted_until = 0.0  # what the server asked for; nothing but time ends it
        self.state = State.STARTING
        self.since = datetime.now(UTC)
        self.reason = ""
        self.fresh_at: datetime | None = None

    @property
    def wait_s(self) -> float:
        """Seconds until the server may be asked again; infinite when it needs a new sign-in or there is none."""
        if self.state in {State.SIGNED_OUT, State.FILES}:
            return float("inf")
        return max(0.0, self._backs_off_until - self._monotonic(), self._unwanted_until - self._monotonic())

    @property
    def is_by_choice(self) -> bool:
        """Whether it is offline because the user wants it to be."""
        return self.state is State.OFFLINE and self._unwanted_until == float("inf")

    async def ask(self, request: Callable[[], Awaitable[T]], *, of_one_thing: bool = False) -> T:
        """Make a request and take its outcome to heart; `NotNow`, and no request, while the server may not be asked.

        When it is `of_one_thing`, then 403 and 404 speak of that thing and not of the server.
        """
        if self.wait_s:
            raise NotNow(self.reason)
        try:
            answer = await request()
        except NotOffered:
            raise  # nobody was asked
        except CloudError as error:
            if of_one_thing and isinstance(error, NotFound | Forbidden):
                self._answered()
            else:
                self._failed(error)
            raise
        self._answered()
        return answer

    async def ask_for_one(self, request: Callable[[], Awaitable[T]]) -> T | CloudError:
        """Ask for one thing: the answer, or a final no, which speaks of that thing alone. Raises `CloudError`."""

        async def answer() -> T | CloudError:
            try:
                return await request()
            except CloudError as error:
                if is_final(error):
                    return error
                raise

        return await self.ask(answer)

    async def ask_aside(self, request: Callable[[], Awaitable[T]]) -> T | CloudError:
        """Ask a part of the server that may fail by itself: the answer, or why there is none, which is of that part.

        Raises `CloudError` only when the server is away, or wants to be asked later.
        """
        if self.wait_s:
            raise NotNow(self.reason)
        try:
            answer = await request()
        except CloudError as error:
            if not is_away_or_busy(error) or isinstance(error, SignedOut):
                return error  # that the token is none any more, the monitor will hear from the main part
            self._failed(error)
            raise
        self._answered()
        return answer

    async def pages(
        self, pages: AsyncGenerator[Page[T], None], *, of_one_thing: bool = False
    ) -> AsyncGenerator[Page[T], None]:
        """The pages of a list, each asked for as by `ask`."""
        async with aclosing(pages):
            while True:
                try:
                    page = await self.ask(pages.__anext__, of_one_thing=of_one_thing)
                except StopAsyncIteration:
                    return
                yield page

    def forget_failures(self) -> None:
        """The user, a network change or the end of sleep asks for a new try at once; the server's wish still holds."""
        self._failures = 0
        self._backs_off_until = 0.0

    def stay_offline(self) -> None:
        """The user wants no server to be asked."""
        self._unwanted_until = float("inf")
        self._become(State.OFFLINE, "k6desk was started offline.")

    def use_files(self) -> None:
        """What is shown is from files: there is no server to ask."""
        self._become(State.FILES, "These runs are from files: there is no server behind them.")

    def sign_out(self, reason: str) -> None:
        """There is no token to ask with."""
        self._become(State.SIGNED_OUT, reason)

    def signed_in(self) -> None:
        """There is a new token: ask again."""
        self.forget_failures()
        self._unwanted_until = 0.0
        self._become(State.STARTING, "")

    def _answered(self) -> None:
        self.forget_failures()
        self.fresh_at = datetime.now(UTC)
        if self.state not in {State.LIVE, State.SIGNED_OUT}:
            self._become(State.LIVE, "")

    def _failed(self, error: CloudError) -> None:
        import random  # slow to import, and never needed when all is well

        if self.state is State.SIGNED_OUT:
            return  # asked before that was known
        now = self._monotonic()
        if now >= self._backs_off_until:  # what fails at the same time is one failure
            self._failures += 1
            wait = min(LONGEST_WAIT_S, 2.0 ** min(self._failures, 10)) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load
            self._backs_off_until = now + wait
        if isinstance(error, TryLater) and (error.retry_after_s or error.status == TOO_MANY):
            wish = error.retry_after_s or self._backs_off_until - now
            self._unwanted_until = max(self._unwanted_until, now + wish)
        if isinstance(error, SignedOut):
            self._become(State.SIGNED_OUT, str(error))
        else:
            self._become(State.OFFLINE if isinstance(error, Unreachable) else State.STALE, str(error))

    def _become(self, state: State, reason: str) -> None:
        if state is not self.state:
            self.since = datetime.now(UTC)
        self.state, self.reason = state, reason
        self.changed.emit()
