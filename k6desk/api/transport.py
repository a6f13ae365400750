"""The only code that knows the token: it adds it to requests to one origin and refuses every other."""

from __future__ import annotations

import ssl
from typing import Literal

import httpx

from k6desk.api.errors import Untrusted
from k6desk.api.secret import Secret

STACK_URL_HEADER = "X-Stack-Url"
"""Names the stack by address instead of by id; only the access check uses it."""

_KEEP_ALIVE_S = 15


class TokenTransport(httpx.AsyncBaseTransport):
    """A connection pool for one origin. A request to any other scheme, host or port is `Untrusted` and never sent.

    It is driven without an `httpx.AsyncClient`: so there are no redirects, no cookies, no log of URLs, and no header
    that travels to another host. The request that callers and errors hold never has the token.
    """

    def __init__(
        self,
        pool: httpx.AsyncBaseTransport,
        origin: str,
        token: Secret,
        stack_id: int | None,
        scheme: Literal["Bearer", "Token"] = "Bearer",
    ) -> None:
        self._pool = pool
        self._origin = origin_of(httpx.URL(origin))
        self._token = token
        self._stack_id = stack_id
        self._scheme = scheme

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request with the token, or raise `Untrusted`."""
        if origin_of(request.url) != self._origin or request.url.userinfo:
            raise Untrusted(
                f"k6desk did not send a request to {request.url.host[:100]}, because your token belongs to "
                f"{self._origin[1]}."
            )
        headers = request.headers.copy()
        headers["Authorization"] = f"{self._scheme} {self._token.reveal()}"
        if self._stack_id is not None and STACK_URL_HEADER not in headers:
            headers["X-Stack-Id"] = str(self._stack_id)
        return await self._pool.handle_async_request(
            httpx.Request(
                request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
            )
        )

    async def aclose(self) -> None:
        """Close every connection, also those in use."""
        await self._pool.aclose()


def origin_of(url: httpx.URL) -> tuple[str, str, int]:
    """Scheme, host and port of a URL, comparable."""
    return url.scheme, url.raw_host.decode("ascii"), url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


def system_trust() -> ssl.SSLContext:
    """A TLS context that trusts what the operating system trusts. Slow to make: tens of milliseconds."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def open_pool(
    trust: ssl.SSLContext, proxy: httpx.Proxy | None, *, connections: int, reuse: bool
) -> httpx.AsyncBaseTransport:
    """A pool of HTTP/1.1 connections; without `reuse` each request opens its own."""
    return httpx.AsyncHTTPTransport(
        verify=trust,
        trust_env=False,
        proxy=proxy,
        limits=httpx.Limits(
            max_connections=connections,
            max_keepalive_connections=connections if reuse else 0,
            keepalive_expiry=_KEEP_ALIVE_S,
        ),
    )
