"""Asks for a name: for something new, or another one for what is there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError, Conflict
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.dialogs.deed import SmallDeedDialog, Tell, Words
from k6desk.ui.dialogs.field import Field

T = TypeVar("T")
TAKEN = "This name is taken already; choose another one."
LONGEST = 255
"""Characters of a project's name; a test's may be a little longer."""


class NameDialog(SmallDeedDialog):
    """Open it with `open()`. `command` is given the name; `words` say of it what is being done.

        dialog = NameDialog("Rename project", "Rename", project.name, self._tasks, tell, self._window)
        dialog.ask(lambda name: projects.rename(project.id, name), lambda name: Words("Rename", …))
        dialog.open()

    A name that is taken (`Conflict`) is said beside the line.
    """

    def __init__(
        self,
        title: str,
        verb: str,
        name: str,
        tasks: Tasks,
        tell: Tell,
        parent: QWidget | None = None,
        *,
        about: QWidget | None = None,
        longest: int = LONGEST,
    ) -> None:
        super().__init__(title, verb, tasks, tell, parent)
        self._present = name
        self.field = Field("&Name")
        self.field.line.setMaxLength(max(longest, len(name)))
        self.field.line.setText(name)
        self.field.line.selectAll()
        self.field.line.textChanged.connect(self._look)
        self._send: Callable[[str], None] = lambda _: None
        if about:
            self.body.addWidget(about)
        self.body.addSpacing(theme.UNIT)
        self.body.addWidget(self.field)
        self._look()
        self.field.setFocus()

    def ask(
        self,
        command: Callable[[str], Coroutine[Any, Any, T]],
        words: Callable[[str], Words],
        then: Callable[[T], object] | None = None,
    ) -> None:
        """What to do with the name; `then` gets what came of it, if the dialog is still open."""
        self._send = lambda name: self.have_done(command(name), words(name), then)

    def decide(self) -> None:
        self._send(self.field.line.text().strip())

    def refuse(self, error: CloudError, problem: str) -> None:
        if isinstance(error, Conflict):
            self.field.say(TAKEN)
            self.field.line.selectAll()
            self.field.setFocus()
        else:
            self.complain(problem)

    def _look(self) -> None:
        self.allow(self.field.line.text().strip() not in {"", self._present})
