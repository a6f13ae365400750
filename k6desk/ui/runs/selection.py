"""Which runs are selected, by id: whatever becomes of the order, the same runs stay selected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QObject, QSignalBlocker, Signal

from k6desk.ui.runs.model import RunsModel

Flag = QItemSelectionModel.SelectionFlag


class RunSelection(QItemSelectionModel):
    """The selection of the table of runs.

    Qt would keep an index of its own for each selected row through every change of the order, which takes a second for
    100,000. Here the ids are kept, and Qt is told the rows anew; runs that a filter hides are selected again after it.
    """

    kept = Signal()
    """The order has changed, and with it perhaps which of the selected runs are shown."""

    def __init__(self, runs: RunsModel, parent: QObject) -> None:
        super().__init__()
        self.setParent(parent)
        self._runs = runs
        self._ids: set[int] | None = set()  # None = the user has changed them since
        self.selectionChanged.connect(self._forget)
        runs.layoutAboutToBeChanged.connect(self._put_aside)
        self.setModel(runs)  # its own answers to the changes come between ours
        runs.layoutChanged.connect(self._take_up)

    def ids(self) -> list[int]:
        """The selected runs that are shown, in the order of the table."""
        return [run_id for first, end in self._pieces() for run_id in self._runs.ids(first, end)]

    def count(self) -> int:
        """How many runs that are shown are selected."""
        return sum(end - first for first, end in self._pieces())

    def forget_hidden(self) -> None:
        """What is not shown is not selected any more."""
        self._ids = None

    def _pieces(self) -> list[tuple[int, int]]:
        """First row and the one after the last of what is selected, without holes."""
        return sorted((piece.top(), piece.bottom() + 1) for piece in self.selection().toList())

    def _forget(self) -> None:
        self._ids = None

    def _put_aside(self) -> None:
        if self._ids is None:
            self._ids = set(self.ids())
        with QSignalBlocker(self):
            self.clearSelection()

    def _take_up(self) -> None:
        if self._ids:
            last = self._runs.columnCount() - 1
            rows = QItemSelection()
            for first, end in _pieces_of(self._runs.rows(self._ids)):
                top, bottom = self._runs.index(first, 0), self._runs.index(end - 1, last)
                rows.append(QItemSelectionRange(top, bottom))
            with QSignalBlocker(self):
                self.select(rows, Flag.ClearAndSelect)
        self.kept.emit()


def _pieces_of(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Ascending rows as pieces without holes: the first row and the one after the last."""
    first = end = -1
    for row in rows:
        if row != end:
            if end > first:
                yield first, end
            first = row
        end = row + 1
    if end > first:
        yield first, end
