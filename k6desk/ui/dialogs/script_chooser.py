"""A file to be chosen as a test's script: what it holds, what is wrong with it, and what sending it gives away."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from k6desk.core.scripts.script_choice import SUFFIXES, ChoiceProblem, ScriptChoice, read_choice
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.asking import FAULT
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.field import Problem
from k6desk.ui.parts import ElidedLabel, columns, say, sign, wrapping
from k6desk.ui.placeholder import Picture

NONE = "No file is chosen yet"
HINT = "JavaScript, TypeScript, or an archive made by “k6 archive”"
NAMED = 4
"""So many secrets are named; of more it is said how many there are."""


class ScriptChooser(QWidget):
    """Reads a file in the background; `chosen` tells of it when it can be sent, and of None when it cannot."""

    chosen = Signal(object)  # ScriptChoice | None

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._asked = 0
        self._name = ElidedLabel()
        self._picture = Picture("script", "muted")
        self.button = Button("&Choose file…")
        self.button.clicked.connect(self._ask)
        self._facts = Problem(HINT)
        self._secrets = wrapping()
        self._warning = sign("warning", "warning", self._secrets)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addLayout(columns(self._picture, self._name, self.button, stretch=1))
        column.addWidget(self._facts)
        column.addSpacing(theme.UNIT)
        column.addWidget(self._warning)
        self._warning.hide()
        say(self._name, NONE)
        self.setFocusProxy(self.button)

    def read(self, path: Path) -> None:
        """Take this file."""
        self._asked += 1
        self._tasks.spawn(self._read(self._asked, path), name="read a script", owner=self)

    async def _read(self, asked: int, path: Path) -> None:
        choice, problem = None, ""
        try:
            choice = await asyncio.to_thread(read_choice, path)
        except ChoiceProblem as error:
            problem = str(error)
        except Exception:
            self._facts.say(FAULT)
            raise
        if asked != self._asked:
            return
        say(self._name, text.one_line(path.name), str(path))
        secrets = choice.archive.secrets if choice and choice.archive else ()
        say(self._secrets, _warning(secrets), "\n".join(secrets))
        self._warning.setVisible(bool(secrets))
        if choice:
            self._facts.suggest(describe(choice))
        else:
            self._facts.say(text.one_line(problem, 300))
        self.chosen.emit(choice)

    def _ask(self) -> None:
        dialog = QFileDialog(self, "Choose a script or archive")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([f"k6 scripts and archives ({' '.join('*' + one for one in SUFFIXES)})", "All files (*)"])
        dialog.fileSelected.connect(lambda chosen: self.read(Path(chosen)))
        dialog.open()


def describe(choice: ScriptChoice) -> str:
    """What a chosen file is, in a line."""
    size = text.size(len(choice.script.content))
    if not (archive := choice.archive):
        return f"Script of {size}"
    holds = f"{text.count(archive.count, 'file')} and {size}"
    made_by = f", made by k6 {text.one_line(archive.k6_version, 40)}" if archive.k6_version else ""
    return f"k6 archive of {holds}{made_by}; it starts with {archive.entry.path[-1]}"


def _warning(secrets: tuple[str, ...]) -> str:
    named = ", ".join(text.one_line(name, 60) for name in secrets[:NAMED])
    more = f" and {len(secrets) - NAMED:,} more" if len(secrets) > NAMED else ""
    return f"This archive holds secret values, which are sent with it: {named}{more}." if secrets else ""
