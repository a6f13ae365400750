"""A list of everything that a chart is split into, to choose what is drawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from k6desk.core.metrics import units
from k6desk.core.metrics.picks import MOST
from k6desk.core.metrics.units import Unit
from k6desk.ui import text, theme
from k6desk.ui.filter_line import FilterLine
from k6desk.ui.parts import columns
from k6desk.ui.roles import TOOL_TIP, USER
from k6desk.ui.text import PlainLabel

NAME = 0
NAMELESS = "(none)"
SIZE = (600, 440)
ROW = 24
_CHECKED = Qt.CheckState.Checked


class Measure(NamedTuple):
    """A column of figures: its title, its unit, and the figure of each value of the label."""

    title: str
    unit: Unit
    per_s: bool
    sizes: Mapping[str, float]


class SeriesChoice(QFrame):
    """Tick up to `MOST` of them; what is ticked is drawn at once. The columns sort by a click on their titles."""

    chosen = Signal(object)  # list[str]: the values that are to be drawn
    largest_wanted = Signal()

    def __init__(
        self, title: str, values: Sequence[str], drawn: Collection[str], measures: Sequence[Measure], parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.resize(*SIZE)
        self._filter = FilterLine("Filter the list", "Filter")
        self._filter.textChanged.connect(self._narrow)
        self._count = PlainLabel(kind="caption", muted=True)
        self._list = QTreeWidget()
        self._list.setAccessibleName(title)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setHeaderLabels([title, *(measure.title for measure in measures)])
        self._fill(values, drawn, measures)
        self._list.itemChanged.connect(self._on_ticked)
        self._filter.left.connect(self._leave_filter)
        largest = QPushButton(f"The {MOST} largest")
        largest.setToolTip("Draw the largest ones again, whatever these are")
        largest.clicked.connect(self._choose_largest)
        close = QPushButton("Close")
        close.clicked.connect(self.close)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        rows.setSpacing(theme.GAP)
        rows.addWidget(self._filter)
        rows.addWidget(self._list, 1)
        rows.addLayout(columns(self._count, largest, close, stretch=0))
        self._say_count()

    def open_at(self, anchor: QWidget) -> None:
        """Show the list below a widget, inside its screen."""
        place = anchor.mapToGlobal(QPoint(0, anchor.height() + theme.UNIT))
        screen = anchor.screen().availableGeometry()
        self.move(
            max(screen.left(), min(place.x(), screen.right() - self.width())),
            max(screen.top(), min(place.y(), screen.bottom() - self.height())),
        )
        self.show()

    def _fill(self, values: Sequence[str], drawn: Collection[str], measures: Sequence[Measure]) -> None:
        for value in values:
            sizes = [measure.sizes.get(value) for measure in measures]
            shown = (units.words(s, m.unit, per_s=m.per_s) for s, m in zip(sizes, measures, strict=True))
            item = _Item([text.one_line(value) or NAMELESS, *shown])
            item.setData(NAME, USER, value)
            item.setData(NAME, TOOL_TIP, text.tooltip(value[:2000]))
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setSizeHint(NAME, QSize(0, ROW))
            item.setCheckState(NAME, _CHECKED if value in drawn else Qt.CheckState.Unchecked)
            for column, size in enumerate(sizes, 1):
                item.setData(column, USER, size)
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._list.addTopLevelItem(item)
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(1 if measures else NAME, Qt.SortOrder.DescendingOrder)
        self._list.setSortingEnabled(True)
        if first := self._list.topLevelItem(0):
            self._list.setCurrentItem(first)

    def _items(self) -> list[QTreeWidgetItem]:
        return [item for at in range(self._list.topLevelItemCount()) if (item := self._list.topLevelItem(at))]

    def _ticked(self) -> list[str]:
        return [item.data(NAME, USER) for item in self._items() if item.checkState(NAME) == _CHECKED]

    def _on_ticked(self, item: QTreeWidgetItem, _column: int) -> None:
        ticked = self._ticked()
        if len(ticked) > MOST:
            with QSignalBlocker(self._list):
                item.setCheckState(NAME, Qt.CheckState.Unchecked)
            self._count.setText(f"{MOST} are drawn, and more cannot be told apart: untick one first")
            return
        self._say_count()
        self.chosen.emit(ticked)

    def _say_count(self) -> None:
        self._count.setText(f"{len(self._ticked())} of {text.count(self._list.topLevelItemCount())} drawn")

    def _choose_largest(self) -> None:
        self.largest_wanted.emit()
        self.close()

    def _narrow(self, typed: str) -> None:
        words = typed.casefold().split()
        for item in self._items():
            item.setHidden(not all(word in str(item.data(NAME, USER)).casefold() for word in words))

    def _leave_filter(self) -> None:
        first = next((item for item in self._items() if not item.isHidden()), None)
        if first:
            self._list.setCurrentItem(first)
            self._list.setFocus()

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._filter.setFocus()


class _Item(QTreeWidgetItem):
    """Sorts its figures by what they are, and not as text."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        tree = self.treeWidget()
        column = tree.sortColumn() if tree else NAME
        if column == NAME:
            return str(self.data(NAME, USER)).casefold() < str(other.data(NAME, USER)).casefold()
        mine, others = (item.data(column, USER) for item in (self, other))
        return _key(mine) < _key(others)


def _key(size: float | None) -> float:
    return size if size is not None and isfinite(size) else float("-inf")
