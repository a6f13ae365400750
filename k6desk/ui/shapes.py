"""The shape of each outcome, so that its colour is never alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF

from k6desk.ui.colours import colour, outcome_role


def paint_state(
    painter: QPainter, rect: QRectF, outcome: str, fraction: float | None = None, palette: QPalette | None = None
) -> None:
    """Paint the shape of a run's outcome into the largest square in the middle of `rect`; best at 14 to 20 px.

    Running is a ring filled by `fraction` (0..1, None while unknown), passed a tick in a disc, failed a cross in a
    disc, error a triangle, aborted a rounded square, waiting a clock, preparing or processing three dots.
    """
    side = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2)
    painter.scale(side / 16, side / 16)
    ink = colour(outcome_role(outcome), palette)
    ground = colour("surface", palette)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    match outcome:
        case "running":
            _paint_ring(painter, ink, fraction)
        case "passed":
            painter.drawEllipse(QRectF(1, 1, 14, 14))
            painter.setPen(_pen(ground, 1.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF([QPointF(4.8, 8.3), QPointF(7.1, 10.6), QPointF(11.3, 5.7)]))
        case "failed":
            painter.drawEllipse(QRectF(1, 1, 14, 14))
            painter.setPen(_pen(ground, 1.8))
            painter.drawLine(QPointF(5.6, 5.6), QPointF(10.4, 10.4))
            painter.drawLine(QPointF(10.4, 5.6), QPointF(5.6, 10.4))
        case "error":
            painter.setPen(_pen(ink, 2))
            painter.drawPolygon(QPolygonF([QPointF(8, 2.4), QPointF(14.2, 13.4), QPointF(1.8, 13.4)]))
            painter.setPen(_pen(ground, 1.7))
            painter.drawLine(QPointF(8, 6), QPointF(8, 9.2))
            painter.drawPoint(QPointF(8, 12))
        case "aborted":
            painter.drawRoundedRect(QRectF(2, 2, 12, 12), 3, 3)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(5.5, 5.5, 5, 5), 1, 1)
        case "created" | "queued":
            painter.setPen(_pen(ink, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(1.75, 1.75, 12.5, 12.5))
            painter.drawPolyline(QPolygonF([QPointF(8, 4.8), QPointF(8, 8.2), QPointF(10.3, 9.6)]))
        case _:
            for x in (3, 8, 13):
                painter.drawEllipse(QPointF(x, 8), 1.7, 1.7)
    painter.restore()


def _paint_ring(painter: QPainter, ink: QColor, fraction: float | None) -> None:
    circle = QRectF(2, 2, 12, 12)
    faint = QColor(ink)
    faint.setAlphaF(0.28)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(faint, 2.4))
    painter.drawEllipse(circle)
    if fraction is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(8, 8), 2.2, 2.2)
    else:
        painter.setPen(_pen(ink, 2.4))
        painter.drawArc(circle, 90 * 16, -round(min(max(fraction, 0.02), 1) * 360 * 16))


def _pen(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
