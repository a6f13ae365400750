"""Trouble on request: delays, failing answers, cut connections and a rate limit."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from k6desk.demo.errors import refusal_response

_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>\r\n"
_FAILURES: tuple[tuple[int, str] | Literal["cut"], ...] = (
    (500, "500 Internal Server Error"),
    (502, "502 Bad Gateway"),
    (503, "503 Service Temporarily Unavailable"),
    "cut",
)


@dataclass(slots=True)
class Faults:
    """What goes wrong; a running server follows changes at once.

    `latency_s` is added to every answer. `error_rate` is the share (0 to 1) of requests that fail: 500, 502 or 503
    with an HTML body, or a connection cut in the middle of the answer. `rate_limit` is the number of requests per
    second beyond which the answer is 429; 0 = none. A live log is cut after `log_messages`; 0 = never.
    """

    latency_s: float = 0
    error_rate: float = 0
    rate_limit: float = 0
    log_messages: int = 0


class FaultyApp:
    """The middleware. `monotonic_s` counts time for the rate limit; the failures follow from `seed`."""

    def __init__(self, app: ASGIApp, faults: Faults, monotonic_s: Callable[[], float], seed: int = 1) -> None:
        self._app = app
        self._faults = faults
        self._monotonic_s = monotonic_s
        self._rng = Random(seed)  # noqa: S311
        self._left = faults.rate_limit
        self._refilled_s = monotonic_s()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or spoil it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        wait_s = self._take()
        if self._faults.latency_s:
            await asyncio.sleep(self._faults.latency_s)
        if wait_s:
            headers = {"Retry-After": str(math.ceil(wait_s))}
            await refusal_response(429, "Too many requests.", headers=headers)(scope, receive, send)
        elif self._rng.random() < self._faults.error_rate:
            await self._fail(scope, receive, send)
        elif scope["type"] == "websocket" and self._faults.log_messages:
            await self._app(scope, receive, _cut_after(self._faults.log_messages, send))
        else:
            await self._app(scope, receive, send)

    def _take(self) -> float:
        """Take one request out of the allowance; return the seconds until there is one, or 0."""
        limit = self._faults.rate_limit
        if not limit:
            return 0
        now = self._monotonic_s()
        self._left = min(max(limit, 1), self._left + (now - self._refilled_s) * limit)
        self._refilled_s = now
        if self._left < 1:
            return (1 - self._left) / limit
        self._left -= 1
        return 0

    async def _fail(self, scope: Scope, receive: Receive, send: Send) -> None:
        failure = self._rng.choice(_FAILURES)
        if failure == "cut" and scope["type"] == "websocket":
            await self._app(scope, receive, _cut_after(1, send))
            return
        if failure == "cut":
            headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b'{"value":[', "more_body": True})
            return
        status, title = failure
        await HTMLResponse(_PAGE.format(title), status)(scope, receive, send)


def _cut_after(messages: int, send: Send) -> Send:
    """Lets so many messages of a web socket pass; with the next one its connection breaks without a word."""
    left = messages

    async def pass_on(message: Message) -> None:
        nonlocal left
        if message["type"] == "websocket.send":
            left -= 1
            if left < 0:
                raise ConnectionAbortedError
        await send(message)

    return pass_on
