"""Asks for a name: for something new, or another one for what is there."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtWidgets import QWidget

from k6desk.api.errors import Conflict
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.asking import Tell, Words, was_refused
from k6desk.ui.dialogs.deed import SmallDeedDialog
from k6desk.ui.dialogs.field import Field

T = TypeVar("T")
TAKEN = "This name is taken already; choose another one."
THERE_NOW = "This name is there now: most likely by the first try, whose answer was lost. Close this to look."
LONGEST = 255
"""Characters of a project's name; a test's may be a little longer."""


class NameField(Field):
    """A line for a name that nothing else beside it has."""

    def __init__(self, longest: int, hint: str = "") -> None:
        super().__init__("&Name", hint=hint)
        self.line.setMaxLength(longest)
        self._lost = ""

    def name(self) -> str:
        """What is typed, without spaces around it."""
        return self.line.text().strip()

    def refuse(self, error: BaseException) -> bool:
        """Say it here if the name is to blame for a refusal; whether it is."""
        if isinstance(error, Conflict):
            self.say(THERE_NOW if self.name() == self._lost else TAKEN)
            self.line.selectAll()
            self.setFocus()
            return True
        if not was_refused(error):
            self._lost = self.name()
        return False


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
        self.field = NameField(max(longest, len(name)))
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
        self._send(self.field.name())

    def refuse(self, error: BaseException) -> None:
        if self.field.refuse(error):
            self.asking.complain("")

    def _look(self) -> None:
        self.allow(self.field.name() not in {"", self._present})


def renaming(old: str, new: str) -> Words:
    """What is said of another name for what was called `old`."""
    before = text.one_line(old, 80)
    return Words(
        "Rename",
        "Renaming…",
        f"“{before}” is now “{text.one_line(new, 80)}”.",
        f"“{before}” was not renamed",
        f"Whether “{before}” was renamed is not known",
    )
