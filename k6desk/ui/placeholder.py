"""What stands where there is nothing to show: a picture, why, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.text import PlainLabel

PICTURE = 40


class Picture(QWidget):
    """An icon of the theme, painted anew in every theme."""

    def __init__(self, icon: str = "", role: str = "text", side: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._role = role
        self.setFixedSize(side, side)

    def show_icon(self, icon: str, role: str | None = None) -> None:
        """Show this icon, in the colour of this role or of the one before."""
        role = role or self._role
        if (icon, role) != (self._icon, self._role):
            self._icon, self._role = icon, role
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._icon:
            theme.icon(self._icon, self._role).paint(QPainter(self), self.rect())


class Placeholder(QWidget):
    """A picture, a title, a sentence, and perhaps a button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action: Callable[[], object] = lambda: None
        self._picture = Picture(role="muted", side=PICTURE)
        self._title = PlainLabel(kind="title", wrap=True)
        self._sentence = PlainLabel(muted=True, wrap=True)
        self._button = QPushButton()
        self._button.clicked.connect(lambda: self._action())
        wraps = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        wraps.setHeightForWidth(True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        rows.setSpacing(theme.GAP)
        rows.addStretch(2)
        rows.addWidget(self._picture, alignment=Qt.AlignmentFlag.AlignHCenter)
        for part in (self._title, self._sentence):
            part.setSizePolicy(wraps)
            part.setMinimumWidth(1)
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            rows.addWidget(part)
        rows.addSpacing(theme.UNIT)
        rows.addWidget(self._button, alignment=Qt.AlignmentFlag.AlignHCenter)
        rows.addStretch(3)

    def show_words(
        self,
        title: str,
        sentence: str = "",
        *,
        icon: str = "empty",
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        """Say it; `action` is the label of a button that calls `on_action`."""
        self._picture.show_icon(icon)
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._action = on_action or (lambda: None)
