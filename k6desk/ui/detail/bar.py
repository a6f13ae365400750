"""A horizontal bar of segments in proportion to their size: the picture of a timeline and of a cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from k6desk.ui import theme
from k6desk.ui.detail.ledger import Tone
from k6desk.ui.text import tooltip

SMALLEST = 6.0
HEIGHT = 40.0
AXIS = 18.0
GAP = 2.0
EDGE = 3.0


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the bar. `hollow` is a part that is taken away; `words` and `figure` show where they fit."""

    size: float
    tone: Tone
    words: str
    figure: str
    hollow: bool = False


def widths(sizes: Sequence[float], room: float) -> list[float]:
    """How to share `room` out in proportion to the sizes, none under `SMALLEST` as far as there is room."""
    least = min(SMALLEST, room / max(1, len(sizes)))
    total = sum(sizes)
    if total <= 0:
        return [room / max(1, len(sizes))] * len(sizes)
    result = [0.0] * len(sizes)
    left, weight = room, total
    for at in sorted(range(len(sizes)), key=lambda at: sizes[at]):
        result[at] = max(least, left * sizes[at] / weight) if weight > 0 else left
        left -= result[at]
        weight -= sizes[at]
    return result


class Bar(QWidget):
    """Segments side by side, named where their name fits; every one has a tooltip."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._segments: tuple[Segment, ...] = ()
        self._ends = ("", "")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_segments(self, segments: Sequence[Segment], ends: tuple[str, str] = ("", "")) -> None:
        """Show these segments; `ends` is what stands under the left and the right end."""
        if (tuple(segments), ends) == (self._segments, self._ends):
            return
        if bool(any(ends)) != bool(any(self._ends)):
            self.updateGeometry()
        self._segments = tuple(segments)
        self._ends = ends
        self.setAccessibleDescription(", ".join(f"{each.words} {each.figure}" for each in segments))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, int(HEIGHT + (AXIS if any(self._ends) else 0)))

    def _boxes(self) -> list[QRectF]:
        gaps = GAP * max(0, len(self._segments) - 1)
        left, boxes = 0.0, []
        for width in widths([each.size for each in self._segments], max(0.0, self.width() - gaps)):
            boxes.append(QRectF(left, 0, width, HEIGHT))
            left += width + GAP
        return boxes

    def _paint_segment(self, painter: QPainter, box: QRectF, segment: Segment) -> None:
        palette = self.palette()
        tone = segment.tone.colour(palette)
        shape = QPainterPath()
        shape.addRoundedRect(box, 4, 4)
        painter.save()
        painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
        painter.fillRect(box, theme.blend(tone, theme.colour("surface", palette), 0.08 if segment.hollow else 0.24))
        if segment.hollow:
            painter.setPen(theme.blend(tone, theme.colour("surface", palette), 0.35))
            for x in range(int(box.left() - HEIGHT), int(box.right()), 7):
                painter.drawLine(QPointF(x, HEIGHT), QPointF(x + HEIGHT, 0))
        painter.fillRect(QRectF(box.left(), box.bottom() - EDGE, box.width(), EDGE), tone)
        painter.restore()
        self._paint_words(painter, box.adjusted(6, 3, -4, -EDGE - 3), segment)

    def _paint_words(self, painter: QPainter, box: QRectF, segment: Segment) -> None:
        for words, role, edge in (
            (segment.words, "text", Qt.AlignmentFlag.AlignTop),
            (segment.figure, "muted", Qt.AlignmentFlag.AlignBottom),
        ):
            if painter.fontMetrics().horizontalAdvance(words) <= box.width():
                painter.setPen(theme.colour(role, self.palette()))
                painter.drawText(box, Qt.AlignmentFlag.AlignLeft | edge, words)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            for box, segment in zip(self._boxes(), self._segments, strict=True):
                if box.contains(event.pos()):
                    QToolTip.showText(event.globalPos(), tooltip(f"{segment.words}\n{segment.figure}"), self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("caption"))
        for box, segment in zip(self._boxes(), self._segments, strict=True):
            self._paint_segment(painter, box, segment)
        painter.setPen(theme.colour("muted", self.palette()))
        axis = QRectF(0, HEIGHT, self.width(), AXIS)
        flags = Qt.AlignmentFlag
        painter.drawText(axis, flags.AlignLeft | flags.AlignBottom, self._ends[0])
        painter.drawText(axis, flags.AlignRight | flags.AlignBottom, self._ends[1])
