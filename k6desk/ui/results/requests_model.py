"""The requests of a run as a table that is sorted and narrowed here. Rows are told apart by name, method and status."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from k6desk.core.metrics.requests import RequestRow
from k6desk.ui import text
from k6desk.ui.results.requests_columns import COLUMNS, DESCENDING_FIRST, FAILURES, explain, request
from k6desk.ui.roles import ACCESSIBLE, ALIGNMENT, DISPLAY, TOOL_TIP, Index
from k6desk.ui.runs.model import OF_ROWS, ROWS_MOVE

Key = tuple[str, str, str]

_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class RequestsModel(QAbstractTableModel):
    """Figures that change are told row by row; selection and current row stay with their requests."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.column = FAILURES  # what failed first, and of that and of the rest what is slowest
        self.descending = True
        self.words = ""
        self.all: Sequence[RequestRow] = ()
        self._rows: list[RequestRow] = []

    def show_rows(self, rows: Sequence[RequestRow], *, hold: bool = False) -> None:
        """Show these rows; with `hold` those that are shown already stay where they are, and others follow."""
        self.all = rows
        self._arrange(hold=hold)

    def sort_by(self, column: int) -> None:
        """Sort by a column, or the other way round if it is the one already."""
        self.descending = not self.descending if column == self.column else column in DESCENDING_FIRST
        self.column = column
        self._arrange()

    def narrow(self, words: str) -> None:
        """Show only the rows in which all of these words are."""
        self.words = words
        self._arrange()

    def row(self, number: int) -> RequestRow:
        """What stands in a row."""
        return self._rows[number]

    def rows(self) -> Sequence[RequestRow]:
        """What is shown, in order."""
        return self._rows

    def row_of(self, key: Key) -> int | None:
        """Where a request stands; None if it is not shown."""
        return next((at for at, row in enumerate(self._rows) if row.key == key), None)

    def _arrange(self, *, hold: bool = False) -> None:
        rows = self._narrowed()
        rows = self._held(rows) if hold else self._sorted(rows)
        before = self._rows
        if [row.key for row in rows] == [row.key for row in before]:
            self._rows = rows
            self._tell([at for at, (old, new) in enumerate(zip(before, rows, strict=True)) if old != new])
            return
        self.layoutAboutToBeChanged[OF_ROWS].emit([], ROWS_MOVE)  # type: ignore[index]
        places = {row.key: at for at, row in enumerate(rows)}
        indexes = self.persistentIndexList()
        moved = [self._moved(index, places.get(before[index.row()].key)) for index in indexes]
        self._rows = rows
        self.changePersistentIndexList(indexes, moved)
        self.layoutChanged[OF_ROWS].emit([], ROWS_MOVE)  # type: ignore[index]

    def _tell(self, changed: Sequence[int]) -> None:
        """Tell of the rows that are different, neighbours together: a view takes its time for each telling."""
        last = len(COLUMNS) - 1
        for _, pairs in groupby(enumerate(changed), lambda pair: pair[1] - pair[0]):
            rows = [row for _, row in pairs]
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], last))

    def _narrowed(self) -> list[RequestRow]:
        wanted = self.words.casefold().split()
        if not wanted:
            return list(self.all)
        return [row for row in self.all if all(word in _sought(row) for word in wanted)]

    def _sorted(self, rows: list[RequestRow]) -> list[RequestRow]:
        value = COLUMNS[self.column].value
        known = [row for row in rows if value(row) is not None]
        unknown = [row for row in rows if value(row) is None]
        known.sort(key=lambda row: (-(row.p95 or 0.0), row.key))
        known.sort(key=value, reverse=self.descending)  # type: ignore[arg-type]  # all are known, and of one type
        return known + unknown

    def _held(self, rows: list[RequestRow]) -> list[RequestRow]:
        places = {row.key: at for at, row in enumerate(self._rows)}
        return sorted(self._sorted(rows), key=lambda row: places.get(row.key, len(places)))

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
        column = COLUMNS[index.column()]
        if role == ALIGNMENT:
            return _RIGHT if column.is_figure else _LEFT
        row = self._rows[index.row()]
        if role == TOOL_TIP:
            return text.tooltip(explain(row, index.column()))
        said = column.say(row)
        return said if role == DISPLAY else f"{column.title}: {said or '–'}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == ALIGNMENT:
            return _RIGHT if column.is_figure else _LEFT
        if role == TOOL_TIP:
            return text.tooltip(column.hint)
        return column.title if role in {DISPLAY, ACCESSIBLE} else None


def _sought(row: RequestRow) -> str:
    return f"{request(row)} {row.method} {row.status}".casefold()
