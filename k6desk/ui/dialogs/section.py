"""A part of a settings dialog: read when it opens, changed by the user, sent when it differs from what was read."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.core.tasks import Tasks
from k6desk.ui import theme
from k6desk.ui.dialogs.asking import Asking, Words
from k6desk.ui.dialogs.button import Button
from k6desk.ui.parts import columns

SAVING = Words("Save", "", "", "This was not saved", "Whether this was saved is not known")


class Section(QWidget):
    """A subclass fills `content` and says how it is read, checked and written. Only the user ever clears a line."""

    edited = Signal()

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.is_read = False
        self.content = QWidget()
        self.asking = Asking(tasks, lambda *_: None)  # the dialog has it saved, and tells of that
        self._again = Button("Ask again")
        self._again.clicked.connect(self.load)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.WIDE, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.content, 1)
        column.addLayout(columns(self.asking, self._again, stretch=0))

    def load(self) -> None:
        """Ask the server for what it has; nothing can be changed until it has told."""
        self.content.setEnabled(False)
        self._again.hide()
        self.asking.complain("")
        failed = "What is set now is not known"
        self.asking.ask(self.read(), "", failed, lambda _: self._begin(), otherwise=lambda _: self._again.show())

    async def save(self) -> bool:
        """Send what was changed; False if it is not known to be taken, which is then said here."""
        if not self.is_changed():
            return True
        self.asking.complain("")
        try:
            await self.write()
        except CloudError as error:
            self.asking.complain(SAVING.problem(error))
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

    def _begin(self) -> None:
        self.is_read = True
        self.content.setEnabled(True)
        self.edited.emit()
