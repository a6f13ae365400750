"""A token without a stack, from the sign-in to a session that lives: the window needs nothing but its store."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from k6desk.api.secret import Secret
from k6desk.core.accounts import Account, Accounts
from k6desk.core.connection import State
from k6desk.core.session import Session
from k6desk.core.system_keyring import SystemKeyring
from k6desk.core.tasks import Tasks
from k6desk.demo.server import create_app, serve
from k6desk.demo.world import World
from k6desk.program.app import connect

LEGACY = Secret("legacy-token-of-this-test")


@pytest.fixture
async def server(world: World, token: str) -> AsyncIterator[str]:
    async with serve(create_app(world, token=token, legacy_token=LEGACY.reveal())) as url:
        yield url


@pytest.fixture
async def account(server: str, tmp_path) -> Account:
    return await Accounts(tmp_path / "accounts.toml", SystemKeyring(), connect).sign_in(server, "", LEGACY)


async def test_it_is_read_as_any_other(session: Session, account: Account, world: World, tasks: Tasks, until):
    assert account.is_legacy
    assert account.default_project_id == min(project.id for project in world.projects)
    await session.store.load_index()
    session.go_live(connect(account.origin, LEGACY, account.stack_id), tasks)
    await until(lambda: session.monitor.caught_up, 20)
    assert session.connection.state is State.LIVE
    assert len(session.store.projects()) == len(world.projects)
    unfinished = session.store.unfinished()
    assert {run.status for run in unfinished} >= {"running"}
    detail = session.store.detail(unfinished[0].id)
    assert detail.value.run.vuh is None
    assert session.commands.name_of(unfinished[0]) == session.store.test(unfinished[0].test_id).name
