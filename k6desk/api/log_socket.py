"""The log of a run as it is written: what its script prints and what k6 says, over a web socket.

It comes from a host of its own. A connection is made to that host alone, with the token in one header of the handshake;
a redirect is an error, so that the token goes nowhere else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from ssl import SSLContext
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import httpx

from k6desk import __version__
from k6desk.api import faults
from k6desk.api.errors import BadAnswer, CloudError, NotSent, Unreachable
from k6desk.api.lenient import line as one_line
from k6desk.api.logs import LogBatch, read
from k6desk.api.proxy import proxy_for
from k6desk.api.secret import Secret
from k6desk.api.stack import DEFAULT_ORIGIN

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.exceptions import ConnectionClosed

GRAFANA_HOST = "wss://cloudlogs.k6.io"
PATH = "/api/v1/tail"
FRAME_LIMIT = 4 << 20
QUIET_S = 1.5
"""So long nothing may come before that is said with an empty batch."""
OPENING_S = 10.0
CLOSING_S = 0.5
GOING_AWAY = 1001
"""What a server says that is shut down: the log may go on."""

_ASIDE = 1 << 18
"""A frame from this size on is read in another thread."""
# The library logs the headers that it sends; nothing of this logger reaches anybody.
_SILENT = logging.Logger("silent", logging.CRITICAL + 1)


def log_origin(origin: str) -> str:
    """Where the logs are that belong to an API server: Grafana's have a host of their own, any other is its own."""
    return GRAFANA_HOST if origin == DEFAULT_ORIGIN else "ws" + origin.removeprefix("http")


async def tail(
    origin: str, token: Secret, trust: SSLContext | None, run_id: int, start_ns: int
) -> AsyncGenerator[LogBatch, None]:
    """What was written from `start_ns` on, and then what is being written, until the server or the caller ends it.

    The server does not say that a run's log is complete; it just goes quiet. Raises `CloudError`; `trust` is None where
    there is no TLS.
    """
    where = log_origin(origin)
    host = urlsplit(where).netloc
    query = quote(f'{{test_run_id="{run_id}"}}', safe="")
    headers = {"Authorization": f"token {token.reveal()}", "X-K6TestRun-Id": str(run_id)}
    connection = await _connect(f"{where}{PATH}?query={query}&start={start_ns}", headers, trust, host)
    try:
        async with aclosing(_batches(connection, host)) as batches:
            async for batch in batches:
                yield batch
    finally:
        try:
            await connection.close()
        finally:
            connection.transport.abort()


async def _batches(connection: ClientConnection, host: str) -> AsyncGenerator[LogBatch, None]:
    from websockets.exceptions import ConnectionClosed, ConnectionClosedOK

    while True:
        try:
            async with asyncio.timeout(QUIET_S):
                frame = await connection.recv(decode=False)
        except TimeoutError:
            yield LogBatch()
            continue
        except ConnectionClosed as closed:
            if isinstance(closed, ConnectionClosedOK) and not (closed.rcvd and closed.rcvd.code == GOING_AWAY):
                return
            raise _lost(closed, host) from closed
        batch = read(frame) if len(frame) < _ASIDE else await asyncio.to_thread(read, frame)
        if batch != LogBatch():
            yield batch


# -- the connection ----------------------------------------------------------------------------------------------------


async def _connect(url: str, headers: dict[str, str], trust: SSLContext | None, host: str) -> ClientConnection:
    origin = ("https" if trust else "http") + f"://{host}"
    proxy = proxy_for(origin, trust) if trust else None
    dialled = f"the proxy {proxy.url.netloc.decode()}" if proxy else host
    connect = await asyncio.to_thread(_library)
    from websockets.exceptions import InvalidHandshake, InvalidStatus, ProxyError

    through = {"proxy": _address(proxy) if proxy else None}
    tls: dict[str, Any] = {"ssl": trust} if trust else {}
    if proxy and proxy.url.scheme == "https":
        tls["proxy_ssl"] = trust
    try:
        connection: ClientConnection = await connect(
            url,
            additional_headers=headers,
            user_agent_header=f"k6desk/{__version__}",
            open_timeout=OPENING_S,
            close_timeout=CLOSING_S,
            max_size=FRAME_LIMIT,
            max_queue=8,
            logger=_SILENT,
            **through,
            **tls,
        )
    except InvalidStatus as refused:
        answer = refused.response
        raise _refusal(answer.status_code, list(answer.headers.raw_items()), bytes(answer.body or b""), host) from None
    except ProxyError as error:
        raise _explained(httpx.ProxyError(""), error, host, dialled) from None
    except TimeoutError as error:
        raise _explained(httpx.ConnectTimeout(""), error, host, dialled) from None
    except OSError as error:
        raise _explained(httpx.ConnectError(""), error, host, dialled) from None
    except InvalidHandshake as error:
        if isinstance(error.__cause__, EOFError | OSError):
            raise Unreachable(f"The connection to {dialled} was lost.") from None
        raise _no_log(host) from None
    except ImportError:
        raise NotSent(f"{dialled} is a SOCKS proxy, through which k6desk cannot read live logs.") from None
    return connection


def _library() -> Any:
    """The library's `connect`, which takes a while to import, without its habit to follow redirects."""
    from websockets.asyncio.client import connect

    class Connect(connect):
        def process_redirect(self, exc: Exception) -> Exception | str:
            return exc

    return Connect


def _address(proxy: httpx.Proxy) -> str:
    login = ":".join(quote(part, safe="") for part in proxy.auth) + "@" if proxy.auth else ""
    return f"{proxy.url.scheme}://{login}{proxy.url.netloc.decode()}"


def _refusal(status: int, headers: list[tuple[str, str]], body: bytes, host: str) -> CloudError:
    answer = httpx.Response(status, headers=headers)
    if answer.is_redirect:
        return faults.redirected(answer, host)
    if answer.is_error:
        return faults.refusal(answer, body, host)
    return faults.web_page(host) if body.lstrip()[:1] == b"<" else _no_log(host)


def _no_log(host: str) -> BadAnswer:
    return BadAnswer(f"{host} did not answer as a server of live logs does, so k6desk cannot read them there.")


def _explained(kind: httpx.TransportError, error: Exception, host: str, dialled: str) -> CloudError:
    kind.__cause__ = error
    return faults.explain(kind, host, dialled)


def _lost(closed: ConnectionClosed, host: str) -> CloudError:
    if closed.sent and not closed.rcvd_then_sent and closed.sent.code in {1002, 1007, 1009}:
        return BadAnswer(f"A message of {host} is larger or other than a log's may be, so k6desk did not read it.")
    if closed.rcvd and (words := one_line(closed.rcvd.reason, 200)):
        return Unreachable(f"{host} ended the log. It says: “{words}”")
    return Unreachable(f"The connection to {host} was lost.")
