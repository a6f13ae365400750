"""The window before there is an account."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from k6desk.ui.welcome import Welcome


def test_return_begins_the_sign_in_and_files_and_a_demo_can_be_opened_without(qtbot):
    asked = []
    welcome = Welcome(*(lambda *_, wish=wish: asked.append(wish) for wish in ("sign in", "open a file", "try it")))
    qtbot.addWidget(welcome)
    welcome.show()
    welcome.setFocus()
    button, file, demo = welcome.findChildren(QPushButton)
    assert welcome.focusProxy() is button
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert asked == ["sign in"]
    file.click()
    demo.click()
    assert asked == ["sign in", "open a file", "try it"]
