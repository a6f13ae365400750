"""The view of the checks: columns that fit the room, and a bar for the share that passed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from k6desk.core.metrics.checks import Check
from k6desk.ui import theme
from k6desk.ui.lines import Lines
from k6desk.ui.results.checks_model import CHECK, COLUMNS, FAILED, GROUP, RATIO, ChecksModel, explained, group_of
from k6desk.ui.results.sorted_table import SortingHeader, dress
from k6desk.ui.roles import Index

WITH_GROUPS_FROM = 560
SHAPE = 14
BAR = 34, 6
_FOCUS = 3


class ChecksDelegate(QStyledItemDelegate):
    """Paints the cells of a `ChecksModel`; where the column of groups is hidden, the group follows the name."""

    def __init__(self, model: ChecksModel, view: QTableView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        self._lines = Lines(theme.font("body"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option  # PySide6's type stubs lack the members of QStyleOption
        check, column = self._model.check(index.row()), index.column()
        rect: QRect = styled.rect
        painter.save()
        if styled.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("selection", styled.palette))
        if column == CHECK and self._view.hasFocus() and index.row() == self._view.currentIndex().row():
            painter.fillRect(rect.x(), rect.y(), _FOCUS, rect.height(), theme.colour("accent", styled.palette))
        inside = rect.adjusted(theme.WIDE if column == CHECK else theme.GAP, 0, -theme.GAP, 0)
        role = "text"
        if column == FAILED:
            role = "warning" if check.fails else "muted"
        elif column == GROUP:
            role = "muted"
        painter.setPen(theme.colour(role, styled.palette))
        if column == CHECK:
            self._paint_check(painter, inside, check, styled)
        else:
            self._lines.paint(painter, inside, COLUMNS[column].say(check), right=COLUMNS[column].is_figure)
        if column == RATIO:
            paint_ratio(painter, QRectF(inside.x(), inside.center().y() - BAR[1] / 2 + 1, *BAR), check, styled)
        painter.restore()

    def _paint_check(self, painter: QPainter, rect: QRect, check: Check, styled: Any) -> None:
        shape = QRectF(rect.x(), rect.y() + (rect.height() - SHAPE) / 2, SHAPE, SHAPE)
        theme.paint_state(painter, shape, "error" if check.fails else "passed", palette=styled.palette)
        room = rect.adjusted(SHAPE + theme.GAP, 0, 0, 0)
        used = self._lines.paint(painter, room, COLUMNS[CHECK].say(check)) + theme.GAP
        if self._view.isColumnHidden(GROUP) and room.width() - used > 4 * theme.GAP:
            painter.setPen(theme.colour("muted", styled.palette))
            self._lines.paint(painter, room.adjusted(used, 0, 0, 0), group_of(check))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(COLUMNS[index.column()].width, theme.ROW)


def paint_ratio(painter: QPainter, rect: QRectF, check: Check, styled: Any) -> None:
    """A bar of what passed, and hatched the share that failed."""
    painter.setPen(Qt.PenStyle.NoPen)
    passed = QRectF(rect)
    passed.setWidth(rect.width() * check.ratio)
    if check.fails:  # what failed is seen, however little it was
        passed.setWidth(min(passed.width(), rect.width() - 3))
    warning = theme.colour("warning", styled.palette)
    painter.fillRect(rect, theme.blend(warning, theme.colour("surface", styled.palette), 0.35))
    painter.fillRect(rect, QBrush(warning, Qt.BrushStyle.BDiagPattern))
    painter.fillRect(passed, theme.colour("surface", styled.palette))
    painter.fillRect(passed, theme.colour("passed", styled.palette))


class ChecksHeader(SortingHeader):
    """Columns that fit themselves to the window; a click sorts."""

    def __init__(self, model: ChecksModel, parent: QWidget | None = None) -> None:
        super().__init__(model, COLUMNS, theme.GAP, parent)

    def fit(self, width: int, *, with_groups: bool) -> None:
        """Share `width` pixels among the columns."""
        room = width - sum(column.width for column in COLUMNS)
        shows_group = with_groups and width >= WITH_GROUPS_FROM
        for at, column in enumerate(COLUMNS):
            if column.width:
                self.resizeSection(at, column.width)
        self.setSectionHidden(GROUP, not shows_group)
        self.resizeSection(GROUP, room * 2 // 5)
        self.resizeSection(CHECK, max(80, room - (room * 2 // 5 if shows_group else 0)))


class ChecksTable(QTableView):
    """Its signals speak of checks, never of rows."""

    current_changed = Signal(object)  # Check | None
    chosen = Signal(object)  # Check: by a double click or Return
    left = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__()
        self.model_ = ChecksModel(self)
        self.columns = ChecksHeader(self.model_, self)
        self._has_groups = True
        self.setHorizontalHeader(self.columns)
        self.setModel(self.model_)
        self.setItemDelegate(ChecksDelegate(self.model_, self))
        dress(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("Checks")
        self.doubleClicked.connect(self._choose)

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Show these in place of those before."""
        self.model_.show_checks(checks)
        has_groups = any(check.group for check in checks)
        if has_groups != self._has_groups:
            self._has_groups = has_groups
            self.columns.fit(self.viewport().width(), with_groups=has_groups)

    @property
    def current(self) -> Check | None:
        """The check that the user went to."""
        index = self.currentIndex()
        return self.model_.check(index.row()) if index.isValid() else None

    def _choose(self) -> None:
        if self.current:
            self.chosen.emit(self.current)

    # Qt

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(explained(self.current) if self.current else "")
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._choose()
        elif event.key() == Qt.Key.Key_Escape and self.current:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fit(self.viewport().width(), with_groups=self._has_groups)
