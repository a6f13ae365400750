"""The tree view itself: its keys, and arrows instead of branch lines."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from k6desk.ui import theme
from k6desk.ui.explorer.delegate import ICON, ExplorerDelegate
from k6desk.ui.files_to_open import urls_in
from k6desk.ui.roles import Index
from k6desk.ui.viewport import Viewport

INDENT = 16
ARROW = 12
CHIP = 220
"""Room for the name of what is dragged."""
OPENS_AFTER_MS = 700
"""How long something is held over a closed row until the row opens."""


class ExplorerTree(QTreeView):
    """Arrows move, Enter opens and closes, and whatever is typed is passed on to filter by."""

    typed = Signal(str)
    menu_wanted = Signal(object, QPoint)  # index, where on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewport(Viewport(QPalette.ColorRole.Window))
        self.setItemDelegate(ExplorerDelegate(self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Projects and tests")
        self._target = QPersistentModelIndex()  # the row that would take what is dragged over it
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDragDropOverwriteMode(True)  # things are dropped on rows, not between them
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setAutoExpandDelay(OPENS_AFTER_MS)
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
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._open_menu_of_current()  # which Qt does itself on Windows only
        elif plain and event.text().strip() and event.text().isprintable() and event.text() not in "+-*":
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    # -- dragging ------------------------------------------------------------------------------------------------------

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Carry the row in sight beside the pointer, so that what is below stays readable.

        Qt drags in an event loop of its own. That is safe here: it begins in a mouse event, never inside a task.
        """
        index = self.currentIndex()
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData([index]))
        drag.setPixmap(self._chip(index.data()))
        drag.setHotSpot(QPoint(-theme.GAP, -theme.GAP))
        drag.exec(actions)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files of runs and links are for the window, wherever they are dropped."""
        if urls_in(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)
        self._aim(self.indexAt(event.position().toPoint()) if event.isAccepted() else QModelIndex())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._aim(QModelIndex())

    def dropEvent(self, event: QDropEvent) -> None:
        super().dropEvent(event)
        self._aim(QModelIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The row that would take a drop is outlined in place of Qt's thin black line."""
        self.setDropIndicatorShown(False)
        super().paintEvent(event)
        self.setDropIndicatorShown(True)
        if self._target.isValid():
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            accent = theme.colour("accent", self.palette())
            painter.setPen(QPen(accent, 2))
            accent.setAlphaF(0.12)
            painter.setBrush(accent)
            row = self.visualRect(self._target)
            row.setLeft(theme.UNIT)
            painter.drawRoundedRect(QRectF(row).adjusted(0, 1, -theme.UNIT, -1), theme.UNIT, theme.UNIT)

    def _aim(self, index: QModelIndex) -> None:
        self._target = QPersistentModelIndex(index)
        self.viewport().update()

    def _chip(self, name: str) -> QPixmap:
        font = theme.font("body")
        words = QFontMetrics(font).elidedText(name, Qt.TextElideMode.ElideMiddle, CHIP)
        width = QFontMetrics(font).horizontalAdvance(words) + ICON + 3 * theme.GAP
        scale = self.devicePixelRatioF()
        pixmap = QPixmap(QSize(width, theme.ROW) * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("accent"))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, theme.ROW - 1), theme.UNIT, theme.UNIT)
        theme.icon("test").paint(painter, QRect(theme.GAP, (theme.ROW - ICON) // 2, ICON, ICON))
        painter.setPen(theme.colour("text"))
        painter.setFont(font)
        room = QRect(2 * theme.GAP + ICON, 0, width, theme.ROW)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
        painter.end()
        return pixmap

    # -- menu and size -------------------------------------------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """For the row under the pointer, or from the keyboard for the current one."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._open_menu_of_current()
        else:
            self.menu_wanted.emit(self.indexAt(event.pos()), event.globalPos())

    def _open_menu_of_current(self) -> None:
        index = self.currentIndex()
        at = self.visualRect(index).center() if index.isValid() else QPoint()
        self.menu_wanted.emit(index, self.viewport().mapToGlobal(at))

    def minimumSizeHint(self) -> QSize:
        """Narrow enough to leave the room to the runs."""
        return QSize(160, 100)
