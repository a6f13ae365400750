"""A demo cloud on a real socket that keeps every exchange, over a world whose clock the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from k6desk.demo.server import create_app, serve
from k6desk.demo.world import World
from tests.contract.description import Recorder

TOKEN = "token-of-this-test"


class Clock:
    """Seconds since the epoch that stand still until they are moved."""

    def __init__(self) -> None:
        self.now_s = datetime(2026, 6, 15, 14, 30, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now_s

    def forward(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock, seed=7)


@pytest.fixture
def token() -> str:
    return TOKEN


@pytest.fixture
def recorder(world: World, clock: Clock) -> Recorder:
    return Recorder(create_app(world, token=TOKEN, monotonic_s=clock))


@pytest.fixture
async def url(recorder: Recorder) -> AsyncIterator[str]:
    async with serve(recorder) as url:
        yield url


@pytest.fixture
async def cloud(world: World, url: str) -> AsyncIterator[CloudV6]:
    """The program's own client."""
    cloud = CloudV6(url, Secret(TOKEN), world.stack_id)
    yield cloud
    await cloud.aclose()
