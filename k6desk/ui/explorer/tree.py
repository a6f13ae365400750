"""The tree view itself: its keys, and arrows instead of branch lines."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from k6desk.ui import theme
from k6desk.ui.explorer.delegate import ExplorerDelegate
from k6desk.ui.roles import Index

INDENT = 16
ARROW = 12


class ExplorerTree(QTreeView):
    """Arrows move, Enter opens and closes, and whatever is typed is passed on to filter by."""

    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(ExplorerDelegate(self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Projects and tests")
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self._arrows = {
            is_open: theme.icon("chevron-down" if is_open else "chevron-right", "muted") for is_open in (False, True)
        }

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """An arrow where something can be opened, and no lines."""
        if self.model().hasChildren(index):
            square = QRect(0, 0, ARROW, ARROW)
            square.moveCenter(QRect(rect.right() + 1 - INDENT, rect.top(), INDENT + 4, rect.height()).center())
            self._arrows[self.isExpanded(index)].paint(painter, square)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens or closes, characters are typed into the filter."""
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        current = self.currentIndex()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and current.isValid():
            self.setExpanded(current, not self.isExpanded(current))
        elif plain and event.text().strip() and event.text().isprintable() and event.text() not in "+-*":
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough to leave the room to the runs."""
        return QSize(160, 100)
