"""One request, one checked answer: deadlines, size limits, retries, and connections of their own for each purpose."""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from k6desk import __version__
from k6desk.api import faults
from k6desk.api.body import raw_chunks, read_body
from k6desk.api.errors import CloudError, NotSent, Refused, TryLater, Unreachable
from k6desk.api.log_socket import tail
from k6desk.api.logs import LogBatch
from k6desk.api.proxy import proxy_for
from k6desk.api.secret import Secret
from k6desk.api.stack import api_origin
from k6desk.api.transport import TokenTransport, open_pool, system_trust

JSON_LIMIT, SCRIPT_LIMIT, ERROR_LIMIT = 32 << 20, 64 << 20, 64 << 10
JSON_DEADLINE_S, SCRIPT_DEADLINE_S = 30, 5 * 60

LONGEST_WAIT_S = 3
"""A longer Retry-After is the caller's to wait for: a window should not sit on a request for minutes."""

_TRIES_LATER = 2
# A timeout for each read would be a timer of the event loop for each 64 KiB; only a file needs to notice that it stands
# still long before its deadline.
_TIMEOUTS_S = {"connect": 10, "read": None, "write": None, "pool": None}
_DOWNLOAD_TIMEOUTS_S = _TIMEOUTS_S | {"read": 20}
_DROPPED = (httpx.ReadError, httpx.WriteError, httpx.CloseError, httpx.RemoteProtocolError)

_UPLOAD_TIMEOUTS_S = _TIMEOUTS_S | {"write": 20}

Purpose = Literal["polling", "downloads", "actions", "uploads"]
_CONNECTIONS: dict[Purpose, int] = {"polling": 10, "downloads": 2, "actions": 4, "uploads": 2}
_KEPT: set[Purpose] = {"polling", "downloads"}

_STEP = 1 << 16
"""How much of an upload is handed to the network at once, so that the event loop goes on meanwhile."""


@dataclass(frozen=True)
class Answer:
    """A complete, decoded body and what the server calls it."""

    body: bytes
    content_type: str


class Exchange:
    """Requests to one origin with one token.

    Polling, downloads, actions and uploads each have their own connections: an abort never queues behind a file.
    Actions and uploads open a new one every time: one that was kept may be dead, and an action is never sent twice.
    """

    def __init__(
        self, origin: str, token: Secret, stack_id: int | None, scheme: Literal["Bearer", "Token"] = "Bearer"
    ) -> None:
        self._origin = api_origin(origin)
        self._host = urlsplit(self._origin).netloc
        self._dialled = self._host
        self._token = token
        self._stack_id = stack_id
        self._scheme: Literal["Bearer", "Token"] = scheme
        self._pools: dict[Purpose, TokenTransport] = {}
        self._trust: ssl.SSLContext | None = None
        self._opening = asyncio.Lock()
        self._is_closed = False
        self._unwanted_until = 0.0

    async def get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        """The JSON at a path. Asks once more after a dropped connection, and when told to after a short wait."""
        async with self._deadline(JSON_DEADLINE_S):
            answer = await self._patiently(lambda: self._ask("polling", "GET", path, headers or {}))
        return self._json(answer)

    async def download(self, path: str, accept: str) -> Answer:
        """The file at a path, complete or not at all; asked for again like `get`."""
        async with self._deadline(SCRIPT_DEADLINE_S):
            answer = await self._patiently(lambda: self._ask("downloads", "GET", path, {"Accept": accept}))
        if answer.content_type == "text/html":
            raise faults.web_page(self._host)
        return answer

    async def act(self, method: str, path: str, content: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
        """Change something with the JSON `content`; what JSON the server answers, if any. Never sent twice."""
        kind = {"Content-Type": "application/json"} if content else {}
        async with self._deadline(JSON_DEADLINE_S):
            answer = await self._ask("actions", method, path, kind | (headers or {}), content=content)
        return self._json(answer)

    async def upload(self, method: str, path: str, content: bytes) -> bytes:
        """Send a file by itself; what JSON the server answers, if any. Never sent twice."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(len(content))}
        return await self._upload(len(content), method, path, headers, content=_in_steps(content))

    async def upload_form(self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes, str]]) -> bytes:
        """Post a form; each of its files is a name, a content and a type. Never sent twice."""
        opened = {field: (name, BytesIO(content), kind) for field, (name, content, kind) in files.items()}
        size = sum(len(content) for _, content, _ in files.values())
        return await self._upload(size, "POST", path, {}, data=fields, files=opened)

    async def log(self, run_id: int, start_ns: int) -> AsyncGenerator[LogBatch, None]:
        """A run's log, see `log_socket.tail`, with this token; its connection ends with the generator."""
        async with self._opening:
            if self._is_closed:
                raise self._ended()
            is_safe = self._origin.startswith("https:")
            self._trust = self._trust or (await asyncio.to_thread(system_trust) if is_safe else None)
        trust = self._trust if is_safe else None
        async with aclosing(tail(self._origin, self._token, trust, run_id, start_ns)) as batches:
            async for batch in batches:
                if self._is_closed:
                    raise self._ended()
                yield batch

    async def reset(self) -> None:
        """Drop the connections for reading, because they may be dead; what is being read is asked for again."""
        dropped = [self._pools.pop(purpose) for purpose in _KEPT if purpose in self._pools]
        for pool in dropped:
            await pool.aclose()

    async def aclose(self) -> None:
        """Close every connection; nothing is sent any more."""
        self._is_closed = True
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.aclose()

    def _json(self, answer: Answer) -> bytes:
        if answer.content_type == "text/html" or answer.body.lstrip()[:1] == b"<":
            raise faults.web_page(self._host)
        return answer.body

    async def _upload(self, size: int, method: str, path: str, headers: dict[str, str], **content: Any) -> bytes:
        if size > SCRIPT_LIMIT:
            raise Refused(f"The file is larger than {SCRIPT_LIMIT >> 20} MiB, so k6desk did not send it.", status=413)
        async with self._deadline(SCRIPT_DEADLINE_S):
            answer = await self._ask("uploads", method, path, headers, **content)
        return self._json(answer)

    async def _ask(self, purpose: Purpose, method: str, path: str, headers: dict[str, str], **content: Any) -> Answer:
        """An answer that is a success; `content` is what `httpx.Request` makes a body of."""
        pool = self._pools.get(purpose) or await self._open(purpose)
        is_file = purpose == "downloads"
        timeouts = {"downloads": _DOWNLOAD_TIMEOUTS_S, "uploads": _UPLOAD_TIMEOUTS_S}
        request = httpx.Request(
            method,
            self._origin + path,
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                "User-Agent": f"k6desk/{__version__}",
                **headers,
            },
            extensions={"timeout": timeouts.get(purpose, _TIMEOUTS_S)},
            **content,
        )
        response = await pool.handle_async_request(request)
        async with raw_chunks(response) as chunks:
            if response.is_success:
                limit = SCRIPT_LIMIT if is_file else JSON_LIMIT
                body = await read_body(response.headers, chunks, limit, must_be_whole=is_file)
                return Answer(body, response.headers.get("content-type", "").partition(";")[0].strip().lower())
            if response.is_redirect:
                raise faults.redirected(response, self._host)
            body = b""
            with suppress(CloudError, httpx.TransportError):  # the status says enough
                body = await read_body(response.headers, chunks, ERROR_LIMIT)
            raise faults.refusal(response, body, self._host)

    async def _open(self, purpose: Purpose) -> TokenTransport:
        async with self._opening:
            if purpose not in self._pools and not self._is_closed:
                self._pools[purpose] = await asyncio.to_thread(self._new_pool, purpose)
            if self._is_closed:  # signed out: the token is not to be used any more
                await self.aclose()
                raise self._ended()
            return self._pools[purpose]

    def _ended(self) -> NotSent:
        return NotSent(f"The connection to {self._host} was ended on this side.")

    def _new_pool(self, purpose: Purpose) -> TokenTransport:
        self._trust = self._trust or system_trust()
        proxy = proxy_for(self._origin, self._trust)
        self._dialled = f"the proxy {proxy.url.netloc.decode()}" if proxy else self._host
        pool = open_pool(self._trust, proxy, connections=_CONNECTIONS[purpose], reuse=purpose in _KEPT)
        return TokenTransport(pool, self._origin, self._token, self._stack_id, self._scheme)

    async def _patiently(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        was_dropped, waits = False, 0
        while True:
            await self._until_wanted()
            try:
                return await ask()
            except _DROPPED:
                if was_dropped:
                    raise
                was_dropped = True
            except TryLater as refusal:
                wait_s = refusal.retry_after_s
                if wait_s is None:
                    raise
                until = time.monotonic() + wait_s * random.uniform(1, 1.2)  # noqa: S311 - never earlier than asked
                self._unwanted_until = max(self._unwanted_until, until)
                if wait_s > LONGEST_WAIT_S or waits == _TRIES_LATER:
                    raise
                waits += 1

    async def _until_wanted(self) -> None:
        """What the server answered to one request holds for all that only read."""
        while (wait_s := self._unwanted_until - time.monotonic()) > 0:
            if wait_s > LONGEST_WAIT_S * 1.2:
                raise TryLater(
                    f"{self._host} asked k6desk to wait for another {wait_s:.0f} s.", status=429, retry_after_s=wait_s
                )
            await asyncio.sleep(wait_s)

    @asynccontextmanager
    async def _deadline(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                try:
                    yield
                except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
                    raise faults.explain(error, self._host, self._dialled) from error
        except TimeoutError:
            raise Unreachable(f"{self._host} did not answer within {seconds:.0f} s; k6desk gave up on it.") from None


async def _in_steps(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _STEP):
        yield content[start : start + _STEP]
