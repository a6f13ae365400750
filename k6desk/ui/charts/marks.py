"""What is before the lines: limits, the crosshair, the span that is being chosen, words where there is nothing."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from k6desk.ui import theme
from k6desk.ui.charts.line_colours import line_colour
from k6desk.ui.charts.lines import Limit

if TYPE_CHECKING:
    from k6desk.ui.charts.drawing import Drawing

GAP = 6
_ROW = 14.0
_RING = 3.5


def draw(painter: QPainter, drawing: Drawing) -> None:
    """Paint what belongs to the picture: limits, the crosshair, and words where there is nothing."""
    painter.setFont(theme.font("caption"))
    if drawing.empty_words:
        painter.setPen(theme.colour("muted", drawing.palette()))
        painter.setFont(theme.font("body"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(drawing.area.adjusted(GAP, 0, -GAP, 0), flags, drawing.empty_words)
    else:
        _paint_limits(painter, drawing)
    if drawing.time.cursor is not None:
        _paint_cursor(painter, drawing, drawing.time.cursor)


def draw_use(painter: QPainter, drawing: Drawing) -> None:
    """Paint what only who uses the chart needs to see: the span that is being chosen, and the focus."""
    _paint_selection(painter, drawing)
    if drawing.shows_focus:
        painter.setPen(theme.colour("accent", drawing.palette()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawRect(drawing.area)


def _paint_limits(painter: QPainter, drawing: Drawing) -> None:
    scale = drawing.scale_shown
    far = [limit for limit in drawing.limits if not scale.low <= limit.value <= scale.high]
    taken: list[float] = []
    for limit in drawing.limits:
        if limit not in far:
            y = drawing.y_of(limit.value)
            _paint_limit(painter, drawing, limit, round(y))
            above = y - _ROW >= 0 and all(abs(y - _ROW - each) >= _ROW for each in taken)
            top = y - _ROW if above else y
            taken.append(top)
            _paint_words(painter, drawing, limit, top, limit.words)
    for limit in far:
        is_above = limit.value > scale.high
        top = drawing.area.top() if is_above else drawing.area.bottom() - _ROW
        while any(abs(top - each) < _ROW for each in taken):
            top += _ROW if is_above else -_ROW
        taken.append(top)
        _paint_words(painter, drawing, limit, top, f"{'↑' if is_above else '↓'} {limit.words}")


def _paint_limit(painter: QPainter, drawing: Drawing, limit: Limit, y: int) -> None:
    pen = QPen(theme.colour("failed" if limit.is_crossed else "muted", drawing.palette()))
    pen.setDashPattern([4, 4])
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    area = drawing.area
    painter.drawLine(int(area.left()), y, int(area.right()), y)


def _paint_words(painter: QPainter, drawing: Drawing, limit: Limit, top: float, words: str) -> None:
    area, palette = drawing.area, drawing.palette()
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(area.width()) - 2 * GAP)
    width = painter.fontMetrics().horizontalAdvance(shown) + GAP
    box = QRectF(area.right() - width, top, width, _ROW)
    ground = drawing.surface
    ground.setAlphaF(0.8)
    painter.fillRect(box, ground)
    painter.setPen(theme.colour("failed" if limit.is_crossed else "muted", palette))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)


def _paint_selection(painter: QPainter, drawing: Drawing) -> None:
    if drawing.time.selection is None:
        return
    start, end = drawing.time.selection
    tint = theme.colour("accent", drawing.palette())
    tint.setAlphaF(0.15)
    left, right = drawing.x_of(start), drawing.x_of(end)
    painter.fillRect(QRectF(left, 0, right - left, drawing.area.bottom()), tint)


def _paint_cursor(painter: QPainter, drawing: Drawing, time: float) -> None:
    palette = drawing.palette()
    start, end = drawing.time.shown
    if not start <= time <= end:
        return
    x, area, surface = round(drawing.x_of(time)), drawing.area, drawing.surface
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(theme.blend(theme.colour("text", palette), surface, 0.5))
    painter.drawLine(x, 0, x, int(area.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(surface, 1.5))
    for curve in drawing.curves:
        value = curve.line.value_at(time)
        if isfinite(value):
            painter.setBrush(line_colour(curve.line.role, palette))
            painter.drawEllipse(QPointF(x, drawing.y_of(value)), _RING, _RING)
