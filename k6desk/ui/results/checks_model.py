"""The checks of a run as a table that is sorted here. Rows are told apart by group and name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from k6desk.core.metrics.checks import Check, group_words
from k6desk.core.metrics.units import words
from k6desk.ui import text
from k6desk.ui.roles import ACCESSIBLE, ALIGNMENT, DISPLAY, TOOL_TIP, Index

Key = tuple[str, str]
LONGEST = 400
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class Column(NamedTuple):
    """A column: what it says of a check, and what it sorts by."""

    title: str
    hint: str
    say: Callable[[Check], str]
    value: Callable[[Check], Any]
    width: int = 0
    """In pixels; 0 takes what is left."""

    @property
    def is_figure(self) -> bool:
        """Whether it stands at the right."""
        return self.width > 0


def name_of(check: Check) -> str:
    """The name of a check, as it can be shown."""
    return text.one_line(check.name, LONGEST) or "(no name)"


def group_of(check: Check) -> str:
    """Its group, as it can be shown."""
    return text.one_line(group_words(check.group), LONGEST)


def ratio_of(check: Check) -> str:
    """The share that passed; never 100 % if one failed, nor 0 % if one passed."""
    if check.fails and check.ratio > 0.999:
        return ">99.9 %"
    if check.passes and check.ratio < 0.001:
        return "<0.1 %"
    return words(check.ratio, "share")


COLUMNS = (
    Column("Check", "What the script checks", name_of, lambda check: name_of(check).casefold()),
    Column("Group", "The group of the script that it is in", group_of, lambda check: group_of(check).casefold()),
    Column("Failed", "How often it failed", lambda check: text.count(check.fails), lambda check: check.fails, 66),
    Column("Passed", "How often it passed", lambda check: text.count(check.passes), lambda check: check.passes, 72),
    Column("Ratio", "The share that passed", ratio_of, lambda check: check.ratio, 112),
)
CHECK, GROUP, FAILED, PASSED, RATIO = range(len(COLUMNS))
DESCENDING_FIRST = frozenset({FAILED, PASSED})


class ChecksModel(QAbstractTableModel):
    """Figures that change are told row by row; selection and current row stay with their checks."""

    sorted_by = Signal(int, bool)
    """The column and whether it descends."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.column = FAILED
        self.descending = True
        self._rows: list[Check] = []

    def show_checks(self, checks: Sequence[Check]) -> None:
        """Show these in place of those before."""
        rows = sorted(checks, key=key_of)
        rows.sort(key=COLUMNS[self.column].value, reverse=self.descending)
        before = self._rows
        if [key_of(row) for row in rows] == [key_of(row) for row in before]:
            self._rows = rows
            for at, (old, new) in enumerate(zip(before, rows, strict=True)):
                if old != new:
                    self.dataChanged.emit(self.index(at, 0), self.index(at, len(COLUMNS) - 1))
            return
        self.layoutAboutToBeChanged.emit()
        places = {key_of(row): at for at, row in enumerate(rows)}
        indexes = self.persistentIndexList()
        moved = [self._moved(index, places.get(key_of(before[index.row()]))) for index in indexes]
        self._rows = rows
        self.changePersistentIndexList(indexes, moved)
        self.layoutChanged.emit()

    def sort_by(self, column: int) -> None:
        """Sort by a column, or the other way round if it is the one already."""
        self.descending = not self.descending if column == self.column else column in DESCENDING_FIRST
        self.column = column
        self.show_checks(self._rows)
        self.sorted_by.emit(column, self.descending)

    def check(self, row: int) -> Check:
        """What stands in a row."""
        return self._rows[row]

    def checks(self) -> Sequence[Check]:
        """What is shown, in order."""
        return self._rows

    def _moved(self, index: QModelIndex, row: int | None) -> QModelIndex:
        return QModelIndex() if row is None else self.createIndex(row, index.column())

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = DISPLAY) -> object:
        if role not in {DISPLAY, TOOL_TIP, ACCESSIBLE, ALIGNMENT} or not 0 <= index.row() < len(self._rows):
            return None
        column, check = COLUMNS[index.column()], self._rows[index.row()]
        if role == ALIGNMENT:
            return _RIGHT if column.is_figure else _LEFT
        if role == TOOL_TIP:
            return text.tooltip(explained(check))
        return column.say(check) if role == DISPLAY else f"{column.title}: {column.say(check) or '–'}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == ALIGNMENT:
            return _RIGHT if column.is_figure else _LEFT
        if role == TOOL_TIP:
            return text.tooltip(column.hint)
        return column.title if role in {DISPLAY, ACCESSIBLE} else None


def key_of(check: Check) -> Key:
    """What tells a check from others."""
    return check.group, check.name


def explained(check: Check) -> str:
    """The tooltip of a check."""
    group = group_of(check)
    lines = [
        check.name[:2000],
        f"Group {group}" if group else "",
        f"{text.count(check.fails)} failed, {text.count(check.passes)} passed: {ratio_of(check)}",
    ]
    return "\n".join(filter(None, lines))
