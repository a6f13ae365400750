"""The lines of a difference to look at: folds open, blocks that moved are gone to, and lines can be copied."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QPoint, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from k6desk.ui.diff_delegate import DiffDelegate
from k6desk.ui.diff_model import DiffModel
from k6desk.ui.diff_rows import Cell, Rows
from k6desk.ui.roles import Index


class DiffList(QTableView):
    """Enter or a click opens a fold, or goes to the other end of a move.

    A table of one column: unlike a list it need not lay out every row.
    """

    def __init__(self, model: DiffModel) -> None:
        super().__init__()
        self._model = model
        self._delegate = DiffDelegate(model, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self._delegate.row_size(0).height())
        self.setCornerWidget(QWidget())  # without Fusion's lines between the scroll bars
        self.setAccessibleName("Differences, line by line")
        self.setMinimumSize(QSize(240, 120))
        self.setMouseTracking(True)
        self.clicked.connect(self._unfold)

    def show_rows(self, rows: Rows, *, side_by_side: bool) -> None:
        """Show another difference."""
        self._model.show_rows(rows, side_by_side=side_by_side)
        self._delegate.measure(rows.widest)
        self._make_room()
        self.horizontalScrollBar().setValue(0)

    def lay_out(self, *, side_by_side: bool) -> None:
        """Show the same side by side, or below each other, and stay at the line that is the current one."""
        if side_by_side == self._model.is_split:
            return
        at = self.currentIndex()
        row = self._model.row(at.row()) if at.isValid() else None
        self._model.lay_out(side_by_side=side_by_side)
        self._make_room()
        if row:
            self.go_to_line(row.new or row.old, is_new=bool(row.new))

    def go(self, row: int) -> None:
        """Make a row the current one and bring it to the upper part of what is seen."""
        self._choose(row)
        above = self._model.index(max(0, row - 4))
        self.scrollTo(above, QAbstractItemView.ScrollHint.PositionAtTop)
        self.horizontalScrollBar().setValue(0)

    def go_to_line(self, number: int, *, is_new: bool) -> None:
        """Make a line of the old or the new text the current one; folds over it open."""
        row = self._model.row_of(number, is_new=is_new)
        while row >= 0 and self._model.row(row).folded:
            self._model.unfold(row)
            row = self._model.row_of(number, is_new=is_new)
        if row >= 0:
            self.go(row)

    def selected_words(self) -> str:
        """Whole lines are selected here, which nobody wants to find."""
        return ""

    def find_next(self, text: str, *, backwards: bool = False, here: bool = False) -> bool:
        """Go to the next line with a text, in a fold as well, beginning anew at the end; whether there is one."""
        self._delegate.sought = text.lower()
        self.viewport().update()
        by = -1 if backwards else 1
        at = self.currentIndex().row() - here
        row = self._model.next_with(text, at, by) if text else -1
        while row >= 0 and self._model.row(row).folded:
            count = self._model.rowCount()
            self._model.unfold(row)
            at = row - 1 if by > 0 else row + 1 + self._model.rowCount() - count
            row = self._model.next_with(text, at, by)
        if row >= 0:
            self.go(row)
            self.horizontalScrollBar().setValue(self._delegate.way_to_sought(row, self.viewport().width()))
        return row >= 0

    def found(self, text: str) -> tuple[int, int]:
        """Which of the lines with a text is the current one, counted from 1, or 0 for none; and how many there are."""
        return self._model.found(text, self.currentIndex().row())

    def _make_room(self) -> None:
        self.setColumnWidth(0, self._delegate.row_size(self.viewport().width()).width())

    def _choose(self, row: int) -> None:
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self._model.index(row), flag)

    def _unfold(self, index: Index) -> None:
        """Open a fold, if it is one."""
        if index.isValid() and self._model.row(index.row()).folded:
            row = index.row()
            self._model.unfold(row)
            self._choose(row)

    def _follow(self, side: Cell) -> None:
        """Go to the other end of a move."""
        self.go_to_line(side.goes_to, is_new=not side.is_new)

    def _copy(self) -> None:
        rows = sorted(index.row() for index in self.selectedIndexes())
        QGuiApplication.clipboard().setText(self._model.text_of(rows))

    def _note_at(self, place: QPoint) -> Cell | None:
        return self._delegate.note_at(self.indexAt(place).row(), place, self.viewport().width())

    def _moved_at(self, index: Index) -> Cell | None:
        """The side of a row that moved; where both did, the old one."""
        sides = (self._model.cell(index.row(), is_new=is_new) for is_new in (False, True)) if index.isValid() else ()
        return next((side for side in sides if side and side.goes_to), None)

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            # A dialog around would take Return for its button.
            if side := self._moved_at(self.currentIndex()):
                self._follow(side)
            else:
                self._unfold(self.currentIndex())
        elif event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End} and self._model.rowCount():
            self._choose(0 if event.key() == Qt.Key.Key_Home else self._model.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        side = self._note_at(event.position().toPoint()) if event.button() == Qt.MouseButton.LeftButton else None
        super().mouseReleaseEvent(event)
        if side and self.selectionModel().selection().count() == 1:
            self._follow(side)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        is_link = index.isValid() and (self._model.row(index.row()).folded or self._note_at(place))
        shapes = Qt.CursorShape
        self.viewport().setCursor(shapes.PointingHandCursor if is_link else shapes.ArrowCursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy lines", self._copy)
        copy.setEnabled(self.selectionModel().hasSelection())
        if side := self._moved_at(self.currentIndex()):
            place = f"{'old' if side.is_new else 'new'} line {side.goes_to:,}"
            menu.addAction(f"Go to {place}", lambda: self._follow(side))
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if dx:
            self.viewport().update()  # numbers and signs stay where they are
