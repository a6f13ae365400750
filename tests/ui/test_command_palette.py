"""Ctrl+K."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget

from k6desk.core.place import Place
from k6desk.ui.command_palette import MOST, CommandPalette


@pytest.fixture
def gone():
    return []


@pytest.fixture
async def palette(desk, gone):
    palette = CommandPalette(desk.session.store, desk.actions_, gone.append, desk)
    palette.open_over(desk)
    yield palette
    if shiboken6.isValid(palette):
        palette.close()


def listed(palette):
    found = palette.findChild(QListWidget)
    return [found.item(row).text() for row in range(found.count())] if found.isVisible() else []


def type_(palette, words):
    line = palette.findChild(QLineEdit)
    line.setText(words)
    return line


async def test_it_begins_with_commands_and_is_never_longer_than_a_glance(palette):
    assert listed(palette)[0] == "Open file"
    assert len(listed(palette)) == MOST


async def test_every_word_must_be_in_the_name_or_where_it_is(palette, desk):
    store = desk.session.store
    project = store.projects()[0]
    test = store.tests(project.id)[0]
    type_(palette, f"{test.name} {project.name}")
    assert test.name in listed(palette)


async def test_an_action_that_begins_with_the_words_comes_first(palette):
    type_(palette, "runs")
    assert listed(palette)[0] == "Runs"
    assert "Filter runs" in listed(palette)


async def test_return_goes_to_the_chosen_one_and_closes(palette, desk, gone):
    project = desk.session.store.projects()[0]
    line = type_(palette, project.name)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert gone == [Place("project", project.id)]


async def test_arrows_move_and_stop_at_the_ends(palette):
    line, found = palette.findChild(QLineEdit), palette.findChild(QListWidget)
    QTest.keyClick(line, Qt.Key.Key_Up)
    assert found.currentRow() == 0
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert found.currentRow() == 1
    for _ in range(3):
        QTest.keyClick(line, Qt.Key.Key_PageDown)
    assert found.currentRow() == MOST - 1


async def test_a_run_is_found_by_its_id(palette, desk, gone):
    run = desk.session.store.unfinished()[0]
    line = type_(palette, str(run.id))
    assert listed(palette)[0] == f"Run {run.id}"
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert gone == [Place("run", run.id)]


async def test_lists_are_places_too(palette, gone):
    QTest.keyClick(type_(palette, "running now"), Qt.Key.Key_Return)
    assert gone == [Place("running")]


@pytest.mark.parametrize("words", ["no such thing", "99999999999999999999999999", "²"])
async def test_nothing_found_is_said(palette, words, gone):
    line = type_(palette, words)
    assert listed(palette) == []
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert gone == []


async def test_what_is_not_possible_is_not_offered(palette, desk):
    desk.actions_.allow("refresh", "There is no connection.")
    type_(palette, "refresh")
    assert "Refresh" not in listed(palette)


async def test_esc_closes(palette):
    QTest.keyClick(palette.findChild(QLineEdit), Qt.Key.Key_Escape)
    assert not palette.isVisible()
