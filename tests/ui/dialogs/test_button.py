"""A button that Enter presses, whatever the dialog's default button is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout

from k6desk.ui.dialogs.button import Button


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_the_key_presses_the_button_with_the_focus_and_not_the_default_one(qtbot, key):
    dialog, pressed = QDialog(), []
    qtbot.addWidget(dialog)
    cancel, start = Button("Cancel"), QPushButton("Start", default=True)
    layout = QVBoxLayout(dialog)
    for button in (cancel, start):
        layout.addWidget(button)
    cancel.clicked.connect(lambda: pressed.append("cancel"))
    start.clicked.connect(lambda: pressed.append("start"))
    dialog.show()
    cancel.setFocus()
    QTest.keyClick(cancel, key)
    assert pressed == ["cancel"]
    assert start.isDefault()
