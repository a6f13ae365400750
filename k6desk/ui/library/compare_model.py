"""The files of two scripts that are compared: what happened to each, and how many lines of it came and went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject

from k6desk.core.scripts.script_changes import FileChange
from k6desk.ui import text
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, TOOL_TIP, USER, Index

NOWHERE = QModelIndex()
ENTRY = USER

KINDS = {"changed": "Changed", "added": "Added", "removed": "Removed", "renamed": "Renamed", "same": "Unchanged"}


class Entry(NamedTuple):
    """A row: a file, or None for the row that stands for `folded` unchanged files. Lines are None until counted."""

    change: FileChange | None
    added: int | None = None
    removed: int | None = None
    folded: int = 0
    is_open: bool = False


class CompareModel(QAbstractListModel):
    """The entry script, then what is different; what is not is folded into the last row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._same: list[Entry] = []

    def show_changes(self, changes: Sequence[FileChange]) -> None:
        """Show these files, of which the first is the entry script."""
        self.beginResetModel()
        self._entries = [Entry(change) for at, change in enumerate(changes) if at == 0 or change.kind != "same"]
        self._same = [Entry(change) for change in changes[1:] if change.kind == "same"]
        if self._same:
            self._entries.append(Entry(None, folded=len(self._same)))
        self.endResetModel()

    def entry(self, row: int) -> Entry:
        """One row."""
        return self._entries[row]

    def row_of(self, name: str) -> int:
        """Where the file of this name stands; -1 if it is not shown."""
        rows = (row for row, entry in enumerate(self._entries) if entry.change and entry.change.name == name)
        return next(rows, -1)

    def set_lines(self, row: int, added: int, removed: int) -> None:
        """Say how many lines of a file came and went."""
        self._entries[row] = self._entries[row]._replace(added=added, removed=removed)
        self.dataChanged.emit(self.index(row), self.index(row))

    def toggle_same(self, row: int) -> None:
        """Show or hide the unchanged files, if this is the row that stands for them."""
        fold = self._entries[row]
        if fold.change is not None:
            return
        if fold.is_open:
            self.beginRemoveRows(NOWHERE, row + 1, row + fold.folded)
            del self._entries[row + 1 :]
            self.endRemoveRows()
        else:
            self.beginInsertRows(NOWHERE, row + 1, row + fold.folded)
            self._entries += self._same
            self.endInsertRows()
        self._entries[row] = fold._replace(is_open=not fold.is_open)
        self.dataChanged.emit(self.index(row), self.index(row))

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY:
            return entry
        if role == DISPLAY:
            return title(entry)
        if role == ACCESSIBLE:
            return f"{title(entry)}, {spoken(entry)}"
        if role == TOOL_TIP and entry.change:
            change = entry.change
            names = [change.old_name, change.name] if change.old_name not in {"", change.name} else [change.name]
            return text.tooltip("\n→ ".join(names))
        return None


def title(entry: Entry) -> str:
    """The name of a file, or how many are folded."""
    return text.one_line(entry.change.name) if entry.change else text.count(entry.folded, "unchanged file")


def what(entry: Entry) -> str:
    """What happened to a file: "Changed", "Renamed from login.js"."""
    if entry.change is None:
        return ""
    change = entry.change
    is_other_name = change.old_name not in {"", change.name}
    return KINDS[change.kind] + (f" from {text.one_line(change.old_name, 120)}" if is_other_name else "")


def line_words(entry: Entry) -> str:
    """How many lines of a file came and went: "+3 −1"; empty where there are none."""
    words = [f"+{entry.added:,}" if entry.added else "", f"−{entry.removed:,}" if entry.removed else ""]
    return " ".join(filter(None, words))


def spoken(entry: Entry) -> str:
    """What those hear who cannot see."""
    if entry.change is None:
        return "shown" if entry.is_open else "not shown"
    said = [what(entry).lower()]
    said += [f"{text.count(entry.added, 'line')} added"] if entry.added else []
    said += [f"{text.count(entry.removed, 'line')} removed"] if entry.removed else []
    return ", ".join(said)
