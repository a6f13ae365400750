"""The labels that all projects of the stack share: made, renamed, described and deleted."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.api.errors import NotFound
from k6desk.api.plans import LabelKey
from k6desk.core.project_commands import ProjectCommands
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.label_row import LabelRow, word_problem
from k6desk.ui.dialogs.label_rows import LabelRows
from k6desk.ui.dialogs.section import Section
from k6desk.ui.text import PlainLabel

LONGEST = 255


class StackLabelsForm(Section):
    """Keys and descriptions. What is taken out here is deleted from every project when it is saved; that is said."""

    def __init__(self, commands: ProjectCommands, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(tasks, parent)
        self._commands = commands
        self._known: dict[int, LabelKey] = {}
        self.rows = LabelRows("This stack has no labels.")
        self._warning = PlainLabel(wrap=True)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.rows, 1)
        column.addWidget(self._warning)
        self.rows.edited.connect(self._edit)
        self.rows.add_wanted.connect(self._add)
        self.setFocusProxy(self.rows)

    async def read(self) -> None:
        """Ask the server and show it. Raises `CloudError`."""
        self._known = {label.id: label for label in await self._commands.label_keys()}
        rows = [LabelRow(label.key, label.description, "Description", None, label.id) for label in self._known.values()]
        self.rows.show_rows(rows)
        self._edit()

    def is_changed(self) -> bool:
        """Whether there is something to be sent."""
        return self.is_read and bool(self.gone() or self._changed())

    def is_right(self) -> bool:
        """Whether every row has a key of its own."""
        twice = self.rows.twice()
        problems: dict[LabelRow, str] = {}
        for row in self.rows.rows:
            key, description = row.texts()
            if wrong := word_problem("key", key):
                problems[row] = wrong
            elif key in twice:
                problems[row] = "A stack has each label once; this one is here twice."
            elif len(description) > LONGEST:
                problems[row] = f"A description has at most {LONGEST} characters."
        return self.rows.tell(problems)

    async def write(self) -> None:
        """Delete, change and make labels; what went well is not sent again. Raises `CloudError`."""
        for label in self.gone():
            with suppress(NotFound):  # somebody was quicker
                await self._commands.delete_label_key(label.id)
            del self._known[label.id]
        for row in self._changed():
            key, description = row.texts()
            if row.id is None:
                made = await self._commands.create_label_key(key, description)
                row.id = made.id
            else:
                await self._commands.change_label_key(row.id, key, description)
            self._known[row.id] = LabelKey(row.id, key, description)
        self._edit()

    def gone(self) -> list[LabelKey]:
        """The labels that were taken out here and are not deleted yet."""
        kept = {row.id for row in self.rows.rows}
        return [label for label in self._known.values() if label.id not in kept]

    def _changed(self) -> list[LabelRow]:
        return [row for row in self.rows.rows if row.id is None or self._as_known(row) != row.texts()]

    def _as_known(self, row: LabelRow) -> tuple[str, str] | None:
        label = self._known.get(row.id) if row.id is not None else None
        return (label.key, label.description) if label else None

    def _add(self) -> None:
        self.rows.append(LabelRow("", "", "Description", None), go=True)
        self._edit()

    def _edit(self) -> None:
        names = text.one_line(", ".join(f"“{label.key}”" for label in self.gone()), 120)
        self._warning.setText(f"Saving deletes {names} from the stack and from all its projects." if names else "")
        self._warning.setVisible(bool(names))
        self.edited.emit()
