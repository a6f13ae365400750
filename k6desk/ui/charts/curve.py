"""One line on the plot."""

from __future__ import annotations

from math import ceil

import numpy as np
from pyqtgraph import arrayToQPath
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPalette, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from k6desk.ui.charts.line_colours import line_colour, line_pen
from k6desk.ui.charts.lines import Floats, Line
from k6desk.ui.charts.peaks import lonely, part, thinned

WIDTH = 1.5
DOT = 2.5
_SLANT = QPointF(0.45, 0.89)  # so that steep parts become wider as well
_NOTHING: Floats = np.empty(0)


class Curve(QGraphicsItem):
    """A line, as much of it as is seen and with no more points than can be told apart.

    Qt draws lines of one pixel a hundred times faster than wider ones: a wide line is a few narrow ones side by side.
    """

    def __init__(self, line: Line, palette: QPalette) -> None:
        super().__init__()
        self.line = line
        self._palette = palette
        self._seen = QRectF()
        self._times, self._values = _NOTHING, _NOTHING
        self._dots: tuple[Floats, Floats] = (_NOTHING, _NOTHING)
        self._path = QPainterPath()

    def dress(self, palette: QPalette) -> None:
        """Take the colours of a palette."""
        self._palette = palette
        self.update()

    def show_part(self, seen: QRectF, columns: int) -> None:
        """Show what is in this rectangle of times and values, on so many columns of pixels."""
        if seen != self._seen:
            self.prepareGeometryChange()
            self._seen = seen
        times, values = part(self.line, seen.left(), seen.right())
        dots = (times, values) if self.line.with_dots else lonely(times, values)
        if len(times) > 3 * columns:
            times, values = thinned(times, values, seen.width() / columns)
        if self.line.as_steps and len(times):
            times, values = _as_steps(times, values, self.line.step)
        if np.array_equal(times, self._times) and np.array_equal(values, self._values, equal_nan=True):
            return
        self._times, self._values, self._dots = times, values, dots
        self._path = arrayToQPath(times, values, connect="finite")
        self.update()

    def boundingRect(self) -> QRectF:
        return self._seen

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        to_pixels = painter.transform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if painter.paintEngine().type() == QPaintEngine.Type.SVG:
            painter.resetTransform()
            painter.setPen(line_pen(self.line.role, self.line.style, self._palette, WIDTH))
            painter.drawPath(to_pixels.map(self._path))
        else:
            scale = painter.device().devicePixelRatioF()
            pen = line_pen(self.line.role, self.line.style, self._palette, 1, scale)
            pen.setCosmetic(True)  # one pixel of the screen, whatever its scale
            painter.setPen(pen)
            strokes, spread = ceil(WIDTH * scale), WIDTH - 1 / scale
            for n in range(strokes):
                aside = _SLANT * (spread * (n / (strokes - 1) - 0.5))
                painter.setTransform(to_pixels * QTransform.fromTranslate(aside.x(), aside.y()))
                painter.drawPath(self._path)
            painter.resetTransform()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(line_colour(self.line.role, self._palette))
        for time, value in zip(*self._dots, strict=True):
            painter.drawEllipse(to_pixels.map(QPointF(time, value)), DOT, DOT)


def _as_steps(times: Floats, values: Floats, step: float) -> tuple[Floats, Floats]:
    """Two points for each sample; the last value holds until the next sample is due."""
    return np.append(np.repeat(times, 2)[1:], times[-1] + step), np.repeat(values, 2)
