"""The demo cloud's HTTP server: routes over a world, on loopback."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Set
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from k6desk.demo.errors import on_conflict, on_http_exception
from k6desk.demo.faults import Faults, FaultyApp
from k6desk.demo.inventory import ConflictError
from k6desk.demo.removals import Removals, Removed
from k6desk.demo.routes.authorization import Authorization, Gate
from k6desk.demo.routes.labels import LabelRoutes
from k6desk.demo.routes.load_tests import LoadTests
from k6desk.demo.routes.load_zones import LoadZones
from k6desk.demo.routes.logs import LogRoutes
from k6desk.demo.routes.metrics import MetricRoutes
from k6desk.demo.routes.projects import Projects
from k6desk.demo.routes.schedules import ScheduleRoutes
from k6desk.demo.routes.starts import Starts
from k6desk.demo.routes.test_runs import TestRuns
from k6desk.demo.routes.v2 import V2
from k6desk.demo.routes.v5 import V5
from k6desk.demo.world import World

_GROUPS = (
    Authorization,
    Projects,
    LoadZones,
    LabelRoutes,
    LoadTests,
    Starts,
    ScheduleRoutes,
    TestRuns,
    LogRoutes,
    V5,
    MetricRoutes,
    V2,
)


def create_app(
    world: World,
    *,
    token: str,
    legacy_token: str | None = None,
    removed: Set[Removed] = frozenset(),
    faults: Faults | None = None,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> Starlette:
    """The demo cloud over a world.

    `legacy_token` opens the legacy APIs alone, without a stack; None = there is none. What is `removed` is refused.
    `monotonic_s` counts time for the rate limit only.
    """
    return Starlette(
        routes=[Route("/", _home), *(route for group in _GROUPS for route in group(world).routes())],
        middleware=[
            Middleware(FaultyApp, faults or Faults(), monotonic_s, world.seed),
            Middleware(Gate, world, token, legacy_token),
            Middleware(Removals, removed),
        ],
        exception_handlers={HTTPException: on_http_exception, ConflictError: on_conflict},
    )


@asynccontextmanager
async def serve(app: Starlette, port: int = 0) -> AsyncIterator[str]:
    """Serve on 127.0.0.1 in the running event loop and give the base URL; 0 picks a free port.

    Leaving cuts what is open, hanging requests too, and takes a few milliseconds. No signal handlers are installed.
    """
    config = uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_keep_alive=75,
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with _listen(port) as listener:
        await server.startup(sockets=[listener])
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            await _close(server)


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's algorithm off; otherwise every second answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    return listener


async def _close(server: uvicorn.Server) -> None:
    for listening in server.servers:
        listening.close()
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    tasks = list(server.server_state.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)


async def _home(_request: Request) -> Response:
    return PlainTextResponse("k6desk demo cloud: the API is under /cloud/v6, /cloud/v5, /loadtests/v2 and /api/v1\n")
