"""The lines of a log to look at: it follows what comes as long as its end is in sight, and stays where it is else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from k6desk.ui.detail import log_words
from k6desk.ui.detail.log_delegate import LogDelegate
from k6desk.ui.detail.log_model import LogModel


class LogList(QTableView):
    """A table of one column: unlike a list it need not lay out every row."""

    following_changed = Signal(bool)
    newer_changed = Signal(int)  # how many rows came that are out of sight because it stays where it is

    def __init__(self, model: LogModel) -> None:
        super().__init__()
        self._model = model
        self._delegate = LogDelegate(model, self)
        self._is_following = True
        self._is_own_move = False
        self._left_at = 0
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAutoScroll(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self._delegate.height)
        self.setAccessibleName("Log, line by line")
        self.setMinimumSize(QSize(200, 80))
        model.rowsRemoved.connect(self._stay)
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(self._tell_of_newer)
        self.verticalScrollBar().valueChanged.connect(self._notice_move)
        self.verticalScrollBar().rangeChanged.connect(self._keep_up)

    @property
    def is_following(self) -> bool:
        """Whether it shows the newest line, and will show the next."""
        return self._is_following

    def follow(self, on: bool) -> None:
        """Show the newest lines from now on, or stay here."""
        if on != self._is_following:
            self._is_following = on
            self._left_at = self._model.end
            self._tell_of_newer()
            self.following_changed.emit(on)
        self._keep_up()

    def filter(self, words: str, least: int) -> None:
        """Show other lines, and stay near the one that is the current one, or else near the uppermost in sight."""
        current = self.currentIndex()
        anchor = current.row() if current.isValid() else self.rowAt(0)
        number = self._model.number(anchor) if 0 <= anchor < self._model.rowCount() else None
        before = anchor - max(0, self.rowAt(0))
        with self._own_move():
            self._model.filter(words, least)
            self.executeDelayedItemsLayout()
            place = self._model.place_of(number) if number is not None else -1
            if current.isValid() and place < self._model.rowCount() and self._model.number(place) == number:
                self._choose(place)
            if self._is_following:
                self.scrollToBottom()
            elif place >= 0:
                self.verticalScrollBar().setValue(max(0, place - before))

    def find_next(self, text: str, *, backwards: bool = False, here: bool = False) -> bool:
        """Go to the next line with a text, beginning anew at the end; whether there is one."""
        self._delegate.sought = text
        self.viewport().update()
        by = -1 if backwards else 1
        current = self.currentIndex().row()
        at = current if current >= 0 else self.rowAt(0)
        row = self._model.next_with(text, at - by if here or current < 0 else at, by) if text else -1
        if row >= 0:
            self.follow(False)
            self._choose(row)
            self.scrollTo(self._model.index(row, 0))
        return row >= 0

    def found(self, text: str) -> tuple[int, int]:
        """Which of the lines with a text is the current one, counted from 1, or 0 for none; and how many there are."""
        return self._model.found(text, self.currentIndex().row())

    def forget_sought(self) -> None:
        """Mark nothing any more."""
        self._delegate.sought = ""
        self.viewport().update()

    def selected_words(self) -> str:
        """Whole lines are selected here, which nobody wants to find."""
        return ""

    def selected_places(self) -> list[int]:
        """The rows that are selected, from above."""
        chosen = self.selectionModel().selection()
        ranges = (chosen.at(place) for place in range(chosen.count()))
        return sorted(row for one in ranges for row in range(one.top(), one.bottom() + 1))

    def copy(self) -> None:
        """Copy the selected lines, whole."""
        if places := self.selected_places():
            QGuiApplication.clipboard().setText(log_words.as_text(self._model.rows(places)))

    def _choose(self, row: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self._model.index(row, 0), flags.ClearAndSelect | flags.Rows)

    # -- where it stands -----------------------------------------------------------------------------------------------

    @contextmanager
    def _own_move(self) -> Iterator[None]:
        was, self._is_own_move = self._is_own_move, True
        try:
            yield
        finally:
            self._is_own_move = was

    def _notice_move(self, value: int) -> None:
        if not self._is_own_move:
            self.follow(value >= self.verticalScrollBar().maximum())

    def _keep_up(self) -> None:
        if self._is_following:
            with self._own_move():
                self.scrollToBottom()

    def _stay(self, _parent: object, first: int, last: int) -> None:
        """Rows above went: what is in sight stays in sight."""
        if not self._is_following:
            with self._own_move():
                bar = self.verticalScrollBar()
                bar.setValue(max(0, bar.value() - (last - first + 1)))

    def _tell_of_newer(self) -> None:
        newer = self._model.rowCount() - self._model.place_of(self._left_at)
        self.newer_changed.emit(0 if self._is_following else newer)

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if not selected.isEmpty():
            self.follow(False)  # a line that is read should not move away

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif key == Qt.Key.Key_End:
            self.follow(True)
        elif key == Qt.Key.Key_Home and self._model.rowCount():
            self._choose(0)
            self.scrollToTop()
        elif key == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            self.setCurrentIndex(self._model.index(-1, -1))
        elif key in _MOVES and not self.currentIndex().isValid() and self._model.rowCount():
            last = self.rowAt(self.viewport().height() - 1)
            self._choose(last if last >= 0 else self._model.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy lines", self.copy).setEnabled(self.selectionModel().hasSelection())
        menu.addAction("Select all", self.selectAll)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        with self._own_move():
            super().resizeEvent(event)
        self._keep_up()


_MOVES = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
