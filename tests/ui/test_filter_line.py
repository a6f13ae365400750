"""The line that narrows a list."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from k6desk.ui.filter_line import FilterLine


@pytest.fixture
def line(qtbot):
    line = FilterLine("Filter runs", "Filter by name")
    qtbot.addWidget(line)
    line.show()
    return line


def test_esc_clears_first_and_leaves_then(line, qtbot):
    QTest.keyClicks(line, "ramp")
    with qtbot.assertNotEmitted(line.left):
        QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == ""
    with qtbot.waitSignal(line.left):
        QTest.keyClick(line, Qt.Key.Key_Escape)


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_keys_that_leave_keep_the_words(line, qtbot, key):
    QTest.keyClicks(line, "ramp")
    with qtbot.waitSignal(line.left):
        QTest.keyClick(line, key)
    assert line.text() == "ramp"


def test_a_button_clears_it_and_is_there_only_with_words(line):
    _, clear = line.actions()
    assert not clear.isVisible()
    QTest.keyClicks(line, "ramp")
    assert clear.isVisible()
    clear.trigger()
    assert line.text() == ""
