"""Tables of which every cell has a figure, and below it in small what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from k6desk.ui import text, theme
from k6desk.ui.charts.line_colours import line_colour
from k6desk.ui.roles import ACCESSIBLE, ALIGNMENT, DECORATION, DISPLAY, TOOL_TIP, USER, Index

CELL = USER
HEIGHT = 40
NARROWEST, WIDEST = 122, 240
SWATCH = 8
NOWHERE = QModelIndex()
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_WRAPS = int(Qt.TextFlag.TextWordWrap)


class Cell(NamedTuple):
    """What a cell says, `more` below it in the colour of `role`, and the whole of it in the tooltip, which may be made
    when it is asked for.
    """

    words: str
    more: str = ""
    role: str = "muted"
    hint: str | Callable[[], str] = ""
    line: int | None = None
    """The role of the line whose colour stands before a title."""

    @property
    def whole(self) -> str:
        """What the tooltip says."""
        hint = self.hint() if callable(self.hint) else self.hint
        return hint or "\n".join(filter(None, (self.words, self.more)))


NOTHING = Cell("")


class CellsModel(QAbstractTableModel):
    """Rows of cells under titles; the first column names the row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles: list[Cell] = []
        self._rows: list[list[Cell]] = []

    def show_cells(self, titles: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> None:
        """Show these; where there are as many as before, what is chosen stays so."""
        titles, cells = list(titles), [list(row) for row in rows]
        if (len(titles), len(cells)) != (len(self._titles), len(self._rows)):
            self.beginResetModel()
            self._titles, self._rows = titles, cells
            self.endResetModel()
            return
        self._titles, self._rows = titles, cells
        if titles:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(titles) - 1)
        if titles and cells:
            self.dataChanged.emit(self.index(0, 0), self.index(len(cells) - 1, len(titles) - 1))

    def cell(self, index: Index) -> Cell:
        """What a cell has; nothing where there is none."""
        row = self._rows[index.row()] if 0 <= index.row() < len(self._rows) else []
        return row[index.column()] if 0 <= index.column() < len(row) else NOTHING

    def alignment(self, column: int) -> int:
        """What belongs to a run begins at its left, other figures end at their right."""
        is_of_run = 0 < column < len(self._titles) and self._titles[column].line is not None
        return _LEFT if not column or is_of_run else _RIGHT

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._titles):
            return None
        title = self._titles[section]
        if role == DISPLAY:
            return title.words
        if role == TOOL_TIP:
            return text.tooltip(title.whole)
        if role == DECORATION and title.line is not None:
            swatch = QPixmap(SWATCH, SWATCH)
            swatch.fill(line_colour(title.line, QGuiApplication.palette()))
            return swatch
        return self.alignment(section) if role == ALIGNMENT else None

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if not index.isValid():
            return None
        cell = self.cell(index)
        if role == CELL:
            return cell
        if role == DISPLAY:
            return cell.words
        if role == ACCESSIBLE:
            return ", ".join(filter(None, (cell.words, cell.more)))
        if role == TOOL_TIP:
            return text.tooltip(cell.whole)
        return self.alignment(index.column()) if role == ALIGNMENT else None


class CellsTable(QTableView):
    """The first column has what room the others leave, up to `widest_name`; Ctrl+C copies the table."""

    def __init__(self, name: str, widest_name: int = 10_000, widest: int = WIDEST) -> None:
        super().__init__()
        self._widest_name, self._widest = widest_name, widest
        self.cells = CellsModel(self)
        self.setModel(self.cells)
        self.setAccessibleName(name)
        self.setItemDelegate(_CellDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(HEIGHT)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(40)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.cells.modelReset.connect(self._share_width)

    def show_cells(self, titles: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> None:
        """Show these rows under these titles."""
        self.cells.show_cells(titles, rows)

    def as_text(self) -> str:
        """The whole table, with tabs between the cells."""
        model, columns = self.cells, range(self.cells.columnCount())
        rows = [[model.headerData(at, Qt.Orientation.Horizontal) for at in columns]]
        rows += [[model.data(model.index(row, at), ACCESSIBLE) for at in columns] for row in range(model.rowCount())]
        return "\n".join("\t".join(map(str, row)) for row in rows)

    def _share_width(self) -> None:
        others, room = self.cells.columnCount() - 1, self.viewport().width()
        if others < 0:
            return
        width = max(NARROWEST, min(self._widest, int(room * 0.74) // max(1, others)))
        name = max(NARROWEST + theme.WIDE, room - others * width)
        for column in range(1, others + 1):
            self.setColumnWidth(column, width)
        self.setColumnWidth(0, min(name, self._widest_name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QApplication.clipboard().setText(self.as_text())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()


class _CellDelegate(QStyledItemDelegate):
    """Two lines, or one in the middle, which breaks in a title.

    Of the lower one, what comes after a comma goes where there is no room.
    """

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option  # PySide6's type stubs lack the members of QStyleOption
        cell: Cell = index.data(CELL) or NOTHING
        style = styled.widget.style() if styled.widget else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, styled, painter, styled.widget)
        painter.save()
        place = styled.rect.adjusted(theme.GAP, 3, -theme.GAP, -3)
        flags: int = index.data(ALIGNMENT) or _LEFT
        upper = place if not cell.more else QRect(place.left(), place.top(), place.width(), place.height() // 2 + 1)
        if not cell.more and not index.column():
            painter.setFont(theme.font("body"))
            painter.setPen(theme.colour("text"))
            painter.drawText(place, flags | _WRAPS, cell.words)
        else:
            is_long = bool(cell.hint) and not index.column()
            self._write(painter, upper, cell.words, "text", "body", flags, is_long=is_long)
        if cell.more:
            lower = QRect(place.left(), upper.bottom(), place.width(), place.bottom() - upper.bottom() + 1)
            self._write(painter, lower, cell.more, cell.role, "caption", flags)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(NARROWEST, HEIGHT)

    def _write(
        self, painter: QPainter, place: QRect, words: str, role: str, kind: Any, flags: int, *, is_long: bool = False
    ) -> None:
        font = theme.font(kind)
        painter.setFont(font)
        painter.setPen(theme.colour(role))
        metrics = QFontMetrics(font)
        while kind == "caption" and ", " in words and metrics.horizontalAdvance(words) > place.width():
            words = words.rpartition(", ")[0]
        elide = Qt.TextElideMode.ElideMiddle if is_long else Qt.TextElideMode.ElideRight
        painter.drawText(place, flags, metrics.elidedText(words, elide, place.width()))
