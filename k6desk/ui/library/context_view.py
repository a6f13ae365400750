"""The lines around the one that is chosen among what was found."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from k6desk.data.text_lines import Line
from k6desk.ui import theme
from k6desk.ui.library.code_line import CodeLine

AROUND = 3
HEIGHT = 20


class ContextView(QWidget):
    """A line in the middle and what stands before and after it; where the script ends it stays empty."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Lines around the chosen one")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._code = CodeLine()
        self._chosen: Line | None = None
        self._lines: dict[int, Line] = {}

    def show_lines(self, chosen: Line | None, around: tuple[Line, ...] = ()) -> None:
        """Show a line, and those around it once they are read."""
        self._chosen = chosen
        self._lines = {line.number: line for line in around}
        self.setAccessibleDescription("\n".join(line.text for line in around))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, HEIGHT * (2 * AROUND + 1) + theme.GAP * 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        if not self._chosen:
            return
        for at in range(2 * AROUND + 1):
            number = self._chosen.number + at - AROUND
            rect = QRect(theme.GAP, theme.GAP + at * HEIGHT, self.width() - 2 * theme.GAP, HEIGHT)
            is_chosen = number == self._chosen.number
            if is_chosen:
                painter.fillRect(rect.adjusted(-theme.GAP, 0, theme.GAP, 0), theme.colour("selection", self.palette()))
            if line := self._chosen if is_chosen else self._lines.get(number):
                self._code.paint(
                    painter,
                    rect,
                    number,
                    line.text,
                    line.spans,
                    self.palette(),
                    keeps_indent=True,
                    is_muted=not is_chosen,
                )
