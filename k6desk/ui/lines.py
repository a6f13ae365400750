"""Lines of text that are laid out once: a table says the same few words over and over while rows stream in."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStaticText

_ANY = 1 << 20
_KEPT = 512
"""About a kilobyte each; a screen full of cells and some more."""


class Lines:
    """Paints plain text in one font, each on one line, in the middle of a rectangle's height."""

    def __init__(self, font: QFont, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        self._font = font
        self._elide = elide
        self._metrics = QFontMetrics(font)
        self._laid_out = lru_cache(_KEPT)(self._lay_out)

    def width(self, said: str) -> int:
        """How much room a text takes."""
        return self._laid_out(said, _ANY)[1]

    def paint(self, painter: QPainter, rect: QRect, said: str, *, right: bool = False) -> int:
        """Paint a text in the painter's pen, elided if it must be, at the left or right; gives its width."""
        if not said:
            return 0
        line, width = self._laid_out(said, rect.width())
        x = rect.x() + rect.width() - width if right else rect.x()
        painter.setFont(self._font)
        painter.drawStaticText(QPoint(x, rect.y() + (rect.height() - self._metrics.height()) // 2), line)
        return width

    def _lay_out(self, said: str, room: int) -> tuple[QStaticText, int]:
        """Elided until it fits: laid out, a text may be wider than its metrics say, as where fonts are mixed."""
        room = goal = max(0, room)
        line = self._line(said, goal)
        while goal and (too_much := int(line.size().width()) - room) > 0:
            goal = max(0, goal - too_much)
            line = self._line(said, goal)
        return line, min(room, ceil(line.size().width()))

    def _line(self, said: str, room: int) -> QStaticText:
        line = QStaticText(self._metrics.elidedText(said, self._elide, room))
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.prepare(font=self._font)
        return line
