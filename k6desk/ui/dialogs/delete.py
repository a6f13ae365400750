"""Asks before something with all that belongs to it is deleted for good: its name is to be typed."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.asking import Tell, Words
from k6desk.ui.dialogs.deed import SmallDeedDialog
from k6desk.ui.dialogs.field import Field
from k6desk.ui.parts import columns, sign, wrapping
from k6desk.ui.placeholder import Picture

ICON = 32
LONGEST = 1000
READABLE = 300
"""What is to be typed must be seen: names of tests have up to 300 characters."""


class DeleteDialog(SmallDeedDialog):
    """Open it with `open()`. It is about one thing, a `kind` (`test`) of this name, from the beginning.

    `goes` are sentences on what goes with it, `obstacles` on what may stand in the way; `command` deletes it.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        goes: Sequence[str],
        command: Callable[[], Coroutine[Any, Any, object]],
        tasks: Tasks,
        tell: Tell,
        parent: QWidget | None = None,
        *,
        about: QWidget | None = None,
        obstacles: Sequence[str] = (),
    ) -> None:
        super().__init__(f"Delete {kind}", f"Delete {kind}", tasks, tell, parent)
        self._name = name
        self._command = command
        short = text.one_line(name, 80)
        self._says = Words(
            f"Delete {kind}",
            "Deleting…",
            f"“{short}” was deleted.",
            f"“{short}” was not deleted",
            f"Whether “{short}” was deleted is not known",
        )
        self.title.setText(f"Delete “{text.one_line(name, READABLE)}”?")
        lines = QVBoxLayout()
        lines.setSpacing(theme.GAP)
        for sentence in goes:
            line = wrapping()
            line.setText(sentence)
            lines.addWidget(line)
        for sentence in obstacles:
            line = wrapping()
            line.setText(sentence)
            lines.addWidget(sign("info", "warning", line))
        self.field = Field(f"&Type the name of the {kind} to confirm", _typed(name))
        self.field.line.setMaxLength(LONGEST)
        self.field.line.textChanged.connect(self._look)
        picture = Picture("warning", "warning", ICON)
        row = columns(picture)
        row.setSpacing(theme.WIDE)
        row.addLayout(lines, 1)
        row.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
        if about:
            self.body.addWidget(about)
            self.body.addSpacing(theme.UNIT)
        self.body.addLayout(row)
        self.body.addSpacing(theme.UNIT)
        self.body.addWidget(self.field)
        self._look()
        self.field.setFocus()

    def decide(self) -> None:
        self.have_done(self._command(), self._says)

    def _look(self) -> None:
        self.allow(_typed(self.field.line.text()) == _typed(self._name))


def _typed(name: str) -> str:
    """A name as it can be read and typed: on one line, without what cannot be seen."""
    return " ".join(text.one_line(name, LONGEST).split())
