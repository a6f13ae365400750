"""What stands where there is nothing to list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.text import PlainLabel

PICTURE = 48


class Picture(QWidget):
    """An icon, large and quiet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.setFixedSize(QSize(PICTURE, PICTURE))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(0.6)
        theme.icon(self.name, "muted").paint(painter, self.rect())


class EmptyState(QWidget):
    """A picture, a headline, a sentence, and what one can do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = Picture(self)
        self._title = PlainLabel(parent=self, kind="title")
        self._text = PlainLabel(parent=self, muted=True, wrap=True)
        self._action = QPushButton(self)
        self._callback: Callable[[], object] | None = None
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.GAP)
        layout.addStretch(2)
        for widget in (self._picture, self._title, self._text):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(theme.GAP)
        layout.addWidget(self._action, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setFixedWidth(360)
        self._action.clicked.connect(self._act)

    def say(
        self, icon: str, title: str, text: str, action: str = "", callback: Callable[[], object] | None = None
    ) -> None:
        """Show this; `action` is the label of a button that calls `callback`."""
        self._picture.name = icon
        self._picture.update()
        self._title.setText(title)
        self._text.setText(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._callback = callback

    def _act(self) -> None:
        if self._callback:
            self._callback()
