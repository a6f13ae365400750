"""Chips for what was added or narrowed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.ui.results.chips import Chip, Chips

LONG = Chip("long", "<b>" + "name & more " * 100, "filter", "Show all samples again")


@pytest.fixture
def chips(dressed, shown):
    made = Chips()
    room = QWidget()
    rows = QVBoxLayout(room)
    rows.addWidget(made)
    rows.addStretch(1)
    shown(room, 300, 300)
    return made


def a_chip(at: int) -> Chip:
    return Chip(str(at), f"http_req_{at}", "close", "Remove the chart")


def buttons(chips) -> list:
    return [chips.layout().itemAt(at).widget() for at in range(chips.layout().count())]


def test_there_is_no_line_without_chips(chips):
    assert not chips.isVisible()
    chips.show_chips([a_chip(1)])
    assert chips.isVisible()
    chips.show_chips([])
    assert not chips.isVisible()


def test_they_take_another_line_where_there_is_no_room(chips, qtbot):
    chips.show_chips([a_chip(at) for at in range(8)])
    qtbot.waitUntil(lambda: len({button.y() for button in buttons(chips)}) > 1)
    assert all(button.geometry().right() <= chips.width() for button in buttons(chips))
    assert chips.height() >= buttons(chips)[-1].geometry().bottom()


def test_one_that_has_room_is_not_shortened(chips, qtbot):
    words = [f"Only GET /{'wiMl'[:at]}/:id, 503" for at in range(5)]
    chips.show_chips([Chip(each, each, "filter", "Show all samples again") for each in words])
    qtbot.waitUntil(lambda: len({button.y() for button in buttons(chips)}) > 1)
    assert [button.text() for button in buttons(chips)] == words


def test_a_long_one_is_shortened_and_says_all_of_it_elsewhere(chips, qtbot):
    chips.show_chips([LONG])
    (button,) = buttons(chips)
    qtbot.waitUntil(lambda: button.text().endswith("…"))
    assert chips.window().width() == 300
    assert button.text().startswith("<b>name && more")
    assert button.accessibleName().startswith("Show all samples again: <b>name & more")
    assert "&lt;b&gt;" in button.toolTip()


def test_those_that_stay_are_the_same_buttons_and_keep_the_focus(chips):
    chips.show_chips([a_chip(1), a_chip(2)])
    first, second = buttons(chips)
    second.setFocus()
    chips.show_chips([LONG, a_chip(2)])
    assert buttons(chips)[1] is second
    assert second.hasFocus()
    assert first is not buttons(chips)[0]


def test_a_click_or_a_key_takes_the_thing_away(chips, qtbot):
    chips.show_chips([a_chip(1), a_chip(2)])
    with qtbot.waitSignal(chips.removed) as told:
        QTest.keyClick(buttons(chips)[1], Qt.Key.Key_Space)
    assert told.args == ["2"]
