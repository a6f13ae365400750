"""What dialogs share that have one thing done: one decision, what is being done, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.dialogs.asking import Asking, Tell, Words, was_refused
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.frame import Frame
from k6desk.ui.parts import columns
from k6desk.ui.text import PlainLabel

T = TypeVar("T")
WIDTH = 460


class DeedDialog(Frame):
    """Open it with `open()`. Closing it does not take back what was sent.

    A subclass puts its fields into `body` and says in `decide` what the button does. `tell` is told of success, and
    of a failure when the dialog is closed; before that a failure is said inside, and what was typed stays.
    """

    def __init__(
        self,
        title: str,
        verb: str,
        tasks: Tasks,
        tell: Tell,
        parent: QWidget | None = None,
        *,
        width: int | None = None,
    ) -> None:
        super().__init__(title, parent, width=width)
        self.tasks = tasks
        self._tell = tell
        self._is_possible = True
        self.title = PlainLabel(title, kind="title", wrap=True)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.GAP)
        self.asking = Asking(tasks, tell)
        self.asking.changed.connect(self._refresh)
        self.finished.connect(self.asking.close_for_good)
        self.cancel = Button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self.first = QPushButton(verb, default=True)
        self.first.clicked.connect(self.decide)
        buttons = columns(self.cancel, self.first)
        buttons.insertStretch(0)
        self.column.addWidget(self.title)
        self.column.addLayout(self.body, 1)
        self.column.addWidget(self.asking)
        self.column.addSpacing(theme.GAP)
        self.column.addLayout(buttons)

    def decide(self) -> None:
        """The button was clicked."""
        raise NotImplementedError

    def allow(self, is_possible: bool) -> None:
        """Whether there is something to be decided now."""
        self._is_possible = is_possible
        self._refresh()

    def refuse(self, error: BaseException) -> None:
        """It was not done, or that is not known, and is said; a subclass may say it beside the field to blame."""

    def have_done(self, work: Coroutine[Any, Any, T], words: Words, then: Callable[[T], object] | None = None) -> None:
        """Do it; `then` gets what came of it, if the dialog is still open."""

        def close(result: T) -> None:
            self.accept()
            if then:
                then(result)
            if words.done:
                self._tell(words.done, "success")

        self.asking.see_through(work, words, close, otherwise=self._fail)
        self.cancel.setText("Close")
        self.cancel.setFocus()

    def _fail(self, error: BaseException) -> None:
        if was_refused(error):
            self.cancel.setText("Cancel")
        self.first.setFocus()
        self.refuse(error)

    def _refresh(self) -> None:
        self.first.setEnabled(self._is_possible and not self.asking.is_waiting)


class SmallDeedDialog(DeedDialog):
    """A dialog of one width that is as high as what it says."""

    def __init__(self, title: str, verb: str, tasks: Tasks, tell: Tell, parent: QWidget | None = None) -> None:
        super().__init__(title, verb, tasks, tell, parent, width=WIDTH)
