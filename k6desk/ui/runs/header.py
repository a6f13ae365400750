"""The header of the runs: which columns there is room for, and by which the runs are sorted."""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from k6desk.data.query import Query
from k6desk.ui import theme
from k6desk.ui.runs.columns import COLUMNS, EXPIRES, NOTE, PERSON, STAR, TEST

ARROW = 14
WIDEST = {TEST: 440, PERSON: 260}


class _State(msgspec.Struct):
    """What is remembered; of no use to a version with other columns."""

    titles: list[str]
    fits_itself: bool
    header: bytes


class RunsHeader(QHeaderView):
    """Columns that fit themselves to the window, until the user resizes or chooses them."""

    sort_asked = Signal(str, bool)
    """The sort key and whether it descends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._fits_itself = True
        self._fitting = False
        self._query = Query()
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setMinimumSectionSize(COLUMNS[STAR].width)
        self.setResizeContentsPrecision(0)  # a double click measures the visible rows only
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.sectionClicked.connect(self._sort)
        self.sectionResized.connect(self._keep_choice)

    def fit(self, width: int) -> None:
        """Share `width` pixels among the columns, the least important ones left out when they do not fit."""
        if not self._fits_itself or not self.count():
            return
        self._fitting = True
        room = width
        is_room = True
        is_named = self._is_wanted(TEST) and not self._is_the_same_in_all(TEST)
        spare = COLUMNS[TEST].width // 3 if is_named else 0  # rather a shorter name than no time
        for index, column in sorted(enumerate(COLUMNS), key=lambda item: item[1].rank):
            is_wanted = self._is_wanted(index) and not self._is_the_same_in_all(index)
            if is_wanted:
                is_room = is_room and column.width <= room + (spare if column.rank <= 1 else 0)
            is_shown = is_wanted and (is_room or column.rank == 0)
            self.setSectionHidden(index, not is_shown)
            if is_shown:
                self.resizeSection(index, column.width)
                room -= column.width
        self._stretch(max(0, room))
        if is_named and room < 0:
            self.resizeSection(TEST, COLUMNS[TEST].width - min(-room, spare))
        self._fitting = False

    def show_sort(self, query: Query) -> None:
        """Point the arrow to the column that the runs are sorted by."""
        is_elsewhere = query.place != self._query.place
        self._query = query
        if is_elsewhere:
            self.fit(self.width())
        column = next(index for index, column in enumerate(COLUMNS) if column.sort == query.sort)
        self.setSortIndicator(column, Qt.SortOrder.DescendingOrder if query.descending else Qt.SortOrder.AscendingOrder)

    def shown(self) -> list[int]:
        """The columns that are shown, by their places in `COLUMNS`, in the order of the screen."""
        inner = (self.logicalIndex(place) for place in range(self.count()))
        return [index for index in inner if not self.isSectionHidden(index)]

    def remembered(self) -> bytes:
        """The user's columns, to be remembered."""
        titles = [column.title for column in COLUMNS]
        return msgspec.msgpack.encode(_State(titles, self._fits_itself, bytes(self.saveState().data())))

    def restore(self, state: bytes) -> bool:
        """Take up remembered columns; False if they are of another version or no such thing."""
        try:
            kept = msgspec.msgpack.decode(state, type=_State)
        except msgspec.DecodeError:
            return False
        if kept.titles != [column.title for column in COLUMNS]:
            return False
        self._fitting = True
        is_restored = self.restoreState(kept.header)
        self._fitting = False
        self._fits_itself = kept.fits_itself or not is_restored
        self.show_sort(self._query)
        self.fit(self.width())
        return is_restored

    def column_menu(self) -> QMenu:
        """A menu to choose the columns with; it deletes itself when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for index, column in enumerate(COLUMNS):
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(index))
            action.setEnabled(column.rank > 0)
            action.toggled.connect(partial(self._choose, index))
        menu.addSeparator()
        fit = menu.addAction("Fit columns to the window")
        fit.setCheckable(True)
        fit.setChecked(self._fits_itself)
        fit.toggled.connect(self._set_fits_itself)
        if self.actions():
            menu.addSeparator()
            menu.addActions(self.actions())
        return menu

    def _is_wanted(self, index: int) -> bool:
        return not COLUMNS[index].is_optional or (index == EXPIRES and self._query.place == "expiring")

    def _is_the_same_in_all(self, index: int) -> bool:
        return index == TEST and self._query.place == "test"

    def _stretch(self, room: int) -> None:
        """Give names the room that is left, as far as they can use it, and the notes all the rest."""
        shown = [index for index in range(len(COLUMNS)) if not self.isSectionHidden(index)]
        last = next(index for index in (NOTE, TEST, *reversed(shown)) if index in shown)
        for index, widest in WIDEST.items():
            if index in shown and index != last:
                share = min(room // 2, max(0, widest - COLUMNS[index].width))
                self.resizeSection(index, COLUMNS[index].width + share)
                room -= share
        self.resizeSection(last, COLUMNS[last].width + room)

    def _open_menu(self, at: QPoint) -> None:
        self.column_menu().popup(self.mapToGlobal(at))

    def _choose(self, column: int, is_shown: bool) -> None:
        self._fits_itself = False
        self.setSectionHidden(column, not is_shown)
        if is_shown:
            self.resizeSection(column, max(self.sectionSize(column), COLUMNS[column].width))

    def _set_fits_itself(self, fits_itself: bool) -> None:
        self._fits_itself = fits_itself
        self.fit(self.width())

    def _keep_choice(self) -> None:
        if not self._fitting:
            self._fits_itself = False

    def _sort(self, index: int) -> None:
        column = COLUMNS[index]
        if column.sort is None:
            self.show_sort(self._query)
        elif column.sort == self._query.sort:
            self.sort_asked.emit(column.sort, not self._query.descending)
        else:
            self.sort_asked.emit(column.sort, column.descending_first)

    # Qt

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        super().paintSection(painter, rect, index)
        if index != self.sortIndicatorSection():
            return
        # A header with a stylesheet draws no arrow of its own.
        column = COLUMNS[index]
        beside = self.fontMetrics().horizontalAdvance(column.title) + theme.GAP + theme.UNIT
        left = rect.right() - beside - ARROW if column.is_figure else rect.left() + beside
        name = "chevron-down" if self._query.descending else "chevron-up"
        theme.icon(name, "accent").paint(painter, QRect(left, rect.center().y() - ARROW // 2, ARROW, ARROW))
