"""What the server finds beyond what is known: what is typed, public links, and what links lead to."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget

from k6desk.api.legacy.cloud import CloudLegacy
from k6desk.api.secret import Secret
from k6desk.core.accounts import Account
from k6desk.core.links import Link, parse_link
from k6desk.core.place import Place
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
    window.open_wanted.connect(lambda urls: window.follow(parse_link(urls[0])))  # there is no other account
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


# -- links to runs, tests and projects, on a stack ---------------------------------------------------------------------


def said(notices) -> list[str]:
    return [notice.text for notice in notices.current() if notice.key == "link"]


async def test_a_link_to_a_known_run_opens_it_with_its_pane(desk):
    run = desk.session.store.latest_of_test(desk.session.store.tests(desk.session.store.projects()[0].id)[0].id, 1)[0]
    desk.follow(Link(Place("run", run.id, "cost")))
    await asyncio.sleep(0)
    assert desk.workspace.run == run
    assert desk.workspace.details.pane == "cost"


@pytest.mark.parametrize("kind", ["run", "test", "project"])
async def test_the_server_is_asked_for_what_is_not_known_here(desk, until, kind, notices):
    store = desk.session.store
    project = store.projects()[0]
    test = store.tests(project.id)[0]
    run = store.latest_of_test(test.id, 1)[0]
    thing = {"run": run, "test": test, "project": project}[kind]
    desk.session.monitor.stop()  # or a poll would bring it back
    desk.session.monitor = None
    await {"run": store.remove_run, "test": store.remove_test, "project": store.remove_project}[kind](thing.id)
    desk.follow(Link(Place(kind, thing.id)))
    await until(lambda: (shown := getattr(desk.workspace, kind)) and shown.id == thing.id)
    assert said(notices) == []


async def test_what_the_server_does_not_know_is_told_and_nothing_else_is_shown(desk, until, notices, account):
    before = desk.workspace.run
    desk.follow(Link(Place("run", 2**62)))
    words = f"Run {2**62} was not opened. {account.name} has no run {2**62}, or this token may not see it."
    await until(lambda: said(notices) == [words])
    assert desk.workspace.run == before


async def test_without_a_server_what_is_not_known_is_told(desk, until, notices):
    desk.session.connection.sign_out("The token was refused.")
    desk.follow(Link(Place("test", 2**62)))
    await until(lambda: said(notices) == [f"Test {2**62} was not opened. Sign in first."])
    desk.follow(Link(Place("starred")))
    assert desk.workspace._place == Place("starred")
    assert said(notices) == []


async def test_a_slow_answer_is_announced_and_comes_too_late_for_another_account(desk, until, notices, monkeypatch):
    asked, go_on = asyncio.Event(), asyncio.Event()
    fetch = desk.session.commands.runs.fetch

    async def wait(run_id):
        asked.set()
        await go_on.wait()
        return await fetch(run_id)

    monkeypatch.setattr(desk.session.commands.runs, "fetch", wait)
    desk.follow(Link(Place("run", 2**62)))
    await asked.wait()
    await until(lambda: said(notices) == [f"Asking for run {2**62}…"])
    desk.show_session(None)
    go_on.set()
    await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "follow a link"])
    assert said(notices) == []


async def test_a_pasted_link_is_offered_and_a_bad_one_explained(desk):
    wanted = []
    desk.open_wanted.connect(wanted.append)
    palette = open_palette(desk)
    line, found = palette.findChild(QLineEdit), palette.findChild(QListWidget)
    line.setText("https://myteam.grafana.net/a/k6-app/other/1")
    assert found.count() == 0
    assert "leads to nothing" in "\n".join(label.text() for label in palette.findChildren(QLabel))
    line.setText("https://myteam.grafana.net/a/k6-app/runs/123?tab=logs")
    assert [found.item(row).text() for row in range(found.count())] == ["Open run 123"]
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert wanted == [["k6desk://run/123?stack=https://myteam.grafana.net"]]


async def test_a_link_pasted_into_the_filter_is_wanted_too(desk):
    wanted = []
    desk.open_wanted.connect(wanted.append)
    line = desk.workspace.runs.filter.line
    line.setText("k6desk://run/123")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert wanted == [["k6desk://run/123"]]
