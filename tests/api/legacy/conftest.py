"""A client of the old APIs, and the server it speaks to."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from k6desk.api.legacy.cloud import CloudLegacy
from k6desk.api.secret import Secret
from tests.api.conftest import CANARY, OK


@pytest.fixture
async def legacy(serve):
    """`await legacy(script)` is a client and, as `.server`, the server it speaks to."""
    async with AsyncExitStack() as stack:

        async def start(script=OK) -> CloudLegacy:
            server = await serve(script)
            client = CloudLegacy(server.origin, Secret(CANARY))
            client.server = server
            stack.push_async_callback(client.aclose)
            return client

        yield start
