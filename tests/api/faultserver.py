"""A loopback HTTP/1.1 server that misbehaves on request: the faults of a network, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """What arrived: header names in lower case, and which connection it came on, counted from 1."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True)
class Reply:
    """One answer and how it goes wrong.

    `body` may be anything that JSON can hold. `framing` is `length`, `chunked` or `close` (the end of the connection
    ends the body). `cut_at` ends the connection after so many bytes of the body, `reset` does it with an RST before any
    answer, `silent` never answers, `drip_s` pauses after each byte, `hang_up` closes the connection afterwards.
    """

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str | None = "application/json"
    framing: str = "length"
    delay_s: float = 0
    drip_s: float = 0
    cut_at: int | None = None
    reset: bool = False
    silent: bool = False
    hang_up: bool = False

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


Script = Reply | Sequence[Reply] | Callable[[Request], Reply]


class FaultServer:
    """Answers by a script: one reply for all, a sequence whose last one repeats, or a function of the request."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.script = script
        self.requests: list[Request] = []
        self.connections = 0
        self.open_connections = 0
        self._tls, self._host = tls, host
        self._closing = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def origin(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self._host}:{self.port}"

    async def __aenter__(self) -> FaultServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_exception: object) -> None:
        self._closing.set()
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        async with asyncio.timeout(5):
            while self._writers:
                await asyncio.sleep(0.001)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        connection = self.connections
        self._writers.add(writer)
        try:
            while True:
                request = await _read(reader, connection)
                self.requests.append(request)
                if not await self._answer(request, reader, writer):
                    return
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.open_connections -= 1
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _reply(self, request: Request) -> Reply:
        if isinstance(self.script, Reply):
            return self.script
        if callable(self.script):
            return self.script(request)
        return self.script[min(len(self.requests), len(self.script)) - 1]

    async def _answer(self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Send the reply; False when the connection is over."""
        reply = self._reply(request)
        await self._pause(reply.delay_s)
        if reply.reset:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
            return False
        if reply.silent:
            await reader.read()  # until the client gives up
            return False
        content, headers = reply.content, dict(reply.headers)
        if reply.content_type:
            headers.setdefault("Content-Type", reply.content_type)
        if reply.framing == "length" and reply.status != 204:
            headers.setdefault("Content-Length", str(len(content)))
        elif reply.framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
            if reply.cut_at is None:
                content = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
            else:
                content = b"%x\r\n%s" % (len(content), content)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {reply.status} -\r\n{head}\r\n".encode())
        await self._send(writer, content[: reply.cut_at], reply.drip_s)
        return reply.cut_at is None and reply.framing != "close" and not reply.hang_up

    async def _send(self, writer: asyncio.StreamWriter, content: bytes, drip_s: float) -> None:
        step = 1 if drip_s else max(len(content), 1)
        for start in range(0, len(content), step):
            writer.write(content[start : start + step])
            await writer.drain()
            await self._pause(drip_s)

    async def _pause(self, seconds: float) -> None:
        if seconds:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), seconds)
                raise ConnectionAbortedError


async def _read(reader: asyncio.StreamReader, connection: int) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _version = head[0].split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body, connection)
