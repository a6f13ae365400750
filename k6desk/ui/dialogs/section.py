"""A part of a settings dialog: read when it opens, changed by the user, sent when it differs from what was read."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.field import Problem


class Section(QWidget):
    """A subclass fills `content` and says how it is read, checked and written. Only the user ever clears a line."""

    edited = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.is_read = False
        self.content = QWidget()
        self.problem = Problem()
        self._bar = QProgressBar(minimum=0, maximum=0)
        self._bar.setAccessibleName("Asking the server")
        self._again = Button("Ask again")
        self._again.clicked.connect(self.load)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        foot.addWidget(self.problem, 1)
        foot.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.WIDE, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self._bar)
        column.addWidget(self.content, 1)
        column.addLayout(foot)

    def load(self) -> None:
        """Ask the server for what it has; nothing can be changed until it has told."""
        self.content.setEnabled(False)
        self._again.hide()
        self.problem.say("")
        self._bar.show()
        self.tasks.spawn(self._load(), name="read settings", key=f"settings:{id(self)}", owner=self)

    async def save(self) -> bool:
        """Send what was changed; False if the server did not take it, which is then said here."""
        if not self.is_changed():
            return True
        self.problem.say("")
        try:
            await self.write()
        except CloudError as error:
            self.problem.say(str(error))
            return False
        return True

    async def read(self) -> None:
        """Ask the server and show it. Raises `CloudError`."""
        raise NotImplementedError

    def is_changed(self) -> bool:
        """Whether there is something to be sent."""
        raise NotImplementedError

    def is_right(self) -> bool:
        """Whether it can be sent; otherwise what is wrong is told beside it, and the cursor goes there."""
        return True

    async def write(self) -> None:
        """Send it. Raises `CloudError`."""
        raise NotImplementedError

    async def _load(self) -> None:
        try:
            await self.read()
        except CloudError as error:
            self.problem.say(str(error))
            self._again.show()
        else:
            self.is_read = True
            self.content.setEnabled(True)
            self.edited.emit()
        self._bar.hide()
