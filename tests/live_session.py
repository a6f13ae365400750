"""A session on a real demo cloud: real HTTP on loopback, real SQLite files, a clock that the test moves.

A conftest.py that imports the fixtures gives them to the tests beside it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from k6desk.api import log_socket
from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from k6desk.core.accounts import Account
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.demo.faults import Faults
from k6desk.demo.server import create_app, serve
from k6desk.demo.world import World

TOKEN = "token-of-this-test"


class Clock:
    """The demo cloud's clock: the real one, and what the test adds to it."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s

    def forward(self, seconds: float) -> None:
        self.ahead_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock, seed=7)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def token() -> str:
    return TOKEN


@pytest.fixture
async def server(world: World, faults: Faults) -> AsyncIterator[str]:
    async with serve(create_app(world, token=TOKEN, faults=faults)) as url:
        yield url


@pytest.fixture
def account(world: World, server: str) -> Account:
    return Account.of(server, world.stack_url, world.stack_id)


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    errors: list[BaseException] = []
    tasks = Tasks(lambda error, _name: errors.append(error))
    yield tasks
    await tasks.aclose()
    if errors:
        raise errors[0]


@pytest.fixture
async def session(account: Account, tmp_path, tasks: Tasks, monkeypatch) -> AsyncIterator[Session]:
    monkeypatch.setattr(log_socket, "QUIET_S", 0.05)
    session = Session(account, tmp_path, Notices())
    yield session
    await tasks.aclose()
    await session.aclose()
    # What the window connected to it holds the window in turn: through Qt, where Python's collector does not see it.
    session.deleteLater()
    await asyncio.sleep(0)


@pytest.fixture
def go_live(session: Session, account: Account, tasks: Tasks):
    """Bring the session to life, as after a sign-in."""

    def go() -> Session:
        session.go_live(CloudV6(account.origin, Secret(TOKEN), account.stack_id), tasks)
        return session

    return go
