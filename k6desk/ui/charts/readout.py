"""The head of a chart: its title, and its lines with their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from k6desk.ui import theme
from k6desk.ui.charts.line_colours import line_pen
from k6desk.ui.charts.lines import Style
from k6desk.ui.text import one_line, tooltip

ROW = 20
_SAMPLE = 16
_PAD = 6
_BETWEEN = 18
_USUAL_NAME = 220
HELP = (
    "Drag over a span of time to look at it closely; double-click shows all.\n"
    "The wheel zooms with Ctrl, where the page does not scroll without it too; with Shift it moves in time, "
    "as dragging with Shift or the middle button does.\n"
    "Keys: ← → Home End crosshair, Shift+← → move in time, + − zoom, 0 all."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line in the head of its chart."""

    name: str
    role: int
    style: Style
    words: str


class Readout(QWidget):
    """Every line has its fixed place, as wide as its widest value yet: nothing moves while values change."""

    def __init__(self, title: str, caption: str, widest_words: str) -> None:
        super().__init__()
        self._title, self._caption = one_line(title), caption
        self._entries: tuple[Entry, ...] = ()
        self._moment = ""
        self._moment_width = 0
        self._widest_words = widest_words
        self._value_width = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(ROW)

    def set_entries(self, entries: Sequence[Entry], moment: str) -> None:
        """Show these lines and, at the right end, the time that their values are of."""
        if (tuple(entries), moment) == (self._entries, self._moment):
            return
        metrics = QFontMetrics(theme.font("body"))
        widest = max(map(metrics.horizontalAdvance, [self._widest_words, *(each.words for each in entries)]))
        self._value_width = max(self._value_width, widest)
        self._moment_width = max(self._moment_width, metrics.horizontalAdvance(moment))
        self._entries, self._moment = tuple(entries), moment
        self._fit()
        self.update()

    def keep_room_for(self, moment: str) -> None:
        """Times will be as wide as this one."""
        width = QFontMetrics(theme.font("body")).horizontalAdvance(moment)
        if width > self._moment_width:
            self._moment_width = width
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        rows = 1 + max((row for row, _, _ in self._cells(self.width())), default=0)
        self.setFixedHeight(ROW * rows)

    def _title_width(self) -> int:
        caption = QFontMetrics(theme.font("caption")).horizontalAdvance(self._caption)
        return QFontMetrics(_bold()).horizontalAdvance(self._title) + (caption + _PAD if caption else 0)

    def _cells(self, width: int) -> list[tuple[int, int, int]]:
        """Row, left and width of each line: beside the title if all have room there, else in columns under it."""
        if not self._entries:
            return []
        metrics = QFontMetrics(theme.font("body"))
        fixed = _SAMPLE + 2 * _PAD + self._value_width + 2  # elided text is measured in fractions of a pixel
        sizes = [metrics.horizontalAdvance(each.name) + fixed for each in self._entries]
        left = self._title_width() + _BETWEEN
        if left + sum(sizes) + _BETWEEN * len(sizes) <= width - self._moment_width:
            cells = []
            for size in sizes:
                cells.append((0, left, size))
                left += size + _BETWEEN
            return cells
        usual = min(_USUAL_NAME + fixed, max(sizes))
        columns = max(1, (width + _BETWEEN) // (usual + _BETWEEN))
        cell = min(max(sizes), max(1, (width + _BETWEEN) // columns - _BETWEEN))
        return [(1 + at // columns, at % columns * (cell + _BETWEEN), cell) for at in range(len(sizes))]

    def paintEvent(self, event: QPaintEvent) -> None:
        self.draw(QPainter(self))

    def draw(self, painter: QPainter) -> None:
        """Paint at the painter's origin, on the screen or in a picture."""
        palette, flags = self.palette(), Qt.AlignmentFlag
        text, muted = theme.colour("text", palette), theme.colour("muted", palette)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(_bold())
        painter.setPen(text)
        metrics = painter.fontMetrics()
        room = self.width() - (self._moment_width + _BETWEEN if self._moment else 0)
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(0, 0, room, ROW), flags.AlignVCenter, title)
        painter.setPen(muted)
        painter.setFont(theme.font("caption"))
        after = metrics.horizontalAdvance(title) + _PAD
        if after + painter.fontMetrics().horizontalAdvance(self._caption) <= room:
            painter.drawText(QRectF(after, 1, room - after, ROW), flags.AlignVCenter, self._caption)
        painter.setFont(theme.font("body"))
        painter.drawText(QRectF(0, 0, self.width(), ROW), flags.AlignRight | flags.AlignVCenter, self._moment)
        for entry, (row, left, width) in zip(self._entries, self._cells(self.width()), strict=True):
            y = row * ROW
            pen = line_pen(entry.role, entry.style, palette, 2)
            painter.setPen(pen)
            painter.drawLine(QPointF(left, y + ROW / 2), QPointF(left + _SAMPLE, y + ROW / 2))
            metrics = painter.fontMetrics()
            name_room = width - _SAMPLE - 2 * _PAD - self._value_width
            name = metrics.elidedText(entry.name, Qt.TextElideMode.ElideMiddle, name_room)
            painter.setPen(muted)
            name_left = left + _SAMPLE + _PAD
            painter.drawText(QRectF(name_left, y, name_room + 1, ROW), flags.AlignVCenter, name)
            painter.setPen(text)
            painter.drawText(
                QRectF(left + width - self._value_width, y, self._value_width + 1, ROW), flags.AlignVCenter, entry.words
            )

    def event(self, event: QEvent) -> bool:
        if not isinstance(event, QHelpEvent):
            return super().event(event)
        for entry, (row, left, width) in zip(self._entries, self._cells(self.width()), strict=True):
            if QRectF(left, row * ROW, width, ROW).contains(event.pos()):
                QToolTip.showText(event.globalPos(), tooltip(f"{entry.name}\n{entry.words}"), self)
                return True
        QToolTip.showText(event.globalPos(), tooltip(f"{self._title}\n{HELP}"), self)
        return True


def _bold() -> QFont:
    font = theme.font("body")
    font.setWeight(QFont.Weight.DemiBold)
    return font
