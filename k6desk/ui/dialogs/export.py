"""Asks what is to be exported and as what, before a place for the file is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QRadioButton, QVBoxLayout, QWidget

from k6desk.ui import text, theme
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.frame import Frame
from k6desk.ui.parts import columns, wrapping
from k6desk.ui.text import PlainLabel

WIDTH = 460
INDENT = 20
"""Where the words of a radio button begin."""


class Choice(NamedTuple):
    """One of several: a name in code, its words, and a line on what one gets."""

    name: str
    words: str
    about: str = ""


class ExportDialog(Frame):
    """Open it with `open()`. `chosen` tells one name of each group."""

    chosen = Signal(object)  # tuple[str, ...]

    def __init__(
        self,
        title: str,
        subject: str,
        groups: Sequence[Sequence[Choice]],
        before: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """`before` are names that were chosen the last time."""
        super().__init__(title, parent, width=WIDTH)
        self._groups: list[tuple[QButtonGroup, Sequence[Choice]]] = []
        words = wrapping("title", selectable=False)
        words.setText(subject)
        self.column.addWidget(words)
        for choices in groups:
            self.column.addSpacing(theme.UNIT)
            self._add(choices, before)
        cancel = Button("Cancel")
        cancel.clicked.connect(self.reject)
        save = QPushButton("Save as…", default=True)
        save.clicked.connect(self._choose)
        buttons = columns(cancel, save)
        buttons.insertStretch(0)
        self.column.addSpacing(theme.GAP)
        self.column.addLayout(buttons)
        if checked := self._groups[0][0].checkedButton():
            checked.setFocus()

    def _add(self, choices: Sequence[Choice], before: Sequence[str]) -> None:
        group = QButtonGroup(self)
        for at, choice in enumerate(choices):
            button = QRadioButton(text.on_button(choice.words))
            button.setAccessibleDescription(choice.about)
            button.setChecked(at == 0 or choice.name in before)
            group.addButton(button, at)
            lines = QVBoxLayout()
            lines.setSpacing(0)
            lines.addWidget(button)
            if choice.about:
                about = PlainLabel(choice.about, kind="caption", muted=True, wrap=True)
                about.setContentsMargins(INDENT, 0, 0, 0)
                lines.addWidget(about)
            self.column.addLayout(lines)
        self._groups.append((group, choices))

    def _choose(self) -> None:
        self.accept()
        self.chosen.emit(tuple(choices[group.checkedId()].name for group, choices in self._groups))
