"""The runs that a query finds, as a table: an array of ids in order, and the rows that are looked at."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QElapsedTimer,
    QModelIndex,
    QObject,
    Qt,
    QTimer,
)

from k6desk.api.models import Run
from k6desk.core.delta import Delta
from k6desk.core.store import Store
from k6desk.data.query import Query
from k6desk.ui import text, theme
from k6desk.ui.roles import ACCESSIBLE, ALIGNMENT, DECORATION, DISPLAY, TOOL_TIP, USER, Index
from k6desk.ui.runs.columns import COLUMNS, STAR, STATUS, failed_checks, is_baseline

BLOCK = 64
KEPT_ROWS = 1024
ORDER_PAUSE_MS = 250
"""The order is worked out again at most this often while runs stream in."""

OF_ROWS = "QList<QPersistentModelIndex>,QAbstractItemModel::LayoutChangeHint"
ROWS_MOVE = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
"""Only the rows change their places: the header of the columns has nothing to lay out anew."""

ID_ROLE = USER
_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_HORIZONTAL = Qt.Orientation.Horizontal


class RunsModel(QAbstractTableModel):
    """One query's runs.

    Rows are read from the store in blocks when they are asked for. A change of rows that were read is told row by row;
    a change of the order is a change of layout, so that selection and current row stay with their runs.
    """

    def __init__(self, store: Store, query: Query, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.query = query
        self._ids: array[int] = store.select(query)
        self._rows: dict[int, Run | None] = {}
        self._order_due = QTimer(self, singleShot=True)
        self._since_order = QElapsedTimer()
        self._since_order.start()
        self._order_due.timeout.connect(self._refresh_order)
        store.changed.connect(self._take_in)
        store.indexed.connect(self._refresh_order)

    def show(self, query: Query) -> None:
        """Show what another query finds; runs that both find keep their selection."""
        self.query = query
        self._refresh_order()

    def catch_up(self) -> None:
        """Have the order that the store has now, without the pause."""
        self._order_due.stop()
        self._refresh_order()

    def is_settled(self) -> bool:
        """Whether the order is the one that the store has now."""
        return not self._order_due.isActive()

    def run(self, row: int) -> Run | None:
        """The run of a row, with its neighbours read ahead; None if the store has lost it meanwhile."""
        if row not in self._rows:
            self._read_block(row - row % BLOCK)
        return self._rows[row]

    def id(self, row: int) -> int:
        """The id of a row's run; it needs no reading."""
        return self._ids[row]

    def ids(self, first: int, end: int) -> list[int]:
        """The ids of the rows from the first to the one before the end."""
        return self._ids[first:end].tolist()

    def row(self, run_id: int) -> int | None:
        """The row of a run, None if the query does not find it."""
        try:
            return self._ids.index(run_id)
        except ValueError:
            return None

    def rows(self, ids: set[int]) -> list[int]:
        """The rows of these runs, ascending; one pass, whatever their number."""
        return [row for row, run_id in enumerate(self._ids) if run_id in ids] if ids else []

    def _read_block(self, first: int) -> None:
        while len(self._rows) >= KEPT_ROWS:
            del self._rows[next(iter(self._rows))]
        ids = self._ids[first : first + BLOCK].tolist()
        found = self.store.runs(ids)
        self._rows.update((first + offset, found.get(run_id)) for offset, run_id in enumerate(ids))

    def _take_in(self, delta: Delta) -> None:
        if delta.catalogue:
            self._rows.clear()
            self._tell_changed(0, len(self._ids) - 1)
        else:
            touched = delta.changed | delta.details
            for row in [row for row in self._rows if self._ids[row] in touched]:
                del self._rows[row]
                self._tell_changed(row, row)
        if (delta.added or delta.changed or delta.removed or delta.catalogue) and not self._order_due.isActive():
            self._order_due.start(max(0, ORDER_PAUSE_MS - self._since_order.elapsed()))

    def _tell_changed(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _refresh_order(self) -> None:
        ids = self.store.select(self.query)
        if ids != self._ids:
            self.layoutAboutToBeChanged[OF_ROWS].emit([], ROWS_MOVE)  # type: ignore[index]
            before = self.persistentIndexList()
            kept = _rows_of({self._ids[index.row()] for index in before}, ids)
            after = [self._moved(index, kept, ids) for index in before]
            self._ids = ids
            self._rows.clear()
            self.changePersistentIndexList(before, after)
            self.layoutChanged[OF_ROWS].emit([], ROWS_MOVE)  # type: ignore[index]
        self._since_order.restart()

    def _moved(self, index: QModelIndex, kept: dict[int, int], ids: array[int]) -> QModelIndex:
        row = kept.get(self._ids[index.row()])
        return QModelIndex() if row is None else self.createIndex(row, index.column())

    def _marks(self, run: Run) -> str:
        baseline = ", baseline" if is_baseline(run, self.store) else ""
        kept = ", kept on this computer" if self.store.kept(run.id) else ""
        fails = failed_checks(run, self.store)
        return (f", {text.count(fails, 'check')} failed" if fails else "") + baseline + kept

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = DISPLAY) -> object:
        if role == ID_ROLE:
            return self._ids[index.row()]
        if role not in {DISPLAY, TOOL_TIP, ACCESSIBLE, ALIGNMENT}:
            return None
        column = COLUMNS[index.column()]
        if role == ALIGNMENT:
            return _RIGHT if column.is_figure else _LEFT
        run = self.run(index.row())
        if run is None:
            return None
        now = datetime.now(UTC)
        if role == TOOL_TIP:
            return text.tooltip(column.explain(run, self.store, now))
        said = column.say(run, self.store, now)
        if role == DISPLAY:
            return said
        return f"{column.title}: {said or '–'}{self._marks(run) if index.column() == STATUS else ''}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> object:
        if orientation != _HORIZONTAL:
            return None
        column = COLUMNS[section]
        if role == DISPLAY:
            return "" if section == STAR else column.title
        if role == DECORATION and section == STAR:
            return theme.icon("star", "muted")
        if role == ALIGNMENT:
            return _RIGHT if column.is_figure else _LEFT
        return column.title if role in {TOOL_TIP, ACCESSIBLE} else None


def _rows_of(ids: set[int], order: array[int]) -> dict[int, int]:
    """Where these ids are in the order; one pass over it, whatever their number."""
    return {run_id: row for row, run_id in enumerate(order) if run_id in ids} if ids else {}
