"""The server is asked for something, or to do something, and what comes of it is said where the user is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget
from shiboken6 import isValid

from k6desk.api.errors import CloudError
from k6desk.core.deeds import Unknown
from k6desk.core.notices import Level
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.dialogs.field import Problem
from k6desk.ui.parts import say, wrapping

T = TypeVar("T")
Tell = Callable[[str, Level], object]
FAULT = "k6desk met a fault of its own."
ENDED = "the account was closed before that."


class Words(NamedTuple):
    """What is said of a deed: on its button, while it is under way, afterwards, and when it failed or may have.

    `Words("Rename", "Renaming…", "“a” is now “b”.", "“a” was not renamed", "Whether “a” was renamed is not known")`
    """

    verb: str
    doing: str
    done: str
    failed: str
    unknown: str

    def problem(self, error: BaseException) -> str:
        """What is said when it ended with an error: refused, or not known, also when the fault is k6desk's."""
        if isinstance(error, CloudError):
            return f"{self.unknown if isinstance(error, Unknown) else self.failed}: {error}"
        return f"{self.unknown}: {ENDED if isinstance(error, asyncio.CancelledError) else FAULT}"


def was_refused(error: BaseException) -> bool:
    """Whether it was certainly not done; otherwise it may have been."""
    return isinstance(error, CloudError) and not isinstance(error, Unknown)


class Asking(QWidget):
    """A bar and words while the server is asked, and a sentence when it failed.

    What was sent is seen through, whatever becomes of the dialog: what cannot be said here any more, `tell` is told.
    """

    changed = Signal()
    """Something is being waited for now, or no longer."""

    def __init__(self, tasks: Tasks, tell: Tell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._tell = tell
        self._waits = 0
        self._is_closed = False
        self.problem = Problem()
        self._words = wrapping(muted=True)
        self._bar = QProgressBar(minimum=0, maximum=0)
        self._bar.setAccessibleName("Asking the server")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.UNIT, 0, 0)
        column.setSpacing(theme.GAP)
        for part in (self.problem, self._words, self._bar):
            column.addWidget(part)
        self._show("")

    @property
    def is_waiting(self) -> bool:
        """Whether something is under way."""
        return self._waits > 0

    @property
    def is_open(self) -> bool:
        """Whether something that is said here can still be read."""
        return not self._is_closed and isValid(self)

    def close_for_good(self) -> None:
        """From now on nobody looks here."""
        self._is_closed = True

    def complain(self, sentence: str) -> None:
        """Say what is wrong, or with an empty sentence that nothing is."""
        self.problem.say(sentence)
        self._fit()

    def remark(self, words: str) -> None:
        """Say something that is good to know while nothing is waited for."""
        self._show(words)

    def ask(
        self,
        work: Coroutine[Any, Any, T],
        doing: str,
        failed: str,
        then: Callable[[T], object],
        *,
        otherwise: Callable[[BaseException], object] | None = None,
    ) -> None:
        """Read something; of no interest when the dialog is gone. What is said of something else stays."""
        words = Words("read", doing, "", failed, failed)
        self._begin(words)
        waiting = self._await(work, words, then, otherwise, None)
        _close_after(self._tasks.spawn(waiting, name=f"read: {failed}", owner=self), work)

    def see_through(
        self,
        work: Coroutine[Any, Any, T],
        words: Words,
        then: Callable[[T], object],
        *,
        otherwise: Callable[[BaseException], object] | None = None,
    ) -> None:
        """Have something done. `then` gets what came of it, `otherwise` the error, if the dialog is still open."""
        self.complain("")
        self._begin(words)
        waiting = self._await(work, words, then, otherwise, self._tell)
        _close_after(self._tasks.spawn(waiting, name=words.verb), work)

    async def _await(
        self,
        work: Coroutine[Any, Any, T],
        words: Words,
        then: Callable[[T], object],
        otherwise: Callable[[BaseException], object] | None,
        tell: Tell | None,
    ) -> None:
        try:
            result = await work
        except (Exception, asyncio.CancelledError) as error:
            if self.is_open:
                self.complain(words.problem(error))
                self._end()
                if otherwise:
                    otherwise(error)
            elif tell and isinstance(error, Exception):
                tell(words.problem(error), "error" if was_refused(error) else "warning")
            if not isinstance(error, CloudError):
                raise  # a fault of k6desk, which is reported, or the end of the account or the program
            return
        if self.is_open:
            self._end()
            then(result)
        elif tell and words.done:
            tell(words.done, "success")

    def _begin(self, words: Words) -> None:
        self._waits += 1
        self._show(words.doing)
        self.changed.emit()

    def _end(self) -> None:
        self._waits -= 1
        if not self._waits:
            self._show("")
        self.changed.emit()

    def _show(self, words: str) -> None:
        say(self._words, words)
        self._words.setVisible(bool(words))
        self._bar.setVisible(self.is_waiting)
        self._fit()

    def _fit(self) -> None:
        """Nothing to say takes no room."""
        self.setVisible(self.is_waiting or bool(self.problem.text() or self._words.text()))


def _close_after(task: asyncio.Task[Any] | None, work: Coroutine[Any, Any, Any]) -> None:
    """A task that is cancelled before its first step never comes to its work, which would complain."""
    if task:
        task.add_done_callback(lambda _: work.close())
    else:
        work.close()
