"""A value against its limit, painted: how far the value reaches, where the limit is, and on which side of it is bad."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPalette

from k6desk.core.thresholds.thresholds import Verdict
from k6desk.ui import theme

HEIGHT = 8
OVERHANG = 4
"""So far the mark of the limit stands out above and below."""
GREATEST = 1e100
"""Beyond this a limit is drawn as this: scripts say `Number.MAX_VALUE`, with which nothing can be reckoned."""


def span_of(verdict: Verdict) -> tuple[float, float]:
    """The values at both ends of the bar. A rate that is to be high begins near its limit, not at 0."""
    limit = _limit(verdict)
    value = limit if verdict.value is None else verdict.value
    if verdict.unit == "share" and ">" in verdict.threshold.operator:
        low, high = max(0.0, min(value, 1 - 5 * (1 - limit))), max(1.0, value, limit)
    else:
        low, high = 1.25 * min(0.0, value, limit), 1.25 * max(0.0, value, limit)
    return (low, high) if low < high else (0.0, high or 1.0)


def paint_bar(painter: QPainter, rect: QRectF, verdict: Verdict, role: str, palette: QPalette) -> None:
    """Paint it into a rectangle as high as `HEIGHT`; `role` is the colour of the value."""
    low, high = span_of(verdict)
    limit = _limit(verdict)

    def x(value: float) -> float:
        return rect.x() + rect.width() * (value - low) / (high - low)

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("line", palette))
    painter.drawRoundedRect(rect, 3, 3)
    bad = QRectF(rect)
    if "<" in verdict.threshold.operator:
        bad.setLeft(x(limit))
    elif ">" in verdict.threshold.operator:
        bad.setRight(x(limit))
    else:
        bad.setWidth(0)
    painter.setBrush(QBrush(theme.colour("muted", palette), Qt.BrushStyle.BDiagPattern))
    painter.drawRect(bad)
    if verdict.value is not None:
        start, end = sorted((x(max(low, min(0.0, high))), x(verdict.value)))
        painter.setBrush(theme.colour(role, palette))
        painter.drawRoundedRect(QRectF(start, rect.y(), max(3.0, end - start), rect.height()), 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    mark = QRectF(round(x(limit)) - 1, rect.y() - OVERHANG, 2, rect.height() + 2 * OVERHANG)
    painter.fillRect(mark, theme.colour("text", palette))
    painter.restore()


def _limit(verdict: Verdict) -> float:
    return min(max(verdict.threshold.limit or 0.0, -GREATEST), GREATEST)
