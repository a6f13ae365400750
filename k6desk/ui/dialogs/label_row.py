"""One label of a form: what stands left and right, a way to take it out, and below it what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from k6desk.ui import text, theme
from k6desk.ui.dialogs.field import Problem
from k6desk.ui.parts import tool_button

LONGEST = 64
_WRONG = re.compile(r"[\s'\";\\%]")


class LabelRow(QWidget):
    """A key, which may be picked from `keys`, and what belongs to it."""

    edited = Signal()
    removed = Signal()

    def __init__(self, key: str, value: str, second: str, keys: Sequence[str] | None, id_: int | None = None) -> None:
        super().__init__()
        self.id = id_
        """The id of the label of the stack; None for a new one."""
        self._picker: QComboBox | None = None
        if keys is None:
            self.key = QLineEdit(key)
        else:
            self._picker = QComboBox(editable=True)
            self._picker.addItems([text.one_line(each) for each in keys])
            self._picker.setCurrentText(key)
            self._picker.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            line = self._picker.lineEdit()
            assert line
            self.key = line
        self.value = QLineEdit(value)
        self.key.setPlaceholderText("Key")
        self.value.setPlaceholderText(second)
        (self._picker or self.key).setAccessibleName("Key")
        self.value.setAccessibleName(second)
        self._problem = Problem()
        self.remove = tool_button("trash", f"Remove {text.one_line(key, LONGEST)}".strip())
        self.remove.clicked.connect(self.removed)
        line_ = QHBoxLayout()
        line_.setSpacing(theme.GAP)
        line_.addWidget(self._picker or self.key, 2)
        line_.addWidget(self.value, 3)
        line_.addWidget(self.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addLayout(line_)
        column.addWidget(self._problem)
        for line in (self.key, self.value):
            line.textChanged.connect(self._edit)
        self.setFocusProxy(self._picker or self.key)

    def texts(self) -> tuple[str, str]:
        """What is typed, without the spaces around it."""
        return self.key.text().strip(), self.value.text().strip()

    def say(self, problem: str) -> None:
        """Show what is wrong with it."""
        self._problem.say(problem)

    def _edit(self) -> None:
        self.say("")
        self.edited.emit()


def word_problem(what: str, word: str) -> str:
    """What is wrong with a key or value; empty when nothing is."""
    if not word:
        return f"Type a {what}."
    if len(word) > LONGEST:
        return f"A {what} has at most {LONGEST} characters."
    if _WRONG.search(word):
        return f"A {what} has no spaces, quotes, semicolons, backslashes or percent signs."
    return ""
