"""The widget that a view of items paints on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget


class Viewport(QWidget):
    """For `setViewport`, before all else that is set of a view.

    Of Qt's own viewport PySide6 knows only that it is some widget: to find out which, it prepares every class of
    widgets there is. That takes 15 ms, a tenth of what comes before the first picture.
    """

    left = Signal()  # by the pointer

    def __init__(self, role: QPalette.ColorRole = QPalette.ColorRole.Base) -> None:
        super().__init__()
        self.setBackgroundRole(role)
        self.setAutoFillBackground(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()
