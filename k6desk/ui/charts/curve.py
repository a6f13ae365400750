"""One line on the plot."""

from __future__ import annotations

from math import ceil

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPaintEngine, QPainter, QPainterPath, QPalette, QTransform

from k6desk.ui.charts.line_colours import line_colour, line_pen
from k6desk.ui.charts.lines import Floats, Line
from k6desk.ui.charts.path import path_of
from k6desk.ui.charts.peaks import dots, part, thinned

WIDTH = 1.5
DOT = 2.5
_SLANT = QPointF(0.45, 0.89)  # so that steep parts become wider as well
_NOTHING: Floats = np.empty(0)


class Curve:
    """A line, as much of it as is seen and with no more points than can be told apart.

    Qt draws lines of one pixel a hundred times faster than wider ones: a wide line is a few narrow ones side by side.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self._times, self._values = _NOTHING, _NOTHING
        self._dots: tuple[Floats, Floats] = (_NOTHING, _NOTHING)
        self._path = QPainterPath()

    def show_part(self, start: float, end: float, columns: int) -> bool:
        """Show what is from `start` to `end`, on so many columns of pixels; gives whether that is anything new."""
        times, values = part(self.line, start, end)
        if len(times) > 3 * columns:
            times, values = thinned(times, values, (end - start) / columns)
        if self.line.as_steps and len(times):
            times, values = _as_steps(times, values, min(end, times[-1] + self.line.step))
        if np.array_equal(times, self._times) and np.array_equal(values, self._values, equal_nan=True):
            return False
        self._times, self._values = times, values
        self._dots = dots(self.line, start, end)
        self._path = path_of(times, values)
        return True

    def draw(self, painter: QPainter, to_pixels: QTransform, palette: QPalette) -> None:
        """Paint the line, its times and values becoming pixels as `to_pixels` says."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        path = to_pixels.map(self._path)
        if path.isEmpty():
            pass  # in an SVG it would be a fault
        elif painter.paintEngine().type() == QPaintEngine.Type.SVG:
            painter.setPen(line_pen(self.line.role, self.line.style, palette, WIDTH))
            painter.drawPath(path)
        else:
            scale = painter.device().devicePixelRatioF()
            pen = line_pen(self.line.role, self.line.style, palette, 1, scale)
            pen.setCosmetic(True)  # one pixel of the screen, whatever its scale
            painter.setPen(pen)
            strokes, spread = max(2, ceil(WIDTH * scale)), max(0.0, WIDTH - 1 / scale)
            for n in range(strokes):
                painter.drawPath(path.translated(_SLANT * (spread * (n / (strokes - 1) - 0.5))))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(line_colour(self.line.role, palette))
        for time, value in zip(*self._dots, strict=True):
            painter.drawEllipse(to_pixels.map(QPointF(time, value)), DOT, DOT)


def _as_steps(times: Floats, values: Floats, end: float) -> tuple[Floats, Floats]:
    """Two points for each sample; the last value holds until `end`."""
    return np.append(np.repeat(times, 2)[1:], end), np.repeat(values, 2)
