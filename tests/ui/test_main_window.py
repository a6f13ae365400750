"""The whole window, on a real session: what it shows, what its actions do, and that everyone can use it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent, QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QToolBar, QWidget

from k6desk.api.models import LoadTest, Project
from k6desk.core.accounts import IMPORTED, Account
from k6desk.core.notices import Notice
from k6desk.core.place import Place
from k6desk.ui import theme
from k6desk.ui.command_palette import CommandPalette
from k6desk.ui.main_window import MainWindow
from k6desk.ui.text import PlainLabel
from tests.conftest import assert_plain_text, live_timers

HOSTILE = "<img src='http://evil.example/x.png'><b>bold</b> & \u202egnp.exe"


def newest(desk, place="recent"):
    desk.go(Place(place))
    return desk.session.store.run(desk.workspace.runs.table.runs.id(0))


def menu(window, title) -> QMenu:
    return next(action.menu() for action in window.menuBar().actions() if action.text() == title)


def nothing_is_nameless(root) -> None:
    """Whatever the keyboard can reach has a name for those who listen."""
    for widget in [root, *root.findChildren(QWidget)]:
        by_tab = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
        if not by_tab or not widget.isVisible() or widget.focusProxy():
            continue
        spoken = QAccessible.queryAccessibleInterface(widget)
        assert spoken.text(QAccessible.Text.Name).strip(), f"{widget!r} below {widget.parent()!r} has no name"


# -- accounts ----------------------------------------------------------------------------------------------------------


async def test_without_an_account_it_invites_and_offers_nothing_that_cannot_work(window):
    assert window.windowTitle() == "k6desk"
    assert "Welcome to k6desk" in [label.text() for label in window.findChildren(PlainLabel)]
    for name in ("refresh", "find", "runs", "layout", "sign_out"):
        assert not window.actions_[name].isEnabled()
    assert window.actions_["sign_in"].isEnabled()


async def test_with_an_account_it_names_it_and_its_actions_work(desk, account):
    assert desk.windowTitle().startswith(account.name)
    for name in ("refresh", "find", "runs", "layout", "sign_out"):
        assert desk.actions_[name].isEnabled()


async def test_signing_out_leaves_nothing_of_the_account(desk):
    old = desk.workspace
    desk.show_session(None)
    assert desk.workspace is None
    assert desk.windowTitle() == "k6desk"
    assert not old.isVisible()
    assert not desk.actions_["refresh"].isEnabled()


async def test_the_accounts_are_in_the_menu_and_the_shown_one_is_checked(window):
    one = Account.of("https://api.k6.io", "https://one.grafana.net", 1)
    two = Account.of("https://api.k6.io", "https://two&more.grafana.net", 2)
    window.show_accounts([one, two], two.key)
    shown = menu(window, "&Account").actions()[:2]
    assert [(action.text(), action.isChecked()) for action in shown] == [("one", False), ("two&&more", True)]
    wanted = []
    window.account_wanted.connect(wanted.append)
    shown[0].trigger()
    assert wanted == [one]
    window.show_accounts([one], one.key)
    assert [action.text() for action in menu(window, "&Account").actions() if action.isCheckable()] == ["one"]


async def test_runs_from_files_are_an_account_in_the_menu_to_which_nobody_signs_in(window):
    one = Account.of("https://api.k6.io", "https://one.grafana.net", 1)
    window.show_accounts([one, IMPORTED], one.key)
    action = menu(window, "&Account").actions()[1]
    assert action.text() == "Imported runs"
    assert "Runs from files, without a server<" in action.toolTip()


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def wanted(window):
    """What the window asks to be opened."""
    wanted = []
    window.open_wanted.connect(wanted.append)
    return wanted


async def test_files_are_chosen_without_an_account_too(window, tasks, wanted, tmp_path):
    window.complete(tasks)
    window.actions_["open_file"].trigger()
    [dialog] = window.findChildren(QFileDialog)
    assert all("*.k6run" in dialog.nameFilters()[at] for at in (0, 1))
    dialog.filesSelected.emit([str(tmp_path / "a.k6run"), str(tmp_path / "b.js")])
    dialog.close()
    assert wanted == [[(tmp_path / name).as_uri() for name in ("a.k6run", "b.js")]]


def drop(target: QWidget, *paths, urls=(), words="") -> bool:
    """Drop something on the middle of a widget, as the pointer would; whether anything there takes it."""
    data = QMimeData()
    if words:
        data.setText(words)
    else:
        data.setUrls([*(QUrl.fromLocalFile(str(path)) for path in paths), *map(QUrl, urls)])
    arguments = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    at = target
    while at:
        place = at.mapFromGlobal(target.mapToGlobal(target.rect().center()))
        QApplication.sendEvent(at, event := QDragEnterEvent(place, *arguments))
        if event.isAccepted() and at.acceptDrops():
            QApplication.sendEvent(at, QDropEvent(place.toPointF(), *arguments))
            return True
        at = at.parentWidget()
    return False


async def test_files_of_runs_can_be_dropped_anywhere(desk, wanted, tmp_path):
    one, two = tmp_path / "a.k6run", tmp_path / "B.K6RUN"
    for target in (desk.workspace.explorer.tree.viewport(), desk.workspace.runs.table.viewport(), desk):
        assert drop(target, one, two)
        assert wanted.pop() == [one.as_uri(), two.as_uri()]


async def test_a_link_can_be_dropped_anywhere(desk, wanted):
    page = "https://myteam.grafana.net/a/k6-app/runs/12?tab=logs"
    link = "k6desk://run/12?stack=https://myteam.grafana.net"
    for target in (desk.workspace.explorer.tree.viewport(), desk.workspace.runs.table.viewport(), desk):
        assert drop(target, urls=[page])
        assert wanted.pop() == [link]
        assert drop(target, words=f" {link}\n")
        assert wanted.pop() == [link]


async def test_nothing_else_can_be_dropped_on_the_window(desk, wanted, tmp_path):
    assert not drop(desk, urls=["https://grafana.com/"])
    assert not drop(desk, urls=["k6desk://run/1", "k6desk://run/2"])
    assert not drop(desk, words="see k6desk://run/1")
    assert not drop(desk, tmp_path / "a.zip")
    assert not drop(desk, tmp_path / "a.k6run", tmp_path / "a.js")
    assert not drop(desk)
    assert wanted == []


# -- actions -----------------------------------------------------------------------------------------------------------


async def test_every_action_is_in_a_menu_and_refusals_can_be_read_there(desk):
    menus = [action.menu() for action in desk.menuBar().actions()]
    listed = {action for each in menus for action in each.actions()}
    assert all(action in listed for _, action in desk.actions_.all())
    assert all(each.toolTipsVisible() for each in menus)


async def test_refresh_is_possible_as_soon_as_there_is_a_connection(window, session, tasks, go_live):
    window.show_session(session)
    window.complete(tasks)
    assert not window.actions_["refresh"].isEnabled()
    assert "no connection" in window.actions_["refresh"].toolTip()
    go_live()
    assert window.actions_["refresh"].isEnabled()


async def test_refresh_asks_at_once(desk, monkeypatch):
    asked = []
    monkeypatch.setattr(desk.session.monitor, "poke", lambda: asked.append(True))
    desk.actions_["refresh"].trigger()
    assert asked == [True]


async def test_keys_lead_from_part_to_part(desk):
    desk.activateWindow()
    desk.actions_["find"].trigger()
    assert desk.focusWidget() is desk.workspace.runs.filter.line
    desk.actions_["explorer"].trigger()
    assert desk.focusWidget() is desk.workspace.explorer.tree
    desk.actions_["runs"].trigger()
    assert desk.focusWidget() is desk.workspace.runs.table
    assert desk.workspace.run is not None, "going there by key chooses the first run"
    desk.actions_["details"].trigger()
    assert desk.workspace.details.isAncestorOf(desk.focusWidget())


async def test_the_focus_alone_chooses_no_run(desk):
    assert desk.focusWidget() is desk.workspace.runs.table
    assert desk.workspace.run is None


async def test_panes_go_round(desk):
    desk.go(Place("run", newest(desk).id))
    names = []
    for _ in desk.workspace.details.pane_names:
        desk.actions_["next_pane"].trigger()
        names.append(desk.workspace.details.pane)
    assert sorted(names) == sorted(desk.workspace.details.pane_names)
    desk.actions_["previous_pane"].trigger()
    assert desk.workspace.details.pane == names[-2]


async def test_in_the_script_find_means_the_script(desk, until):
    desk.go(Place("run", newest(desk).id, "script"))
    await until(desk.is_settled)
    desk.actions_["details"].trigger()
    QTest.keyClick(desk.focusWidget(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert desk.focusWidget().accessibleName() == "Find in the script"


async def test_the_menu_of_a_run_has_every_action_on_runs(desk):
    desk.go(Place("run", newest(desk).id))
    desk.workspace.menu_requested.emit(QPoint(10, 10))
    popup = next(each for each in desk.findChildren(QMenu) if each.isVisible())
    assert [action for action in popup.actions() if not action.isSeparator()] == [
        action for spec, action in desk.actions_.all() if spec.on in {"run", "runs"}
    ]
    popup.close()


async def test_layout_is_remembered(desk, settings):
    desk.actions_["layout"].trigger()
    assert settings.choices.detail_below
    assert desk.workspace.details.y() > desk.workspace.runs.y()
    assert desk.actions_["layout"].text() == "Details beside the runs"


async def test_a_choice_that_cannot_be_kept_holds_and_is_said(desk, settings, notices, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("k6desk.core.settings.write_atomically", fail)
    desk.actions_["layout"].trigger()
    assert settings.choices.detail_below
    assert [(one.key, one.level) for one in notices.current()] == [("settings", "warning")]
    assert "No space left on device" in notices.current()[0].text


async def test_what_was_wrong_with_the_settings_at_the_start_is_not_said_again(desk, settings, notices):
    settings.problem = "Your settings could not be read."
    desk.actions_["layout"].trigger()
    assert notices.current() == []


async def test_theme_switches_and_follows_the_system_again(desk, settings):
    assert not theme.is_dark()
    desk.actions_["theme"].trigger()
    assert theme.is_dark()
    assert settings.choices.theme == "dark"
    desk.actions_["theme_system"].trigger()
    assert settings.choices.theme == "system"
    desk.actions_["theme_system"].trigger()
    assert settings.choices.theme in {"light", "dark"}


@pytest.mark.parametrize(("choice", "applied"), [("system", ["system"]), ("dark", [])])
async def test_a_change_of_the_desktops_scheme_counts_only_when_it_is_followed(
    window, settings, monkeypatch, choice, applied
):
    settings.choose(theme=choice)
    seen = []
    monkeypatch.setattr(theme, "apply", lambda _application, chosen: seen.append(chosen))
    QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert seen == applied


async def test_a_run_is_brought_to_the_front(desk):
    run = newest(desk)
    desk.showMinimized()
    desk.showMaximized()
    desk.showMinimized()
    desk.raise_run(run.id)
    assert (desk.isMinimized(), desk.isMaximized()) == (False, True)
    assert not desk.isMinimized()
    assert desk.workspace.run.id == run.id


async def test_a_hidden_window_lets_the_monitor_rest(desk, monkeypatch):
    told = []
    monkeypatch.setattr(desk.session.monitor, "set_hidden", told.append)
    desk.showMinimized()
    desk.showNormal()
    assert told[0] is True
    assert told[-1] is False


async def test_a_window_that_started_minimised_lets_the_monitor_rest_until_it_is_seen(window, session, tasks, go_live):
    window.showMinimized()
    window.show_session(session)
    window.complete(tasks)
    go_live()
    assert session.monitor._hidden
    assert session.numbers._is_hidden
    window.showNormal()
    assert not session.monitor._hidden
    await tasks.aclose()


async def test_size_and_columns_are_there_at_the_next_start(desk, settings, notices, qtbot):
    desk.resize(800, 555)
    closed = []
    desk.closed.connect(lambda: closed.append(True))
    desk.close()
    assert closed == [True]
    again = MainWindow(settings, notices, offline=False)
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (800, 555)


# -- everyone can use it -----------------------------------------------------------------------------------------------


async def test_everything_that_the_keyboard_reaches_has_a_name(desk, until, notices):
    nothing_is_nameless(desk)
    notices.show(Notice("a", "It failed.", "error", "Try again", print))
    desk.go(Place("run", newest(desk, "failed").id))
    for pane in desk.workspace.details.pane_names:
        desk.workspace.details.show_pane(pane)
        await until(desk.is_settled)
        nothing_is_nameless(desk)


@pytest.mark.parametrize("name", ["palette", "shortcuts", "about"])
async def test_so_has_everything_in_what_it_opens(desk, name):
    desk.actions_[name].trigger()
    opened = next(each for each in desk.findChildren(QWidget) if isinstance(each, QDialog | CommandPalette))
    assert opened.isVisible()
    nothing_is_nameless(opened)
    assert_plain_text(opened)
    opened.close()


async def test_hostile_names_stay_text_everywhere(desk, notices, until):
    store = desk.session.store
    run = newest(desk, "failed")
    now = datetime.now(UTC)
    known = store.project(run.project_id), store.test(run.test_id)
    project, test = replace(known[0], name=HOSTILE), replace(known[1], name=HOSTILE)
    assert isinstance(project, Project)
    assert isinstance(test, LoadTest)
    await store.put_catalogue([project], [test], datetime.now(UTC), complete=False)
    await store.put_runs([replace(run, started_by=HOSTILE, note=HOSTILE)], now)
    notices.show(Notice("hostile", HOSTILE))
    desk.go(Place("run", run.id))
    for pane in desk.workspace.details.pane_names:
        desk.workspace.details.show_pane(pane)
        await until(desk.is_settled)
        assert_plain_text(desk)
        for widget in desk.findChildren(QWidget):
            assert "<img" not in widget.toolTip(), f"{widget!r} would show a picture of the server's choice"
    model = desk.workspace.runs.table.runs
    for column in range(model.columnCount()):
        for row in range(3):
            assert "<img" not in (model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole) or "")


async def test_nothing_ticks_in_a_window_that_is_hidden(desk, until):
    desk.hide()
    await until(lambda: not [timer for timer in live_timers(desk.workspace) if timer.interval() == 1000])


async def test_a_tooltip_is_shown_on_a_disabled_button(desk):
    button = desk.findChild(QToolBar).widgetForAction(desk.actions_["abort"])
    assert not button.isEnabled()
    where = button.rect().center()
    QApplication.sendEvent(button, QHelpEvent(QEvent.Type.ToolTip, where, button.mapToGlobal(where)))
    assert button.toolTip().startswith("Choose a run first.")


@pytest.mark.parametrize(("width", "height"), [(1000, 600), (1280, 800), (1920, 1080)])
async def test_it_fits_the_screens_of_people(desk, width, height):
    desk.go(Place("run", newest(desk).id))
    desk.resize(width, height)
    assert (desk.width(), desk.height()) == (width, height)
    table = desk.workspace.runs.table
    assert table.horizontalHeader().length() <= table.viewport().width()
