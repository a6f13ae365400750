"""The list to choose what is drawn."""

from __future__ import annotations

from math import nan

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QTreeWidget, QWidget
from shiboken6 import isValid

from k6desk.core.metrics.picks import MOST
from k6desk.ui.results.series_choice import NAMELESS, Measure, SeriesChoice

SIZES = {"GET /<b>": 9.0, "": 12.0, "slow": 101.0, "nothing": nan}


@pytest.fixture
def anchor(dressed, shown):
    return shown(QWidget(), 100, 30)


@pytest.fixture
def choice(anchor):
    made = SeriesChoice("Request name", list(SIZES), {"slow"}, [Measure("Request rate", "count", True, SIZES)], anchor)
    made.open_at(anchor)
    yield made
    if isValid(made):
        made.close()


def tree(choice) -> QTreeWidget:
    return choice.findChild(QTreeWidget)


def rows(choice) -> list[tuple[str, str]]:
    items = [tree(choice).topLevelItem(at) for at in range(tree(choice).topLevelItemCount())]
    return [(item.text(0), item.text(1)) for item in items if not item.isHidden()]


def test_they_are_sorted_by_what_they_are_and_not_as_text(choice):
    assert rows(choice) == [("slow", "101/s"), (NAMELESS, "12/s"), ("GET /<b>", "9/s"), ("nothing", "–")]


def test_what_is_ticked_is_told_at_once(choice, qtbot):
    tree(choice).setFocus()
    tree(choice).setCurrentItem(tree(choice).topLevelItem(1))
    with qtbot.waitSignal(choice.chosen) as told:
        QTest.keyClick(tree(choice), Qt.Key.Key_Space)
    assert sorted(told.args[0]) == ["", "slow"]


def test_more_than_can_be_told_apart_are_refused(anchor, words):
    values = [str(at) for at in range(MOST + 1)]
    choice = SeriesChoice("Group", values, values[:MOST], [], anchor)
    choice.open_at(anchor)
    told: list = []
    choice.chosen.connect(told.append)
    last = next(item for item in choice._items() if item.text(0) == str(MOST))
    last.setCheckState(0, Qt.CheckState.Checked)
    assert last.checkState(0) == Qt.CheckState.Unchecked
    assert not told
    assert "untick one first" in words(choice)
    choice.close()


def test_the_filter_narrows_the_list_and_keys_lead_into_it(choice):
    line = choice.findChild(QLineEdit)
    QTest.keyClicks(line, "GET <")
    assert [name for name, _ in rows(choice)] == ["GET /<b>"]
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert tree(choice).currentItem().text(0) == "GET /<b>"
    assert tree(choice).hasFocus()
    QTest.keyClick(tree(choice), Qt.Key.Key_Escape)
    assert not choice.isVisible()


def test_the_largest_can_be_had_back(choice, qtbot):
    with qtbot.waitSignal(choice.largest_wanted):
        next(button for button in choice.findChildren(QPushButton) if "largest" in button.text()).click()
    assert not choice.isVisible()
