"""Links and files that come from outside: which account they are opened in, and what they wait for."""

from __future__ import annotations

import asyncio
from argparse import Namespace

import msgspec
import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QLineEdit, QPushButton

from k6desk.api.secret import Secret
from k6desk.core.accounts import Account, Accounts
from k6desk.core.links import Link
from k6desk.core.notices import Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.core.system_keyring import SystemKeyring
from k6desk.data.bundle_writer import bundle_bytes
from k6desk.data.query import Query
from k6desk.demo.server import create_app, serve
from k6desk.demo.world import World
from k6desk.program.app import connect
from k6desk.program.application import Application
from k6desk.program.opener import KEY, WAITING, Opener
from k6desk.program.shown_account import ShownAccount
from k6desk.ui.dialogs.sign_in import SignInDialog
from k6desk.ui.notice_bar import NoticeBar
from tests.core.test_imported import bundle_of, one_run
from tests.live_session import TOKEN, account, clock, faults, server, tasks, token, world
from tests.ui.conftest import dressed, settings, window

__all__ = ["account", "clock", "dressed", "faults", "server", "settings", "tasks", "token", "window", "world"]

OTHER = "https://other.grafana.net"


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def other_world(clock):
    return World(clock, seed=8)


@pytest.fixture
async def other(other_world):
    """The account of another stack, on a cloud of its own."""
    async with serve(create_app(other_world, token=TOKEN)) as url:
        yield Account.of(url, OTHER, other_world.stack_id)


@pytest.fixture
def accounts(tmp_path):
    return Accounts(tmp_path / "accounts.toml", SystemKeyring(), connect)


@pytest.fixture
async def opener(window, accounts, account, notices, tasks, tmp_path, until):
    """What opens links in a window that shows the account of the demo."""
    accounts.use(account, Secret(TOKEN))
    window.complete(tasks)
    options = Namespace(show=None, offline=False)
    shown = ShownAccount(options, tmp_path, notices, accounts, connect, window, tasks, watch=lambda _: None)
    opener = Opener(notices, shown, window, tasks, offline=False)
    await shown.open(account)
    await until(window.is_settled, 20)
    yield opener
    last = window.session
    await tasks.aclose()
    window.show_session(None)
    if last:
        await last.aclose()
        last.deleteLater()


@pytest.fixture
def session(opener, window):
    """The session of the account that is shown at first."""
    return window.session


def said(notices) -> list[str]:
    return [notice.text for notice in notices.current() if notice.key in {KEY, "waiting"}]


def a_run(session: Session):
    return session.store.run(session.store.select(Query())[0])


def sign_in_to(account: Account, opener: Opener, window) -> None:
    """Sign in as by the button of the welcome or the menu, with a token that is accepted."""
    opener.sign_in()
    [dialog] = [one for one in window.findChildren(SignInDialog) if one.isVisible()]
    dialog.signed_in.emit(account)
    dialog.accept()


async def test_a_link_of_the_shown_stack_leads_there(opener, window, session, account, until):
    run = a_run(session)
    opener.open_soon([f"{account.stack_url}/a/k6-app/runs/{run.id}?tab=logs"])
    await until(lambda: window.workspace.run == run)
    assert window.session is session


async def test_a_link_of_another_account_opens_it_and_asks_its_server(
    opener, window, session, accounts, other, other_world, until, notices
):
    accounts.use(accounts.keep_for_session(other), Secret(TOKEN))
    run_id = other_world.run_id(30)
    opener.open_soon([str(Link(Place("run", run_id, "cost"), OTHER))])
    await until(lambda: window.session is not session)
    await until(lambda: window.workspace.run and window.workspace.run.id == run_id, 20)
    assert window.session.account.stack_url == OTHER
    assert window.workspace.details.pane == "cost"
    assert said(notices) == []


async def test_a_link_of_a_stack_without_an_account_says_so_and_sends_nothing(
    opener, window, session, other, notices, until, accounts
):
    link = "k6desk://running?stack=other"
    opener.open_soon([link])
    words = f"The list “running” is of the stack {OTHER}, which you are not signed in to."
    await until(lambda: said(notices) == [words])
    assert window.session is session

    [button] = [one for one in window.findChild(NoticeBar).findChildren(QPushButton) if one.text() == "Sign in…"]
    button.click()
    [dialog] = window.findChildren(SignInDialog)
    assert dialog.form.stack.line.text() == OTHER
    assert dialog.form.token.line.text() == ""
    accounts.use(accounts.keep_for_session(other), Secret(TOKEN))
    dialog.signed_in.emit(other)  # as when the token was accepted
    dialog.accept()
    await until(lambda: window.session is not session and window.workspace._place == Place("running"))
    assert said(notices) == []


async def test_after_any_sign_in_a_link_that_waits_for_it_is_followed(opener, window, notices, account, until):
    await opener._accounts.sign_out()
    opener.open_soon([str(Link(Place("starred"), account.stack_url))])
    await until(lambda: said(notices))
    sign_in_to(account, opener, window)
    await until(lambda: window.session and window.workspace._place == Place("starred"))
    assert said(notices) == []


async def test_a_link_waits_on_while_the_user_signs_in_elsewhere_and_until_it_is_dismissed(
    opener, window, notices, accounts, account, other, until
):
    await opener._accounts.sign_out()
    opener.open_soon(["k6desk://starred?stack=third"])
    await until(lambda: said(notices))
    waits = said(notices)
    sign_in_to(account, opener, window)
    await until(lambda: window.session and window.is_settled(), 20)
    assert said(notices) == waits
    notices.clear(KEY)
    third = msgspec.structs.replace(other, stack_url="https://third.grafana.net")
    accounts.use(accounts.keep_for_session(third), Secret(TOKEN))
    sign_in_to(third, opener, window)
    await until(lambda: window.session.account == third and window.is_settled(), 20)
    assert window.workspace._place != Place("starred")


async def test_without_an_account_one_is_asked_for(opener, window, notices, until):
    await opener._accounts.sign_out()
    opener.open_soon(["k6desk://run/5"])
    await until(lambda: said(notices) == ["Run 5 can be shown when you are signed in to its stack."])
    assert window.session is None


@pytest.mark.parametrize(
    ("second", "words"),
    [("k6desk://starred", []), ("k6desk://starred?stack=third", ["The list “starred” is of the stack"])],
)
async def test_an_answer_to_an_earlier_link_leads_away_from_no_later_one(
    opener, window, session, until, notices, monkeypatch, second, words
):
    asked, go_on = asyncio.Event(), asyncio.Event()
    run = a_run(session)
    await session.store.remove_run(run.id)
    fetch = session.commands.runs.fetch

    async def wait(run_id):
        asked.set()
        await go_on.wait()
        return await fetch(run_id)

    session.monitor.stop()  # or a poll would bring it back
    session.monitor = None
    monkeypatch.setattr(session.commands.runs, "fetch", wait)
    opener.open_soon([f"k6desk://run/{run.id}"])
    await asked.wait()
    before = window.workspace.run
    opener.open_soon([second])
    await until(lambda: window.workspace._place == Place("starred") or said(notices))
    place = window.workspace._place
    go_on.set()
    await until(lambda: session.store.run(run.id))
    await until(lambda: not [task for task in asyncio.all_tasks() if task.get_name() == "follow a link"])
    assert (window.workspace.run, window.workspace._place) == (before, place)
    assert [sentence.split(" https")[0] for sentence in said(notices)] == words


async def test_a_bad_link_is_told_in_one_sentence(opener, notices, until):
    opener.open_soon(["k6desk://quit"])
    await until(lambda: said(notices))
    assert said(notices)[0].startswith("The link was not opened. That link leads to nothing")


async def test_a_dialog_keeps_what_is_typed_and_what_was_opened_waits_for_it(
    opener, window, session, account, notices, until
):
    dialog = SignInDialog(opener._accounts._accounts, opener._tasks, window)
    dialog.open()
    dialog.form.token.line.setText("half a token")
    run, before = a_run(session), window.workspace.run
    opener.open_soon([str(Link(Place("run", run.id)))])
    opener.open_soon(["k6desk://starred"])
    await until(lambda: said(notices) == [WAITING])
    assert window.workspace.run == before
    assert dialog.isVisible()
    assert "half a token" in [line.text() for line in dialog.findChildren(QLineEdit)]
    dialog.reject()
    await until(lambda: window.workspace.run == run and window.workspace._place == Place("starred"))
    assert said(notices) == []


async def test_files_and_links_come_together(opener, window, notices, tmp_path, until):
    path = tmp_path / "two runs.k6run"
    path.write_bytes(bundle_bytes(bundle_of(one_run(5), one_run(6))))
    opener.open_soon([path.as_uri(), "k6desk://run/6", "file://server/a.k6run"])
    await until(lambda: window.workspace.run and window.workspace.run.id == 6)
    assert window.session.account.is_imported
    assert [notice.text for notice in notices.current() if notice.level == "error"] == [
        "file://server/a.k6run was not opened. It is on another computer; copy it to this one first."
    ]


def test_what_the_desktop_sends_waits_until_it_is_taken(qapp):
    taken = Application.take_urls
    sent = Namespace(_urls=[], asked=Namespace(emit=lambda: None))
    assert Application.event(sent, QFileOpenEvent(QUrl("k6desk://run/5?stack=myteam")))
    assert Application.event(sent, QFileOpenEvent("/tmp/a b.k6run"))
    assert taken(sent) == ["k6desk://run/5?stack=myteam", "file:///tmp/a%20b.k6run"]
    assert taken(sent) == []
