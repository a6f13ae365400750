"""The keyboard shortcuts."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QWidget

from k6desk.ui.actions import Actions
from k6desk.ui.dialogs.shortcuts import ShortcutsDialog


def test_every_key_of_the_table_is_listed_with_what_it_does(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    actions = Actions(parent)
    said = [label.text() for label in ShortcutsDialog(actions, parent).findChildren(QLabel)]
    for spec, action in actions.all():
        if spec.keys:
            assert action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) in said
            assert action.text().rstrip("…") in said
