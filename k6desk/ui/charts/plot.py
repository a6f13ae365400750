"""A drawing that is read and moved with the mouse and the keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollArea

from k6desk.ui.charts.drawing import Drawing


class Plot(Drawing):
    """Zooms and pans in time alone; the scale of the values follows what is seen."""

    clicked = Signal(float)  # the time of the sample

    def __init__(self) -> None:
        super().__init__()
        self.viewport().setMouseTracking(True)
        self._pressed: QPointF | None = None
        self._is_panning = False

    def step(self, by: int) -> None:
        """Move the crosshair to the next sample but `by` - 1."""
        samples, cursor = self.samples(), self.time.cursor
        if not len(samples):
            return
        if cursor is None:
            start, end = self.time.shown
            at = int(np.searchsorted(samples, start)) if by > 0 else int(np.searchsorted(samples, end, "right")) - 1
        elif by > 0:
            at = int(np.searchsorted(samples, cursor, "right")) + by - 1
        else:
            at = int(np.searchsorted(samples, cursor, "left")) + by
        self.time.set_cursor(float(samples[min(max(at, 0), len(samples) - 1)]), follow=True)

    def _nearest(self, x: float) -> float | None:
        samples = self.samples()
        time = self.time_at(x)
        if not len(samples) or not self.area.left() - 4 <= x <= self.area.right() + 4:
            return None
        at = min(max(int(np.searchsorted(samples, time)), 1), len(samples) - 1) if len(samples) > 1 else 0
        near = at if at == 0 or samples[at] - time < time - samples[at - 1] else at - 1
        return float(samples[near])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        keys, width = Qt.Key, self.time.shown[1] - self.time.shown[0]
        pans = modifiers == Qt.KeyboardModifier.ShiftModifier
        if modifiers and not pans:
            event.ignore()
        elif key in (keys.Key_Left, keys.Key_Right):
            way = 1 if key == keys.Key_Right else -1
            self.time.pan(way * width / 5) if pans else self.step(way)
        elif key in (keys.Key_Plus, keys.Key_Equal):
            self.time.zoom(0.5)
        elif key == keys.Key_Minus:
            self.time.zoom(2)
        elif key == keys.Key_0:
            self.time.show_all()
        elif key in (keys.Key_Home, keys.Key_End):
            self.step(-1_000_000_000 if key == keys.Key_Home else 1_000_000_000)
        elif key == keys.Key_Escape and self.time.cursor is not None:
            self.time.set_cursor(None)
        elif key in (keys.Key_Return, keys.Key_Enter) and self.time.cursor is not None:
            self.clicked.emit(self.time.cursor)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        if button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        self._pressed = event.position()
        self._is_panning = button == Qt.MouseButton.MiddleButton or bool(
            event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        )
        if self._is_panning:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        if self._pressed is None:
            self.time.set_cursor(self._nearest(here.x()))
        elif self._is_panning:
            self.time.pan(self.time_at(self._pressed.x()) - self.time_at(here.x()))
            self._pressed = here
        elif abs(here.x() - self._pressed.x()) >= QApplication.startDragDistance() or self.time.selection:
            self.time.select(self.time_at(self._pressed.x()), self.time_at(here.x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if self._is_panning:
            self._is_panning = False
            self.viewport().unsetCursor()
        elif selection := self.time.selection:
            self.time.select(None)
            self.time.show(*selection)
        elif pressed is not None and (time := self._nearest(event.position().x())) is not None:
            self.clicked.emit(time)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.time.show_all()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, modifiers = event.angleDelta(), event.modifiers()
        width = self.time.shown[1] - self.time.shown[0]
        zooms = modifiers & Qt.KeyboardModifier.ControlModifier
        sideways = turned.y() if modifiers & Qt.KeyboardModifier.ShiftModifier else turned.x()
        if not zooms and abs(sideways) >= abs(turned.y()):
            self.time.pan(-(sideways or turned.x()) / 120 * width / 10)
        elif zooms or not self._scrolls():
            self.time.zoom(0.8 ** (turned.y() / 120), self.time_at(event.position().x()))
        else:
            event.ignore()
            return
        event.accept()

    def _scrolls(self) -> bool:
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        return parent is not None

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.time.zoom(1 / max(0.1, 1 + event.value()), self.time_at(event.position().x()))
            return True
        return bool(super().viewportEvent(event))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        if self._pressed is None:
            self.time.set_cursor(None)
