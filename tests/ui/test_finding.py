"""What the server finds beyond what is known, on an account of the old APIs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget

from k6desk.api.legacy.cloud import CloudLegacy
from k6desk.api.secret import Secret
from k6desk.core.accounts import Account
from k6desk.core.session import Session
from k6desk.demo.legacy_runs import legacy_run
from k6desk.demo.server import create_app, serve
from k6desk.ui.command_palette import CommandPalette

LEGACY = "legacy-token-of-this-test"


@pytest.fixture
async def old(world, token):
    async with serve(create_app(world, token=token, legacy_token=LEGACY)) as url:
        cloud = CloudLegacy(url, Secret(LEGACY))
        yield cloud
        await cloud.aclose()


@pytest.fixture
async def legacy_desk(window, old, tasks, tmp_path, notices, until):
    """The window on an account without a stack, live, its first reading done."""
    account = Account.of("http://127.0.0.1:1", "", 0)
    session = Session(account, tmp_path / "legacy", notices)
    window.show_session(session)
    window.complete(tasks)
    await session.store.load_index()
    session.go_live(old, tasks)
    await until(window.is_settled, 30)
    yield window
    await tasks.aclose()
    await session.aclose()


def open_palette(desk):
    desk.actions_["palette"].trigger()
    return desk.findChild(CommandPalette)


async def test_the_server_is_asked_for_what_is_typed(legacy_desk, until):
    store = legacy_desk.session.store
    test = store.tests(store.projects()[0].id)[0]
    await store.remove_test(test.id)
    palette = open_palette(legacy_desk)
    palette.findChild(QLineEdit).setText(test.name[2:-2])
    await until(lambda: store.test(test.id), 20)
    found = palette.findChild(QListWidget)
    await until(lambda: test.name in [found.item(row).text() for row in range(found.count())])
    palette.close()


async def test_a_public_link_leads_to_its_run(legacy_desk, world, until):
    store = legacy_desk.session.store
    now = world.now()
    shared = next(run for run in (legacy_run(world, world.plan(index), now) for index in range(200)) if run.public_id)
    await store.remove_run(shared.id)
    line = open_palette(legacy_desk).findChild(QLineEdit)
    line.setText(f"https://app.k6.io/runs/public/{shared.public_id}")
    QTest.keyClick(line, Qt.Key.Key_Return)
    await until(lambda: legacy_desk.workspace.run and legacy_desk.workspace.run.id == shared.id, 20)


async def test_a_public_link_without_a_run_says_so(legacy_desk, until, notices):
    palette = open_palette(legacy_desk)
    line = palette.findChild(QLineEdit)
    line.setText("https://app.k6.io/runs/public/nothing-here-at-all")
    QTest.keyClick(line, Qt.Key.Key_Return)
    await until(lambda: any("no run behind" in notice.text for notice in notices.current()), 20)


async def test_the_server_is_asked_for_what_the_explorer_is_filtered_by(legacy_desk, until):
    store, explorer = legacy_desk.session.store, legacy_desk.workspace.explorer
    test = store.tests(store.projects()[0].id)[0]
    await store.remove_test(test.id)
    explorer.filter.setText(test.name[2:-2])
    await until(lambda: store.test(test.id), 20)
    await until(lambda: explorer.model.index_of("test", test.id).isValid())
