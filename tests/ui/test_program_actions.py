"""The actions on the program itself, in the window."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QMenu, QPushButton

from k6desk.api import releases
from k6desk.core import installation, login_entries, network, start_at_login, updates
from k6desk.core.login_entries import DesktopFile
from k6desk.core.updates import Updates
from k6desk.ui import program_actions
from k6desk.ui.main_window import MainWindow
from k6desk.ui.notice_bar import NoticeBar


@pytest.fixture(autouse=True)
def autostart(tmp_path, monkeypatch):
    """The folder in which this system's desktop looks."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(start_at_login, "_entry", DesktopFile)
    return tmp_path / "config" / "autostart"


@pytest.fixture
def usual(monkeypatch, settings):
    """The profile of the window is the usual one."""
    monkeypatch.setattr(program_actions, "usual_folder", lambda: settings.folder)


@pytest.fixture
def portable(monkeypatch):
    monkeypatch.setattr(installation, "kind", lambda: "portable")


@pytest.fixture
def watching(monkeypatch):
    """The updates that are watched for."""
    watching = []

    async def watch(updates) -> None:
        watching.append(updates)

    monkeypatch.setattr(Updates, "watch", watch)
    return watching


def open_menu(window, title) -> None:
    """Have a menu of the bar shown, as a click does."""
    action = next(action for action in window.menuBar().actions() if action.text() == title)
    menu = action.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()


def said(notices) -> list[str]:
    return [notice.text for notice in notices.current()]


# -- start at login ----------------------------------------------------------------------------------------------------


async def test_it_starts_at_login_when_the_user_wants_it(window, tasks, usual, autostart, notices):
    action = window.actions_["start_at_login"]
    assert not action.isEnabled()
    window.complete(tasks)
    assert action.isEnabled()
    assert not action.isChecked()
    action.trigger()
    assert action.isChecked()
    [entry] = autostart.iterdir()
    assert "--minimized" in entry.read_text("utf-8")
    assert said(notices) == ["k6desk will start when you log in, with its window minimised."]
    action.trigger()
    assert not action.isChecked()
    assert not entry.exists()
    assert said(notices) == ["k6desk will no longer start when you log in."]


async def test_the_check_mark_is_what_the_system_says(window, tasks, usual, autostart):
    action = window.actions_["start_at_login"]
    window.complete(tasks)
    action.trigger()
    [entry] = autostart.iterdir()
    entry.write_text(entry.read_text("utf-8") + "Hidden=true\n", "utf-8")
    open_menu(window, "&File")
    assert not action.isChecked()
    action.trigger()
    assert action.isChecked()
    assert start_at_login.is_on()


async def test_where_nothing_can_be_written_the_mark_goes_back_and_one_sentence_says_why(
    window, tasks, usual, autostart, notices, monkeypatch
):
    def refuse(*_arguments) -> None:
        raise PermissionError(13, "Permission denied", str(autostart / "entry"))

    monkeypatch.setattr(login_entries, "write_atomically", refuse)
    window.complete(tasks)
    action = window.actions_["start_at_login"]
    action.trigger()
    assert not action.isChecked()
    assert said(notices) == [
        f"Start at login was not changed (Permission denied); check that you may write to {autostart}, and try again."
    ]


async def test_another_profile_does_not_start_at_login_but_shows_what_does(window, tasks, autostart):
    start_at_login.switch(True)
    window.complete(tasks)
    action = window.actions_["start_at_login"]
    assert not action.isEnabled()
    assert "usual profile" in action.toolTip()
    assert action.isChecked()
    action.trigger()
    assert start_at_login.is_on()


@pytest.mark.parametrize("is_usual", [True, False])
async def test_a_program_that_was_moved_is_found_again_at_the_next_start(
    window, tasks, autostart, monkeypatch, settings, is_usual
):
    profile = settings.folder if is_usual else settings.folder / "usual"
    monkeypatch.setattr(program_actions, "usual_folder", lambda: profile)
    DesktopFile().write(["/nowhere/k6desk", "--minimized"])
    window.complete(tasks)
    assert (DesktopFile().program() == start_at_login.command()[0]) is is_usual


# -- new versions ------------------------------------------------------------------------------------------------------


async def test_new_versions_are_looked_for_unless_the_user_does_not_want_it(
    window, tasks, portable, watching, settings, until
):
    window.complete(tasks)
    await until(lambda: watching)
    action = window.actions_["tell_updates"]
    assert action.isEnabled()
    assert action.isChecked()
    action.trigger()
    assert not action.isChecked()
    assert type(settings)(settings.folder).choices.tell_updates is False
    action.trigger()
    assert action.isChecked()
    assert settings.choices.tell_updates


async def test_they_are_looked_for_once_whatever_account_is_shown(window, tasks, portable, watching, session, until):
    window.complete(tasks)
    window.show_session(session)
    window.show_session(None)
    await until(lambda: watching)
    assert len(watching) == 1


@pytest.mark.parametrize(
    ("kind", "why"), [("deb", "came as a package"), ("rpm", "came as a package"), ("source", "runs from its source")]
)
async def test_a_package_and_a_checkout_do_not_look_and_say_so(window, tasks, watching, monkeypatch, kind, why):
    monkeypatch.setattr(installation, "kind", lambda: kind)
    window.complete(tasks)
    action = window.actions_["tell_updates"]
    assert not action.isEnabled()
    assert not action.isChecked()
    assert why in action.toolTip()
    await tasks.aclose()
    assert watching == []


async def test_offline_nothing_is_looked_for(settings, notices, dressed, qtbot, tasks, portable, watching):
    window = MainWindow(settings, notices, offline=True)
    qtbot.addWidget(window)
    window.complete(tasks)
    assert not window.actions_["tell_updates"].isEnabled()
    assert "offline" in window.actions_["tell_updates"].toolTip()
    await tasks.aclose()
    assert watching == []


@pytest.fixture
async def told(window, tasks, portable, monkeypatch, notices, until):
    """The button of the notice of a newer version."""

    async def newest() -> releases.Release:
        return releases.Release("v99.0.0")

    monkeypatch.setattr(releases, "newest", newest)
    monkeypatch.setattr(network, "is_at_hand", lambda: True)
    monkeypatch.setattr(updates, "FIRST_S", 0)
    window.complete(tasks)
    await until(notices.current)
    buttons = window.findChild(NoticeBar).findChildren(QPushButton)
    yield next(button for button in buttons if button.text() == "Show release")
    await tasks.aclose()


async def test_the_notice_opens_the_page_and_goes(told, monkeypatch, notices):
    opened = []
    monkeypatch.setattr("k6desk.ui.outside.QDesktopServices.openUrl", opened.append)
    told.click()
    assert [url.toString() for url in opened] == ["https://github.com/k6desk/k6desk/releases/tag/v99.0.0"]
    assert not notices.current()


async def test_who_wants_no_news_is_rid_of_the_notice_but_has_not_dismissed_it(told, window, notices, settings):
    window.actions_["tell_updates"].trigger()
    assert not notices.current()
    assert not settings.open_window_state().contains(updates.DISMISSED)


# -- the demo ----------------------------------------------------------------------------------------------------------


async def test_the_demo_is_a_program_of_its_own(window, monkeypatch, tmp_path, until, notices):
    proof = tmp_path / "arguments"
    write = f"import sys, pathlib; pathlib.Path({str(proof)!r}).write_text(' '.join(sys.argv[1:]))"
    monkeypatch.setattr(installation, "command", lambda: [sys.executable, "-c", write])
    window.actions_["demo"].trigger()
    await until(lambda: proof.exists() and proof.read_text() == "--demo", 10)
    assert said(notices) == ["The demo opens in a window of its own."]


async def test_a_program_that_is_gone_is_said(window, monkeypatch, notices):
    monkeypatch.setattr(installation, "command", lambda: ["/nowhere/k6desk"])
    window.actions_["demo"].trigger()
    assert said(notices) == ["The demo was not started: /nowhere/k6desk cannot be run. Install k6desk anew."]
