"""What dialogs look like: their margins, and how they fit what they say."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from k6desk.ui import theme

MARGIN = theme.WIDE + theme.GAP


class Frame(QDialog):
    """Open it with `open()`. A subclass fills `column`; with a `width` the dialog is as high as what it says."""

    _width: int | None = None  # Qt tells of events while a dialog is being made

    def __init__(self, title: str, parent: QWidget | None = None, *, width: int | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(MARGIN, MARGIN - theme.UNIT, MARGIN, theme.WIDE)
        self.column.setSpacing(theme.GAP)
        self._width = width

    def event(self, event: QEvent) -> bool:
        """A layout that asks for more or less room gets it."""
        handled = super().event(event)
        if self._width and event.type() == QEvent.Type.LayoutRequest:
            self.setFixedSize(self._width, self.column.totalHeightForWidth(self._width))
        return handled
