"""The rows of a log that a filter lets through. Rows come at the end and go at the beginning."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject

from k6desk.data.folding import folded
from k6desk.data.run_log import Mark, Row, RunLog
from k6desk.ui import text
from k6desk.ui.detail import log_words
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, TOOL_TIP, Index


class LogModel(QAbstractTableModel):
    """One column; a delegate paints the whole row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log = RunLog()
        self._rows: list[Row] = []  # the log may have let go of what is still shown
        self._numbers = array("q")
        self._taken = 0
        self._words: tuple[str, ...] = ()
        self._least = 0

    @property
    def log(self) -> RunLog:
        """The log that is shown."""
        return self._log

    def show_log(self, log: RunLog) -> None:
        """Show another log, as far as it has come."""
        self._log = log
        self._fill()

    def filter(self, words: str, least: int) -> None:
        """Show the lines with all these words and at least this severity, and the marks unless there are words."""
        self._words = tuple(folded(words).split())
        self._least = least
        self._fill()

    def take_in(self) -> None:
        """The log has more rows, or has let some go."""
        if gone := bisect_left(self._numbers, self._log.first):
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self._numbers[:gone]
            del self._rows[:gone]
            self.endRemoveRows()
        if more := self._log.numbers(self._taken, self._words, self._least):
            self.beginInsertRows(QModelIndex(), len(self._numbers), len(self._numbers) + len(more) - 1)
            self._numbers += more
            self._rows += map(self._log.row, more)
            self.endInsertRows()
        self._taken = self._log.end

    def row(self, at: int) -> Row:
        """What stands in a row."""
        return self._rows[at]

    def rows(self, places: Iterable[int] | None = None) -> list[Row]:
        """What stands in these rows, or in all."""
        return list(self._rows) if places is None else [self._rows[at] for at in places]

    def number(self, at: int) -> int:
        """The number that a row has in the log, whatever is filtered."""
        return self._numbers[at]

    @property
    def end(self) -> int:
        """The number that the next row to come will have, whatever is filtered."""
        return self._taken

    def place_of(self, number: int) -> int:
        """Where the row with this number stands, or else the next one after it."""
        return bisect_left(self._numbers, number)

    def next_with(self, sought: str, at: int, by: int) -> int:
        """The next row after this one, or the one before, with a text, around the end; -1 if there is none."""
        hits = self._with(sought)
        here = self._numbers[at] if 0 <= at < len(self._numbers) else self._log.first - 1 if at < 0 else self._log.end
        start = bisect_right(hits, here) if by > 0 else bisect_left(hits, here) - 1
        return self.place_of(hits[start % len(hits)]) if hits else -1

    def found(self, sought: str, at: int) -> tuple[int, int]:
        """Which of the rows with a text this one is, counted from 1, or 0 for none of them; and how many there are."""
        hits = self._with(sought)
        here = self._numbers[at] if 0 <= at < len(self._numbers) else -1
        place = bisect_left(hits, here)
        return place + 1 if place < len(hits) and hits[place] == here else 0, len(hits)

    def _with(self, sought: str) -> array[int]:
        """The numbers of the rows that are shown and have a text."""
        hits = self._log.numbers(0, [*self._words, folded(sought)], self._least)
        return hits[: bisect_left(hits, self._taken)]

    def _fill(self) -> None:
        self.beginResetModel()
        self._numbers = self._log.numbers(0, self._words, self._least)
        self._rows = [self._log.row(number) for number in self._numbers]
        self._taken = self._log.end
        self.endResetModel()

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if not index.isValid():
            return None
        row = self.row(index.row())
        if role in {DISPLAY, ACCESSIBLE}:
            return log_words.spoken(row)
        if role == TOOL_TIP and not isinstance(row, Mark):
            return text.tooltip(log_words.exact(row.at_ns))
        return None
