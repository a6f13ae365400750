"""What GitHub says is the newest release of k6desk: one question without any token, to one address."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import httpx
import msgspec

from k6desk import __version__
from k6desk.api import faults
from k6desk.api.body import raw_chunks, read_body
from k6desk.api.errors import BadAnswer, Unreachable
from k6desk.api.lenient import bad_answer
from k6desk.api.proxy import proxy_for
from k6desk.api.transport import open_pool, system_trust

ORIGIN = "https://api.github.com"
PATH = "/repos/k6desk/k6desk/releases/latest"
LIMIT = 64 << 10
DEADLINE_S, CONNECT_S = 10, 8


class Release(msgspec.Struct, frozen=True):
    """A release by its tag; drafts and prereleases are not meant for everybody."""

    tag_name: str
    draft: bool = False
    prerelease: bool = False


async def newest(origin: str = ORIGIN) -> Release:
    """The newest release; `CloudError` when there is no usable answer. Redirects are not followed."""
    host = dialled = urlsplit(origin).netloc
    request = httpx.Request(
        "GET",
        origin + PATH,
        headers={
            "Accept": "application/vnd.github+json",
            "Accept-Encoding": "gzip",
            "User-Agent": f"k6desk/{__version__}",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        extensions={"timeout": {"connect": CONNECT_S}},
    )
    try:
        async with asyncio.timeout(DEADLINE_S):
            trust = await asyncio.to_thread(system_trust)
            proxy = await asyncio.to_thread(proxy_for, origin, trust)
            dialled = f"the proxy {proxy.url.netloc.decode()}" if proxy else host
            # A transport has no cookies, reads no .netrc and follows nothing, as a client of httpx would.
            async with open_pool(trust, proxy, connections=1, reuse=False) as pool:
                response = await pool.handle_async_request(request)
                async with raw_chunks(response) as chunks:
                    if response.status_code != 200:
                        raise BadAnswer(f"{host} named no release (HTTP {response.status_code}).")
                    body = await read_body(response.headers, chunks, LIMIT)
    except TimeoutError:
        raise Unreachable(f"{host} did not answer within {DEADLINE_S} s; k6desk gave up on it.") from None
    except (httpx.HTTPError, OSError) as error:
        raise faults.explain(error, host, dialled) from error
    try:
        return msgspec.json.decode(body, type=Release)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise bad_answer() from None
