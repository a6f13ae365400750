"""What is behind the lines: bands of time, and the scales with their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from k6desk.ui import theme

if TYPE_CHECKING:
    from k6desk.ui.charts.drawing import Drawing

GAP = 6
_TINT = 0.04
_LEAST_WORDS = 8
"""Less of a name says nothing: “Ram…”."""


def draw(painter: QPainter, drawing: Drawing) -> None:
    """Paint in pixels, so that hairlines are sharp and words are where there is room."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setFont(theme.font("caption"))
    if drawing.ticks:
        _paint_bands(painter, drawing)
    _paint_values(painter, drawing)
    _paint_times(painter, drawing)


def _paint_bands(painter: QPainter, drawing: Drawing) -> None:
    palette = drawing.palette()
    area, metrics = drawing.area, painter.fontMetrics()
    tint = theme.colour("text", palette)
    tint.setAlphaF(_TINT)
    for band in drawing.bands:
        left, right = max(area.left(), drawing.x_of(band.start)), min(area.right(), drawing.x_of(band.end))
        if right - left < 1:
            continue
        box = QRectF(left, 0, right - left, area.bottom())
        if band.kind != "steady":
            painter.fillRect(box, tint)
        words = metrics.elidedText(band.words, Qt.TextElideMode.ElideRight, int(box.width()) - 2 * GAP)
        if drawing.names_bands and (words == band.words or len(words) >= _LEAST_WORDS):
            painter.setPen(theme.colour("muted", palette))
            painter.drawText(box.adjusted(GAP, 1, -GAP, 0), Qt.AlignmentFlag.AlignTop, words)


def _paint_values(painter: QPainter, drawing: Drawing) -> None:
    palette = drawing.palette()
    area, flags = drawing.area, Qt.AlignmentFlag
    line, muted = theme.colour("line", palette), theme.colour("muted", palette)
    for value, words in drawing.scale_shown.ticks:
        y = round(drawing.y_of(value))
        painter.setPen(line)
        painter.drawLine(int(area.left()), y, int(area.right()), y)
        painter.setPen(muted)
        box = QRectF(0, y - 8, area.left() - GAP, 16)
        painter.drawText(box, flags.AlignRight | flags.AlignVCenter | Qt.TextFlag.TextDontClip, words)


def _paint_times(painter: QPainter, drawing: Drawing) -> None:
    metrics = painter.fontMetrics()
    area = drawing.area
    painter.setPen(theme.colour("muted", drawing.palette()))
    free_from, end = 0.0, float(drawing.width())
    for time, words in drawing.ticks:
        x, width = drawing.x_of(time), metrics.horizontalAdvance(words)
        if not area.left() - 1 <= x <= area.right() + 1:
            continue
        left = min(max(x - width / 2, area.left() - 2), end - width)
        if left >= free_from:
            box = QRectF(left, area.bottom() + 3, width + 1, 15)
            painter.drawText(box, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip, words)
            free_from = left + width + 2 * GAP


def words_width(words: list[str]) -> int:
    """The room that these words need beside a plot."""
    metrics = QFontMetrics(theme.font("caption"))
    return max((metrics.horizontalAdvance(each) for each in words), default=0) + GAP
