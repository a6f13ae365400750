"""The labels of a project: each a key of the stack, or a new one, and the project's value."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.api.errors import NotFound
from k6desk.api.plans import Label
from k6desk.core.project_commands import ProjectCommands
from k6desk.core.tasks import Tasks
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.label_row import LabelRow, word_problem
from k6desk.ui.dialogs.label_rows import LabelRows
from k6desk.ui.dialogs.section import Section

MOST = 30


class LabelsForm(Section):
    """The labels of one project."""

    stack_labels_wanted = Signal()

    def __init__(self, commands: ProjectCommands, tasks: Tasks, project_id: int, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self._commands = commands
        self._project_id = project_id
        self._labels: list[Label] = []
        self._shown: set[tuple[str, str]] = set()  # as the rows have them: what the server has may not fit into a line
        self._keys: list[str] = []
        self.rows = LabelRows("This project has no labels.")
        manage = Button("Labels of the stack…")
        manage.setToolTip("Rename, describe and delete the labels that all projects share")
        manage.clicked.connect(self.stack_labels_wanted)
        self.rows.buttons.addWidget(manage)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rows)
        self.rows.edited.connect(self._edit)
        self.rows.add_wanted.connect(self._add)
        self.setFocusProxy(self.rows)

    async def read(self) -> None:
        """Ask the server and show it. Raises `CloudError`."""
        self._keys = sorted({label.key for label in await self._commands.label_keys()}, key=str.casefold)
        self._labels = await self._commands.labels(self._project_id)
        self.rows.show_rows([self._row(label.key, label.value) for label in self._labels])
        self._shown = self._typed()
        self._edit()

    def is_changed(self) -> bool:
        """Whether there is something to be sent."""
        return self.is_read and self._typed() != self._shown

    def is_right(self) -> bool:
        """Whether every row has a key of its own and a value."""
        twice = self.rows.twice()
        problems: dict[LabelRow, str] = {}
        for row in self.rows.rows:
            key, value = row.texts()
            if wrong := word_problem("key", key) or word_problem("value", value):
                problems[row] = wrong
            elif key in twice:
                problems[row] = "A project has one value of each label; this one is here twice."
        return self.rows.tell(problems)

    async def write(self) -> None:
        """Send the labels; if some were only taken out, no other is touched. Raises `CloudError`."""
        wanted = [Label(*row.texts()) for row in self.rows.rows]
        gone = [label for label in self._labels if label not in wanted]
        if len(wanted) + len(gone) == len(self._labels):
            for label in gone:
                with suppress(NotFound):  # an earlier try, or somebody else, was quicker
                    await self._commands.remove_label(self._project_id, label.key)
                self._labels.remove(label)
        else:
            await self._commands.set_labels(self._project_id, wanted)
        self._labels = wanted
        self._shown = self._typed()

    def take_keys(self) -> None:
        """The labels of the stack have changed; what was typed here stays."""
        if not self.is_changed():
            self.load()

    def _typed(self) -> set[tuple[str, str]]:
        return {row.texts() for row in self.rows.rows}

    def _row(self, key: str = "", value: str = "") -> LabelRow:
        return LabelRow(key, value, "Value", self._keys)

    def _add(self) -> None:
        self.rows.append(self._row(), go=True)
        self._edit()

    def _edit(self) -> None:
        is_full = len(self.rows.rows) >= MOST
        self.rows.add.setEnabled(not is_full)
        self.rows.add.setToolTip(f"A project has at most {MOST} labels." if is_full else "")
        self.edited.emit()
