"""A drawing that is read and moved with the mouse and the keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QScrollArea

from k6desk.ui.charts.drawing import Drawing


class Plot(Drawing):
    """Zooms and pans in time alone; the scale of the values follows what is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
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
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

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
        self._pressed = None
        if self._is_panning:
            self._is_panning = False
            self.unsetCursor()
        elif selection := self.time.selection:
            self.time.select(None)
            self.time.show(*selection)
            self.time.set_cursor(self._nearest(event.position().x()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.time.show_all()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned, modifiers = event.angleDelta(), event.modifiers()
        keys = Qt.KeyboardModifier
        is_sideways = modifiers & keys.ShiftModifier or abs(turned.x()) > abs(turned.y())
        if modifiers & keys.ControlModifier or not (is_sideways or self._scrolls()):
            self.time.zoom(0.8 ** (turned.y() / 120), self.time_at(event.position().x()))
        elif is_sideways and not self.time.shows_all:
            width = self.time.shown[1] - self.time.shown[0]
            self.time.pan(-(turned.x() or turned.y()) / 120 * width / 10)
            self.time.set_cursor(self._nearest(event.position().x()))
        else:
            event.ignore()  # the page scrolls

    def _scrolls(self) -> bool:
        parent = self.parentWidget()
        while parent is not None and not isinstance(parent, QScrollArea):
            parent = parent.parentWidget()
        return parent is not None

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.time.zoom(1 / max(0.1, 1 + event.value()), self.time_at(event.position().x()))
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not isinstance(QApplication.focusWidget(), Plot) and not self.underMouse():
            self.time.set_cursor(None)

    def leaveEvent(self, event: QEvent) -> None:
        if self._pressed is None:
            self.time.set_cursor(None)
