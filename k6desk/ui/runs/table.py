"""The view of the runs: whatever arrives, the run under the eye stays where it is."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain

from msgspec.structs import replace
from PySide6.QtCore import QElapsedTimer, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPalette,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from k6desk.core.store import Store
from k6desk.data.query import Column as Sort
from k6desk.data.query import Query
from k6desk.ui import theme
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.roles import Index
from k6desk.ui.runs.columns import DURATION, STAR, STATUS
from k6desk.ui.runs.delegate import RunDelegate
from k6desk.ui.runs.header import RunsHeader
from k6desk.ui.runs.model import RunsModel
from k6desk.ui.runs.selection import Flag, RunSelection
from k6desk.ui.viewport import Viewport

POINTING_MS = 10_000
"""A pointer that has rested for longer points at nothing; most rest where they were left."""


class RunTable(QTableView):
    """The runs of one query. Its signals and methods speak of the ids of runs, never of rows."""

    run_selected = Signal(object)
    """The id of the run that the user went to; None when they went elsewhere and it is not there."""
    run_activated = Signal(object)
    menu_requested = Signal(object, QPoint)
    """The ids of the selected runs, and the place on the screen for their menu."""
    selection_changed = Signal()
    """Other runs are selected than before, or perhaps other ones of them are shown."""
    star_clicked = Signal(object)
    """The id of the run whose star was clicked."""
    query_changed = Signal()
    typed = Signal(str)
    """Characters typed over the table: they are meant for the filter."""
    rows_gathered_above = Signal(int)
    """How many rows have come to stand above the visible ones while these were held where they are."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        viewport = Viewport()
        viewport.left.connect(self._hover_nowhere)
        self.setViewport(viewport)
        self.runs = RunsModel(store, Query(), self)
        self.columns = RunsHeader(self)
        self.empty = Placeholder(self)
        self.empty.setBackgroundRole(QPalette.ColorRole.Base)
        self.empty.setAutoFillBackground(True)
        self._delegate = RunDelegate(self.runs, self)
        self._current_id: int | None = None  # stays while a change takes the run out of the list
        self._current_row = 0  # where it is or was
        self._anchor: tuple[int, int, int] | None = None  # run id, row, and the y of its top
        self._gathered = 0
        self._starring: int | None = None  # the run on whose star the mouse button went down
        self._pointed = QElapsedTimer()  # since the pointer was last moved over the rows
        self._is_moving = False
        self._painted_minute = -1
        self._faces: dict[int, tuple[str, int]] = {}
        self._clock = QTimer(self, interval=1000)
        self.setHorizontalHeader(self.columns)
        self.setModel(self.runs)
        self.selection = RunSelection(self.runs, self)
        of_qt = self.selectionModel()
        self.setSelectionModel(self.selection)
        of_qt.deleteLater()
        # A header asks for each column whether all of its cells are selected: a second and a half for 100,000 rows.
        self.columns.setSelectionModel(QItemSelectionModel(self.runs, self.columns))
        self.setItemDelegate(self._delegate)
        self._set_up_behaviour()
        self.columns.show_sort(self.query)
        self.columns.sort_asked.connect(self._sort)
        self.activated.connect(lambda index: self.run_activated.emit(self.runs.id(index.row())))
        self.verticalScrollBar().valueChanged.connect(self._hover)
        self.verticalScrollBar().valueChanged.connect(lambda: self._count_gathered(self._gathered))
        self._clock.timeout.connect(self._move_time)
        self.runs.layoutAboutToBeChanged.connect(self._hold)
        self.runs.layoutChanged.connect(self._settle)
        self.selection.selectionChanged.connect(self.selection_changed)
        self.selection.kept.connect(self.selection_changed)
        store.indexed.connect(lambda: self._count_gathered(0))  # what was known before is no news

    @property
    def query(self) -> Query:
        """What the table shows."""
        return self.runs.query

    def show_query(self, query: Query) -> None:
        """Show what a query finds: around the run that the user went to, if it is there, or else from the top."""
        if query == self.query:
            return
        is_elsewhere = (query.place, query.place_id) != (self.query.place, self.query.place_id)
        self._is_moving = True
        self.runs.show(query)
        self._is_moving = False
        self._count_gathered(0)
        self.columns.show_sort(query)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        else:
            self.scrollToTop()
            if is_elsewhere:
                self._go_to(None)
        if is_elsewhere:
            self.selection.forget_hidden()
        self.query_changed.emit()

    def select_run(self, run_id: int) -> bool:
        """Go to a run; False if the query does not find it."""
        row = self.runs.row(run_id)
        if row is None:
            return False
        self.setCurrentIndex(self.runs.index(row, max(0, self.currentIndex().column())))
        # Qt does what the keys that are held down now would have a click do.
        self.selection.select(self.currentIndex(), Flag.ClearAndSelect | Flag.Rows)
        self.scrollTo(self.currentIndex())
        return True

    def select_none(self) -> None:
        """Go to no run."""
        self._current_id = None
        self.selection.clear()

    def go_on(self, run_id: int, others: set[int]) -> None:
        """A run was deleted; if the user was at it, go to the next one that is not among these others, or the last."""
        if run_id != self._current_id:
            return
        self.runs.catch_up()
        after = range(self._current_row, self.runs.rowCount())
        rows = chain(after, reversed(range(min(self._current_row, self.runs.rowCount()))))
        there = next((row for row in rows if self.runs.id(row) not in others), None)
        if there is None:
            self._go_to(None)
        else:
            self.select_run(self.runs.id(there))

    def selected_ids(self) -> list[int]:
        """The selected runs, in the order of the table."""
        return self.selection.ids()

    def _set_up_behaviour(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setMouseTracking(True)
        self.setAccessibleName("Runs")
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(rows.ResizeMode.Fixed)
        rows.setMinimumSectionSize(theme.ROW)
        rows.setDefaultSectionSize(theme.ROW)

    def _sort(self, key: Sort, descending: bool) -> None:
        self.show_query(replace(self.query, sort=key, descending=descending))

    def _go_to(self, run_id: int | None) -> None:
        if run_id != self._current_id:
            self._current_id = run_id
            self.run_selected.emit(run_id)

    # What stays where it is when the order changes

    def _hold(self) -> None:
        if self.currentIndex().isValid():
            self._current_row = self.currentIndex().row()
        row = self._row_to_hold()
        if row is None or self._is_moving:
            self._anchor = None
        else:
            self._anchor = self.runs.id(row), row, self.rowViewportPosition(row)

    def _settle(self) -> None:
        if self._current_id is not None and not self.currentIndex().isValid():
            row = self.runs.row(self._current_id)
            if row is not None:
                self.selection.setCurrentIndex(self.runs.index(row, 0), Flag.NoUpdate)
        self._delegate.current_row = self.currentIndex().row()
        if self._anchor:
            run_id, before, top = self._anchor
            row = self.runs.row(run_id)
            if row is not None:
                self.updateGeometries()
                self.verticalScrollBar().setValue(row * theme.ROW - top)
                self._count_gathered(self._gathered + max(0, row - before))
        self._hover()

    def _count_gathered(self, rows: int) -> None:
        """Rows above can only be news while there is something above."""
        rows = rows if self.verticalScrollBar().value() > 0 else 0
        if rows != self._gathered:
            self._gathered = rows
            self.rows_gathered_above.emit(rows)

    def _row_to_hold(self) -> int | None:
        """The row that is being pointed at, or else the current one if it is visible, or else the first visible one.

        None when the table stands at its beginning, where people wait for what is new.
        """
        is_pointing = self._pointed.isValid() and self._pointed.elapsed() < POINTING_MS
        if is_pointing and self._delegate.hovered_row >= 0:
            return self._delegate.hovered_row
        current = self.currentIndex()
        if current.isValid() and current.row() in self._visible_rows():
            return current.row()
        first = self.rowAt(0)
        return first if first >= 0 and self.verticalScrollBar().value() > 0 else None

    # What moves with the time and the pointer

    def _star_at(self, event: QMouseEvent) -> int | None:
        """The run on whose star a plain left button is; None anywhere else."""
        is_plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        index = self.indexAt(event.position().toPoint())
        return self.runs.id(index.row()) if is_plain and index.isValid() and index.column() == STAR else None

    def _move_time(self) -> None:
        now = datetime.now(UTC)
        if now.minute != self._painted_minute:  # "today" turns into "yesterday", "left" into "overdue"
            self._painted_minute = now.minute
            self.viewport().update()
            return
        pixels = round(self.columnWidth(DURATION) * self.devicePixelRatioF())
        before, self._faces = self._faces, {}
        for row in self._visible_rows():
            run = self.runs.run(row)
            if run and not run.is_finished:
                self._faces[run.id] = self._delegate.face(run, now, pixels)
                if self._faces[run.id] != before.get(run.id):  # a run of an hour looks the same for half a minute
                    for column in (STATUS, DURATION):
                        self.viewport().update(self.visualRect(self.runs.index(row, column)))

    def _visible_rows(self) -> range:
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return range(0)
        return range(first, (last if last >= 0 else self.runs.rowCount() - 1) + 1)

    def _hover(self) -> None:
        at = self.viewport().mapFromGlobal(QCursor.pos())
        self._set_hovered_row(self.rowAt(at.y()) if self.viewport().underMouse() else -1)

    def _hover_nowhere(self) -> None:
        self._set_hovered_row(-1)

    def _set_hovered_row(self, row: int) -> None:
        before, self._delegate.hovered_row = self._delegate.hovered_row, row
        if before != row:
            self._paint_rows(before, row)

    def _paint_rows(self, *rows: int) -> None:
        for row in rows:
            if row >= 0:
                self.viewport().update(0, self.rowViewportPosition(row), self.viewport().width(), theme.ROW)

    # Qt

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._delegate.current_row = current.row()
        self._paint_rows(previous.row(), current.row())
        if current.isValid():
            self._go_to(self.runs.id(current.row()))

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        column = max(0, self.currentIndex().column())
        if action == QAbstractItemView.CursorAction.MoveHome:
            return self.runs.index(0, column)
        if action == QAbstractItemView.CursorAction.MoveNext and not self.currentIndex().isValid():
            return QModelIndex()  # Qt asks for it when the focus comes, and the focus alone chooses no run
        if action == QAbstractItemView.CursorAction.MoveEnd:
            return self.runs.index(self.runs.rowCount() - 1, column)
        return super().moveCursor(action, modifiers)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        if by_key and not self.currentIndex().isValid() and self.runs.rowCount():
            self.select_run(self.runs.id(0))

    def keyboardSearch(self, search: str) -> None:
        if search.strip():  # the space bar selects
            self.typed.emit(search)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._ask_for_menu()  # which Qt does itself on Windows only
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._ask_for_menu(None if event.reason() == QContextMenuEvent.Reason.Keyboard else event.globalPos())

    def _ask_for_menu(self, at: QPoint | None = None) -> None:
        """At a place on the screen, or below the current row."""
        if ids := self.selected_ids():
            if at is None:
                self.scrollTo(self.currentIndex())
                at = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft())
            self.menu_requested.emit(ids, at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._starring = self._star_at(event)
        if self._starring is None:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._starring = self._starring, None
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif self._star_at(event) == pressed:  # rows may have moved meanwhile
            self.star_clicked.emit(pressed)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._star_at(event) is None:  # a double click on a star is one click
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._pointed.start()
        self._set_hovered_row(self.rowAt(event.position().toPoint().y()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.empty.setGeometry(self.viewport().geometry())
        self.columns.fit(self.viewport().width())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()
