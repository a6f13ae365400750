"""Whether the program can talk to a server: TLS with the certificates of the system, and the demo cloud."""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path
from typing import Any

import httpx
import qasync

from k6desk.api import faults
from k6desk.api.errors import CloudError
from k6desk.api.proxy import proxy_for
from k6desk.api.secret import Secret
from k6desk.api.stack import api_origin
from k6desk.api.transport import open_pool, system_trust
from k6desk.program.application import make_application
from k6desk.self_test.problem import Problem

ORIGIN = "https://api.k6.io"
REACH_S = 4.0
DEMO_S = 10.0
PAGE = 20


def check_tls() -> dict[str, Any]:
    """Load the certificates of the system, and shake hands with the API; that it cannot be reached is no problem.

    The one request has no token.
    """
    trust = system_trust()
    facts: dict[str, Any] = {"openssl": ssl.OPENSSL_VERSION}
    if sys.platform in {"win32", "darwin"}:
        facts["store"] = {"win32": "Windows certificate store", "darwin": "macOS keychain"}[sys.platform]
    else:
        handshake = trust.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="api.k6.io")
        roots = len(handshake.context.get_ca_certs())
        paths = ssl.get_default_verify_paths()
        if not (roots or (paths.capath and any(Path(paths.capath).iterdir()))):
            raise Problem(
                "This computer has no certificates to know servers by, so k6desk can trust none; install the package "
                "ca-certificates, or name a file of certificates in SSL_CERT_FILE."
            )
        facts |= {"store": paths.cafile or paths.capath or "found by truststore", "roots": roots}
    try:
        proxy = proxy_for(ORIGIN, trust)
        facts["proxy"] = proxy is not None
        asyncio.run(_shake_hands(trust, proxy))
    except CloudError as error:
        if _is_distrusted(error):
            raise Problem(str(error)) from error
        return facts | {"k6_cloud": f"not reached: {error}"}
    return facts | {"k6_cloud": "reached"}


def check_demo() -> dict[str, Any]:
    """Start the demo cloud as `--demo` does and read a page of its runs, on the program's own event loop."""
    with qasync.QEventLoop(make_application()) as loop:
        runs: int = loop.run_until_complete(_read_demo())
    if runs != PAGE:
        raise Problem(f"The demo cloud gave {runs} runs instead of {PAGE}.")
    return {"runs": runs}


async def _shake_hands(trust: ssl.SSLContext, proxy: httpx.Proxy | None) -> None:
    host = httpx.URL(ORIGIN).host
    pool = open_pool(trust, proxy, connections=1, reuse=False)
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), REACH_S)
    try:
        request = httpx.Request("HEAD", ORIGIN, extensions={"timeout": timeouts})
        await (await pool.handle_async_request(request)).aclose()
    except (httpx.HTTPError, OSError) as error:
        raise faults.explain(error, host, proxy.url.host if proxy else host) from error
    finally:
        await pool.aclose()


def _is_distrusted(error: BaseException | None) -> bool:
    """Whether it comes from a certificate that is not trusted; a sign-in page of the network may fail in other ways."""
    while error and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


async def _read_demo() -> int:
    from k6desk.api.v6 import CloudV6
    from k6desk.program.demo_process import DemoProcess

    async with asyncio.timeout(DEMO_S):
        process = await DemoProcess.start()
        demo = process.cloud
        cloud = CloudV6(api_origin(demo.url), Secret(demo.token), demo.stack_id)
        pages = cloud.runs(page_size=PAGE)
        try:
            return len((await anext(pages)).rows)
        finally:
            await pages.aclose()
            await cloud.aclose()
            await process.stop()
