"""Loopback servers for the client: one that can be trusted, one that must never hear from it."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack

import pytest

from k6desk.api.legacy.cloud import CloudLegacy
from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from tests.api.faultserver import FaultServer, Reply

CANARY = "canary-0123456789-token"
OK = Reply()


@pytest.fixture(autouse=True)
def _direct_connections(monkeypatch):
    """A proxy of the machine that runs the tests is not part of them."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(autouse=True)
def _canary(caplog):
    """The token shows up in no log record, not even at DEBUG."""
    caplog.set_level(logging.DEBUG)
    yield
    records = [record for phase in ("setup", "call", "teardown") for record in caplog.get_records(phase)]
    shown = [record for record in records if CANARY in f"{record.getMessage()} {record.args} {record.exc_text}"]
    assert not shown, f"the token is in the log: {shown}"


@pytest.fixture
async def serve():
    """`await serve(script)` starts a server; it ends with the test."""
    async with AsyncExitStack() as stack:

        async def start(script=OK, **options) -> FaultServer:
            return await stack.enter_async_context(FaultServer(script, **options))

        yield start


@pytest.fixture
async def evil(serve):
    """A server that the token must never reach: it sees no request at all."""
    server = await serve(Reply({"value": []}))
    yield server
    assert not server.requests
    assert not server.connections


@pytest.fixture
async def cloud(serve):
    """`await cloud(script)` is a client and, as `.server`, the server it speaks to."""
    async with AsyncExitStack() as stack:

        async def start(script=OK, **options) -> CloudV6:
            server = await serve(script, **options)
            client = CloudV6(server.origin, Secret(CANARY), 42)
            client.server = server
            stack.push_async_callback(client.aclose)
            return client

        yield start


@pytest.fixture
async def legacy(serve):
    """`await legacy(script)` is a client of the old APIs and, as `.server`, the server it speaks to."""
    async with AsyncExitStack() as stack:

        async def start(script=OK) -> CloudLegacy:
            server = await serve(script)
            client = CloudLegacy(server.origin, Secret(CANARY))
            client.server = server
            stack.push_async_callback(client.aclose)
            return client

        yield start
