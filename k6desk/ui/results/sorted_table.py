"""What the tables of the results share: how their rows look, and a header that sorts and shows by what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from k6desk.ui import theme

ARROW = 14


class Sorted(Protocol):
    """A model that sorts its own rows."""

    column: int
    descending: bool

    def sort_by(self, column: int) -> None:
        """Sort by a column, or the other way round if it is the one already."""


class Titled(Protocol):
    """A column as far as its header paints it."""

    @property
    def title(self) -> str:
        """What stands in the header."""

    @property
    def is_figure(self) -> bool:
        """Whether it stands at the right."""


class SortingHeader(QHeaderView):
    """Columns of a fixed width; a click sorts. The first section begins `indent` pixels further right."""

    def __init__(self, model: Sorted, columns: Sequence[Titled], indent: int, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._model = model
        self._columns = columns
        self._indent = indent
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(1)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSortIndicatorShown(False)
        self.sectionClicked.connect(self._sort)

    def _sort(self, column: int) -> None:
        self._model.sort_by(column)
        self.viewport().update()

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        if index == 0:  # it begins where the words above the table do
            painter.fillRect(QRect(rect.x(), rect.bottom(), self._indent, 1), theme.colour("line", self.palette()))
            rect = rect.adjusted(self._indent, 0, 0, 0)
        super().paintSection(painter, rect, index)
        if index != self._model.column:
            return
        # A header with a stylesheet draws no arrow of its own.
        column = self._columns[index]
        beside = self.fontMetrics().horizontalAdvance(column.title) + theme.GAP + theme.UNIT
        left = rect.right() - beside - ARROW if column.is_figure else rect.left() + beside
        name = "chevron-down" if self._model.descending else "chevron-up"
        theme.icon(name, "accent").paint(painter, QRect(left, rect.center().y() - ARROW // 2, ARROW, ARROW))


def dress(table: QTableView) -> None:
    """Whole rows of one height are selected, nothing is edited, and Tab leaves the table."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setCornerButtonEnabled(False)
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(rows.ResizeMode.Fixed)
    rows.setMinimumSectionSize(theme.ROW)
    rows.setDefaultSectionSize(theme.ROW)
