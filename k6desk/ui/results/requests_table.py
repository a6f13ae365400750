"""The view of the requests: figures may change at any moment, and what is being looked at stays where it is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from k6desk.core.metrics.requests import RequestRow
from k6desk.ui import theme
from k6desk.ui.results.requests_columns import COLUMNS, INDENT, NARROWEST_NAME, REQUEST
from k6desk.ui.results.requests_delegate import RequestDelegate
from k6desk.ui.results.requests_model import Key, RequestsModel
from k6desk.ui.results.sorted_table import SortingHeader, dress
from k6desk.ui.roles import Index

WIDEST_FIGURE = 120


class RequestsHeader(SortingHeader):
    """Columns that fit themselves to the window; a click sorts."""

    def __init__(self, model: RequestsModel, parent: QWidget | None = None) -> None:
        super().__init__(model, COLUMNS, INDENT, parent)
        self._rows = model

    def fit(self, width: int) -> None:
        """Share `width` pixels among the columns, the least important ones left out when they do not fit."""
        widths = [column.width(self._rows.all) for column in COLUMNS]
        shown = {at for at, column in enumerate(COLUMNS) if not column.rank}
        room = width - NARROWEST_NAME - sum(widths[at] for at in shown - {REQUEST})
        for at in sorted(set(range(len(COLUMNS))) - shown, key=lambda at: COLUMNS[at].rank):
            room -= widths[at]
            if room >= 0:
                shown.add(at)
        more = max(0, room) // (4 * len(shown))  # names need it most
        left = width
        for at, column in enumerate(COLUMNS):
            self.setSectionHidden(at, at not in shown)
            if at in shown and at != REQUEST:
                widest = max(widths[at], WIDEST_FIGURE) if column.is_figure else widths[at]
                self.resizeSection(at, min(widths[at] + more, widest))
                left -= self.sectionSize(at)
        self.resizeSection(REQUEST, max(40, left))


class RequestTable(QTableView):
    """Its signals and methods speak of requests, never of rows."""

    chosen = Signal(object)  # RequestRow: by a click or Return
    menu_requested = Signal(QPoint)
    copy_wanted = Signal()
    typed = Signal(str)
    """Characters typed over the table: they are meant for the filter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.requests = RequestsModel(self)
        self.columns = RequestsHeader(self.requests, self)
        self._delegate = RequestDelegate(self.requests, self)
        self._anchor: tuple[Key, int] | None = None  # a request and the y of its top
        self._pressed: Key | None = None
        self.setHorizontalHeader(self.columns)
        self.setModel(self.requests)
        self.setItemDelegate(self._delegate)
        dress(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setMouseTracking(True)
        self.setAccessibleName("Requests")
        self.requests.layoutAboutToBeChanged.connect(self._hold)
        self.requests.layoutChanged.connect(self._settle)

    def fit(self) -> None:
        """Make room for the figures as they are now."""
        self.columns.fit(self.viewport().width())

    def is_pointed_at(self) -> bool:
        """Whether the pointer is over the rows, so that none may move away below it."""
        return self.viewport().underMouse()

    def selected(self) -> list[RequestRow]:
        """The selected requests, in the order of the table."""
        return [self.requests.row(at) for at in sorted({each.row() for each in self.selectedIndexes()})]

    def go_to(self, key: Key) -> None:
        """Make a request the current and only selected one."""
        row = self.requests.row_of(key)
        if row is not None:
            self.setCurrentIndex(self.requests.index(row, REQUEST))
            # Qt does what the keys that are held down now would have a click do.
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().select(self.currentIndex(), flags.ClearAndSelect | flags.Rows)
            self.scrollTo(self.currentIndex())
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hold(self) -> None:
        current, top = self.currentIndex(), self.rowAt(0)
        height = self.viewport().height()
        is_seen = current.isValid() and 0 <= self.rowViewportPosition(current.row()) < height
        row = current.row() if is_seen else top if self.verticalScrollBar().value() else -1
        self._anchor = (self.requests.row(row).key, self.rowViewportPosition(row)) if row >= 0 else None

    def _settle(self) -> None:
        row = self.requests.row_of(self._anchor[0]) if self._anchor else None
        if self._anchor and row is not None:
            self.updateGeometries()
            self.verticalScrollBar().setValue(row * theme.ROW - self._anchor[1])
        self._delegate.current_row = self.currentIndex().row()
        self.viewport().update()

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    def _plain_key(self, event: QMouseEvent) -> Key | None:
        """The request that a plain left button is on."""
        is_plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        index = self.indexAt(event.position().toPoint())
        return self.requests.row(index.row()).key if is_plain and index.isValid() else None

    # Qt

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._delegate.current_row = current.row()
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._plain_key(event)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        key = self._plain_key(event)
        if key is not None and key == pressed and len(self.selectedIndexes()) <= len(COLUMNS):  # else it was drawn
            row = self.requests.row_of(key)
            assert row is not None
            self.chosen.emit(self.requests.row(row))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.chosen.emit(self.requests.row(self.currentIndex().row()))
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._ask_for_menu()  # which Qt does itself on Windows only
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        if search.strip():  # the space bar selects
            self.typed.emit(search)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._ask_for_menu(None if event.reason() == QContextMenuEvent.Reason.Keyboard else event.globalPos())

    def _ask_for_menu(self, at: QPoint | None = None) -> None:
        """At a place on the screen, or below the current row."""
        if self.selectedIndexes():
            if at is None:
                self.scrollTo(self.currentIndex())
                at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
            self.menu_requested.emit(at)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        column = max(REQUEST, self.currentIndex().column())
        if action == QAbstractItemView.CursorAction.MoveNext and not self.currentIndex().isValid():
            return QModelIndex()  # Qt asks for it when the focus comes, and the focus alone chooses no request
        if action == QAbstractItemView.CursorAction.MoveHome:
            return self.requests.index(0, column)
        if action == QAbstractItemView.CursorAction.MoveEnd:
            return self.requests.index(self.requests.rowCount() - 1, column)
        return super().moveCursor(action, modifiers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
