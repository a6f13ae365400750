"""What a search found as the rows of one list: tests, files, lines. A row is made when it is asked for."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from k6desk.core.scripts.script_finder import Finding, FoundFile, FoundTest
from k6desk.data.text_lines import Line
from k6desk.ui import text
from k6desk.ui.library.result_words import file_name, used_by
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, TOOL_TIP, USER, Index

ROW = USER + 1


class Row(NamedTuple):
    """A row: of a test, of a file in it, or of a line in that."""

    test: FoundTest
    file: FoundFile | None = None
    line: Line | None = None

    @property
    def key(self) -> tuple[str, str, int] | None:
        """What a row of a line opens: digest, member, number of the line."""
        return (self.file.digest, self.file.member, self.line.number) if self.file and self.line else None


class _Block(NamedTuple):
    """A file's row and those of its lines, after that of its test if it is the test's first."""

    test: FoundTest
    file: FoundFile
    is_first: bool


class ResultsModel(QAbstractListModel):
    """Only lines can be chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._blocks: list[_Block] = []
        self._starts: list[int] = []
        self._size = 0

    def show_finding(self, finding: Finding) -> None:
        """Show these in place of those before."""
        self.beginResetModel()
        self._blocks = [
            _Block(test, file, is_first=number == 0) for test in finding.tests for number, file in enumerate(test.files)
        ]
        self._starts = []
        self._size = 0
        for block in self._blocks:
            self._starts.append(self._size)
            self._size += len(block.file.lines) + 1 + block.is_first
        self.endResetModel()

    def row(self, number: int) -> Row:
        """What stands in a row."""
        at = bisect_right(self._starts, number) - 1
        test, file, is_first = self._blocks[at]
        inside = number - self._starts[at] - is_first
        if inside < 0:
            return Row(test)
        return Row(test, file, file.lines[inside - 1] if inside else None)

    def row_of(self, key: tuple[str, str, int]) -> int | None:
        """Where a line stands."""
        digest, member, line = key
        for (_, file, is_first), start in zip(self._blocks, self._starts, strict=True):
            if (file.digest, file.member) == (digest, member):
                numbers = [one.number for one in file.lines]
                return start + is_first + 1 + numbers.index(line) if line in numbers else None
        return None

    def next_line(self, number: int, step: int) -> int | None:
        """The row of the line after or before a row, around the end; None if there are none."""
        for _ in range(3 if self._size else 0):  # a line is never more than two rows away
            number = (number + step) % self._size
            if self.row(number).line:
                return number
        return None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else self._size

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag
        return flags.ItemIsEnabled | flags.ItemIsSelectable if self.row(index.row()).line else flags.NoItemFlags

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        row = self.row(index.row())
        if role == ROW:
            return row
        if role in {DISPLAY, ACCESSIBLE}:
            return _said(row)
        if role == TOOL_TIP and row.file and not row.line:
            return text.tooltip(f"{file_name(row.file)[0]}\n{used_by(row.file, datetime.now(UTC))}")
        return None


def _said(row: Row) -> str:
    if row.line:
        return f"Line {row.line.number}: {text.one_line(row.line.text)}"
    if row.file:
        return f"{file_name(row.file)[0]}, {used_by(row.file, datetime.now(UTC))}"
    return text.one_line(row.test.name) or "A test that is not known"
