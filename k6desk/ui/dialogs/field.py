"""A line of a form: its label, the line to type in, and below it what is wrong or good to know."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.text import PlainLabel

T = TypeVar("T")

ICON = 14


class Problem(QWidget):
    """A sentence on what is wrong, with a sign before it; otherwise a hint, or nothing at all."""

    def __init__(self, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hint = hint
        self._is_wrong = False
        self._words = PlainLabel(kind="caption", wrap=True)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._words)
        self.say("")

    def say(self, sentence: str) -> None:
        """Show what is wrong; with an empty sentence nothing is, and the hint is back."""
        self._is_wrong = bool(sentence)
        self._words.setText(sentence or self._hint)
        role = QPalette.ColorRole.WindowText if sentence else QPalette.ColorRole.PlaceholderText
        self._words.setForegroundRole(role)
        self._row.setContentsMargins(ICON + theme.UNIT if sentence else 0, 0, 0, 0)
        self.setVisible(bool(sentence or self._hint))

    def suggest(self, hint: str) -> None:
        """Nothing is wrong, and the hint is another from now on."""
        self._hint = hint
        self.say("")

    def text(self) -> str:
        """What it says now."""
        return self._words.text()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sign stands beside the first line."""
        if self._is_wrong:
            theme.icon("warning", "failed").paint(QPainter(self), QRect(0, 1, ICON, ICON))


class Field(QWidget):
    """A labelled line; what is wrong with it is told right below it."""

    def __init__(self, label: str, placeholder: str = "", hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder)
        self.line.setAccessibleName(label.replace("&", ""))
        self.line.textEdited.connect(lambda: self.say(""))
        self._problem = Problem(hint)
        self.row = QHBoxLayout()
        self.row.setSpacing(theme.GAP)
        self.row.addWidget(self.line)
        name = QLabel(label)
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setBuddy(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addWidget(name)
        column.addLayout(self.row)
        column.addWidget(self._problem)
        self.setFocusProxy(self.line)
        self.say("")

    def read(self, understand: Callable[[str], T]) -> T | None:
        """What the line means; None when it means nothing, and then the `ValueError` is told below it."""
        try:
            value = understand(self.line.text())
        except ValueError as error:
            self.say(str(error))
            return None
        self.say("")
        return value

    @property
    def problem(self) -> str:
        """What is said below the line."""
        return self._problem.text()

    def suggest(self, hint: str) -> None:
        """Show another hint below the line, from now on."""
        self._problem.suggest(hint)
        self.line.setAccessibleDescription(self._problem.text())

    def say(self, problem: str) -> None:
        """Show what is wrong with the line, or its hint."""
        self._problem.say(problem)
        self.line.setAccessibleDescription(self._problem.text())
