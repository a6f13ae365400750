"""The difference of two texts for a list view: rows below each other or side by side, of which folds can be opened."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject

from k6desk.core.scripts.comparison import Comparison
from k6desk.ui.diff_rows import Cell, Row, Rows, cell, copied, fold_words, how_often, is_change, same_rows, spoken
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, USER, Index

MOST_OPENED = 5_000
"""Lines that a fold gives at once."""
NOWHERE = QModelIndex()
ROW = USER


class DiffModel(QAbstractListModel):
    """Rows of a difference; `unfold` puts lines in the place of a fold."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = Rows(Comparison(), [], [], "")
        self._rows: list[Row] = []
        self._is_split = False

    def show_rows(self, rows: Rows, *, side_by_side: bool = False) -> None:
        """Show two texts that were compared."""
        self.beginResetModel()
        self._source = rows
        self._is_split = side_by_side
        self._rows = list(rows.split if side_by_side else rows.unified)
        self.endResetModel()

    def lay_out(self, *, side_by_side: bool) -> None:
        """Show the same side by side, or below each other; folds close."""
        if side_by_side != self._is_split:
            self.show_rows(self._source, side_by_side=side_by_side)

    @property
    def comparison(self) -> Comparison:
        """What is shown."""
        return self._source.comparison

    @property
    def is_split(self) -> bool:
        """Whether the texts are side by side."""
        return self._is_split

    def row(self, at: int) -> Row:
        """One row."""
        return self._rows[at]

    def cell(self, at: int, *, is_new: bool) -> Cell | None:
        """One side of a row, None where that has no line."""
        return cell(self.comparison, self._rows[at], is_new=is_new, is_split=self._is_split)

    def unfold(self, at: int) -> None:
        """Show the lines under a fold; of very many the first, and a fold over the others."""
        fold = self._rows[at]
        opened = min(fold.folded, MOST_OPENED)
        lines = same_rows(fold.old, fold.new, opened)
        if rest := fold.folded - opened:
            lines.append(Row(fold.old + opened, fold.new + opened, rest))
        self.beginRemoveRows(NOWHERE, at, at)
        del self._rows[at]
        self.endRemoveRows()
        self.beginInsertRows(NOWHERE, at, at + len(lines) - 1)
        self._rows[at:at] = lines
        self.endInsertRows()

    def next_change(self, at: int, by: int) -> int:
        """The row where the next change begins, or with -1 the one before; from the last to the first. -1 for none."""
        return next((row for row in self._around(at, by) if self._begins(row)), -1)

    def next_with(self, words: str, at: int, by: int) -> int:
        """The same for the next row that has these words, or a fold over a line that has; upper case is as lower."""
        sought = words.lower()
        return next((row for row in self._around(at, by) if how_often(self.comparison, self._rows[row], sought)), -1)

    def found(self, words: str, at: int) -> tuple[int, int]:
        """Which of the rows with these words this one is, counted from 1, or 0 for none; and how many there are.

        A fold counts as often as it hides such a line.
        """
        counts = [how_often(self.comparison, row, words.lower()) for row in self._rows]
        is_one = 0 <= at < len(counts) and counts[at] and not self._rows[at].folded
        return sum(counts[: at + 1]) if is_one else 0, sum(counts)

    def _around(self, at: int, by: int) -> Iterable[int]:
        """Every row, from the one after, or before, to the same again."""
        count, at = len(self._rows), max(at, -1)
        if by > 0:
            return chain(range(at + 1, count), range(at + 1))
        return chain(range(at - 1, -1, -1), range(count - 1, max(at, 0) - 1, -1))

    def _begins(self, at: int) -> bool:
        """Whether a change begins in a row."""
        changed = is_change(self.comparison, self._rows[at])
        return changed and not (at and is_change(self.comparison, self._rows[at - 1]))

    def row_of(self, number: int, *, is_new: bool) -> int:
        """Where a line stands, or the fold over it; -1 if there is no such line."""
        for at, row in enumerate(self._rows):
            first = row.new if is_new else row.old
            if first and first <= number < first + max(1, row.folded):
                return at
        return -1

    def text_of(self, rows: list[int]) -> str:
        """Rows as text to copy."""
        return copied(self.comparison, [self._rows[at] for at in rows])

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == DISPLAY:
            if row.folded:
                return fold_words(row)
            sides = (self.cell(index.row(), is_new=is_new) for is_new in (False, True))
            said = [f"{side.sign} {side.words}" if side else "" for side in sides]
            return "\t".join(said) if self._is_split else said[1] or said[0]
        return spoken(self.comparison, row) if role == ACCESSIBLE else None
