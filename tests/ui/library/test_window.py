"""The window "Scripts"."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from k6desk.api.errors import TryLater
from k6desk.api.models import Script
from k6desk.core.scripts.script_changes import Side
from k6desk.data.matcher import Sought
from k6desk.ui.library.window import BROWSE, COMPARE, SEARCH, ScriptsWindow
from tests.ui.library.conftest import HOME, archive_of


def sides_of(old: str, new: str):
    async def sides() -> tuple[Side, Side]:
        return Side("old", archive_of(main=old)), Side("new", archive_of(main=new))

    return sides


@pytest.fixture
def scripts(stack, dressed):
    window = ScriptsWindow(stack.session, stack.tasks, stack.notices)
    yield window
    window.close()
    window.deleteLater()


async def test_a_place_that_was_found_is_opened(stack, scripts, until):
    await stack.keep("run", 2, archive_of({"lib/long.js": b"//\n" * 50}))
    [seen] = stack.store.sightings(10)
    scripts.show_search()
    assert scripts.tabs.currentIndex() == SEARCH
    scripts._search.place_chosen.emit(seen.digest, f"{HOME}/lib/long.js", 30)
    await until(scripts.is_settled)
    assert scripts.tabs.currentIndex() == BROWSE
    assert scripts.browse.view.file_view.code.line == 30


async def test_two_scripts_are_loaded_and_compared_and_a_failure_can_be_tried_again(stack, scripts, until, words):
    failures = [TryLater("The server has a problem.", status=503)]

    async def sides() -> tuple[Side, Side]:
        if failures:
            raise failures.pop()
        return Side("old", archive_of(main="a")), Side("new", archive_of(main="b"))

    scripts.compare(sides)
    await until(lambda: "The scripts cannot be compared\nThe server has a problem." in words(scripts))
    next(one for one in scripts.findChildren(QPushButton) if one.text() == "Try again" and one.isVisible()).click()
    await until(lambda: scripts._compare is not None)
    assert scripts.tabs.currentIndex() == COMPARE
    assert scripts._compare.isVisible()


async def test_the_keyboard_is_in_the_comparison_once_it_is_there(stack, scripts, until, qtbot):
    await stack.keep("run", 1, archive_of(main="old"))
    await stack.keep("run", 2, archive_of(main="new"))
    scripts.browse_run(stack.run(2))
    await until(scripts.is_settled)
    qtbot.waitActive(scripts)
    for _ in range(2):
        scripts.browse.view.compare_wanted.emit(sides_of("old", "new"))
        await until(lambda: scripts._compare and scripts._compare.isAncestorOf(QApplication.focusWidget()))
        scripts.tabs.setCurrentIndex(BROWSE)


async def test_the_keyboard_is_in_the_comparison_that_came_with_another_try(stack, scripts, until, words, qtbot):
    failures = [TryLater("The server has a problem.", status=503)]

    async def sides() -> tuple[Side, Side]:
        if failures:
            raise failures.pop()
        return await sides_of("old", "new")()

    scripts.compare(sides)
    qtbot.waitActive(scripts)
    await until(lambda: "The scripts cannot be compared" in words(scripts))
    button = next(one for one in scripts.findChildren(QPushButton) if one.text() == "Try again" and one.isVisible())
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    await until(lambda: scripts._compare and scripts._compare.isAncestorOf(QApplication.focusWidget()))


async def test_a_comparison_that_comes_late_leaves_the_keyboard_where_it_is(stack, scripts, until, qtbot):
    scripts.browse_script(archive_of(), "x.tar")
    await until(scripts.is_settled)
    qtbot.waitActive(scripts)
    scripts.compare(sides_of("old", "new"))
    scripts.tabs.setCurrentIndex(BROWSE)
    scripts.browse.setFocus()
    await until(lambda: scripts._compare)
    assert scripts.browse.isAncestorOf(QApplication.focusWidget())


@pytest.mark.parametrize("keys", ["Esc", "Ctrl+W"])
async def test_it_closes_with_the_keyboard(stack, scripts, until, keys, qtbot):
    scripts.browse_script(archive_of(), "x.tar")
    await until(scripts.is_settled)
    qtbot.waitActive(scripts)
    QTest.keySequence(scripts.browse.view.tree, keys)
    await until(lambda: not scripts.isVisible())


async def test_esc_empties_the_search_first_and_then_closes(scripts, until):
    scripts.show_search()
    line = scripts._search.line
    line.setText("shop")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert scripts.isVisible()
    assert not line.text()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    await until(lambda: not scripts.isVisible())


async def test_esc_in_the_find_bar_leaves_the_window_open(stack, scripts, until):
    scripts.browse_script(archive_of(), "x.tar")
    await until(scripts.is_settled)
    scripts.browse.view.file_view.open_find_bar()
    QTest.keyClick(scripts.browse.view.file_view.find_bar._line, Qt.Key.Key_Escape)
    assert scripts.isVisible()
    assert not scripts.browse.view.file_view.find_bar.isVisible()


async def test_its_size_is_remembered(stack, scripts, tmp_path, qapp):
    scripts.show()
    scripts.resize(QSize(781, 563))
    qapp.processEvents()
    state = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    scripts.save_state(state)
    other = ScriptsWindow(stack.session, stack.tasks, stack.notices)
    other.restore_state(state)
    assert other.size() == QSize(781, 563)
    other.deleteLater()


async def test_without_an_account_nothing_is_searched(stack, dressed, until):
    window = ScriptsWindow(None, stack.tasks, stack.notices)
    window.browse_script(archive_of(), "x.tar")
    await until(window.is_settled)
    window.show_search()
    assert not window.tabs.isTabVisible(SEARCH)
    assert window.tabs.currentIndex() == BROWSE
    window.close()
    window.deleteLater()


async def test_what_is_found_opens_at_its_line_in_every_kind_of_file(stack, scripts, until):
    await stack.keep("run", 2, archive_of({"lib/a.js": b"//\n//\nneedle()\n"}, main="//\nneedle()\n"))
    await stack.keep("run", 3, Script(b"//\n//\n//\nneedle()\n", is_archive=False))
    await stack.store.load_index()
    stack.session.finder.start(stack.tasks)
    scripts.show_search()
    await until(lambda: stack.session.finder.is_in_step)
    found = await stack.session.finder.find(Sought("needle"))
    files = [file for test in found.tests for file in test.files]
    assert len(files) == 3
    for file in files:
        scripts._search.place_chosen.emit(file.digest, file.member, file.lines[0].number)
        await until(scripts.is_settled)
        shown = scripts.browse.view.file_view.code
        assert shown.textCursor().block().text() == "needle()", file
        assert shown.line == file.lines[0].number
