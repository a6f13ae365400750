"""What dialogs share that have one thing done: one decision, what is being done, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.core.deeds import Unknown
from k6desk.core.notices import Level
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.detail.parts import columns, say, wrapping
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.field import Problem
from k6desk.ui.text import PlainLabel

T = TypeVar("T")
Tell = Callable[[str, Level], object]
WIDTH = 460


class Words(NamedTuple):
    """What is said of a deed: on its button, while it is under way, afterwards, and when it failed or may have.

    `Words("Rename", "Renaming…", "“a” is now “b”.", "“a” was not renamed", "Whether “a” was renamed is not known")`
    """

    verb: str
    doing: str
    done: str
    failed: str
    unknown: str


class DeedDialog(QDialog):
    """Open it with `open()`. Closing it does not take back what was sent.

    A subclass puts its fields into `body` and says in `decide` what the button does. `tell` is told of success, and
    of a failure when the dialog is closed; before that a failure is said inside, and what was typed stays.
    """

    def __init__(self, title: str, verb: str, tasks: Tasks, tell: Tell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.tasks = tasks
        self._tell = tell
        self._is_open = True
        self._is_possible = True
        self._is_sent = False
        self.finished.connect(self._close)
        self.title = PlainLabel(title, kind="title", wrap=True)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.GAP)
        self._problem = Problem()
        self._words = wrapping(muted=True)
        self._bar = QProgressBar(minimum=0, maximum=0)
        self._bar.setAccessibleName("Asking the server")
        self._cancel = Button("Cancel")
        self._cancel.clicked.connect(self.reject)
        self.first = QPushButton(verb, default=True)
        self.first.clicked.connect(self.decide)
        buttons = columns(self._cancel, self.first)
        buttons.insertStretch(0)

        column = QVBoxLayout(self)
        margin = theme.WIDE + theme.GAP
        column.setContentsMargins(margin, margin - theme.UNIT, margin, theme.WIDE)
        column.setSpacing(theme.GAP)
        column.addWidget(self.title)
        column.addLayout(self.body, 1)
        for part in (self._problem, self._words, self._bar):
            column.addWidget(part)
        column.addSpacing(theme.GAP)
        column.addLayout(buttons)
        self.wait("")

    def decide(self) -> None:
        """The button was clicked."""
        raise NotImplementedError

    def allow(self, is_possible: bool) -> None:
        """Whether there is something to be decided now."""
        self._is_possible = is_possible
        self.first.setEnabled(is_possible and not self._is_sent)

    def complain(self, problem: str) -> None:
        """Say what is wrong, or with an empty sentence that nothing is."""
        self._problem.say(problem)

    def refuse(self, error: CloudError, problem: str) -> None:
        """The server said no, or nothing; a subclass may say it beside the field that is to blame."""
        self.complain(problem)

    def wait(self, words: str) -> None:
        """Show that something is being waited for; with no words that nothing is."""
        say(self._words, words)
        self._words.setVisible(bool(words))
        self._bar.setVisible(bool(words))

    def have_done(self, work: Coroutine[Any, Any, T], words: Words, then: Callable[[T], object] | None = None) -> None:
        """Do it; `then` gets what came of it, if the dialog is still open."""
        self._is_sent = True
        self.complain("")
        self.wait(words.doing)
        self.first.setEnabled(False)
        self._cancel.setText("Close")
        self._cancel.setFocus()
        self.tasks.spawn(self._do(work, words, then), name=words.verb)

    async def _do(self, work: Coroutine[Any, Any, T], words: Words, then: Callable[[T], object] | None) -> None:
        try:
            result = await work
        except CloudError as error:
            is_unknown = isinstance(error, Unknown)
            problem = f"{words.unknown if is_unknown else words.failed}: {error}"
            if not self._is_open:
                self._tell(problem, "warning" if is_unknown else "error")
                return
            self._is_sent = False
            self.wait("")
            self._cancel.setText("Cancel")
            self.allow(self._is_possible)
            self.first.setFocus()
            self.refuse(error, problem)
            return
        if self._is_open:
            self.accept()
            if then:
                then(result)
        self._tell(words.done, "success")

    def _close(self) -> None:
        self._is_open = False


class SmallDeedDialog(DeedDialog):
    """A dialog of one width that is as high as what it says."""

    def event(self, event: QEvent) -> bool:
        """A layout that asks for more or less room gets it."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and (layout := self.layout()):
            self.setFixedSize(WIDTH, layout.totalHeightForWidth(WIDTH))
        return handled
