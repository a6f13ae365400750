"""The scripts that a test had before and that were seen here, to be saved as files."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from k6desk.api.models import LoadTest
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.data.scripts import Sighting
from k6desk.ui import text, theme
from k6desk.ui.script_file import ScriptFile

HINT = "Save a script that this test had before"
NONE = "No other script of this test was seen on this computer"


class EarlierScripts(QToolButton):
    """A button with a menu; whatever is saved can be chosen and uploaded again."""

    def __init__(self, session: Session, test: LoadTest, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._test = test
        self._tasks = tasks
        self.setIcon(theme.icon("recent"))
        self.setText("Earlier scripts")
        self.setToolTip(text.tooltip(HINT))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.offers = QMenu(self)
        self.clicked.connect(self._open)

    def _open(self) -> None:
        self.offers.clear()
        now = datetime.now(UTC)
        for sighting in self._session.store.earlier_scripts(self._test.id):
            offer = self.offers.addAction(f"Save the one last seen {text.when(sighting.last_at, now)}…")
            offer.triggered.connect(partial(self._save, sighting))
        if self.offers.isEmpty():
            self.offers.addAction(NONE).setEnabled(False)
        self.offers.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _save(self, sighting: Sighting, _is_checked: bool = False) -> None:
        name = f"{self._test.name} until {text.local(sighting.last_at):%Y-%m-%d %H.%M}"
        file = ScriptFile("test", self._test.id, name, self._session.notices, self._tasks, self.window())
        if script := self._session.store.script_by_digest(sighting.digest):
            file.save(script, is_kept=True)
