"""One line of a script, painted with its number and with what matches in it in colour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPalette, QTextCharFormat, QTextLayout, QTextOption

from k6desk.data.text_lines import Span
from k6desk.data.visible import HIDDEN
from k6desk.ui import theme
from k6desk.ui.detail.highlighter import units

DIGITS = 6
_BEFORE = 3  # a third of the room is for what stands before a match


class CodeLine:
    """Paints lines in the fixed font."""

    def __init__(self) -> None:
        self._font = theme.font("mono")
        self._metrics = QFontMetrics(self._font)
        self._sign = self._metrics.horizontalAdvance("0")

    @property
    def number_width(self) -> int:
        """The room for a line's number."""
        return self._sign * DIGITS

    def paint(
        self,
        painter: QPainter,
        rect: QRect,
        number: int,
        line: str,
        spans: Sequence[Span],
        palette: QPalette,
        *,
        keeps_indent: bool = False,
        is_muted: bool = False,
    ) -> None:
        """Paint a line; a long one begins before its first match, and so shows it."""
        painter.setFont(self._font)
        painter.setPen(theme.colour("muted", palette))
        at = QRect(rect.left(), rect.top(), self.number_width, rect.height())
        painter.drawText(at, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number))
        place = rect.adjusted(self.number_width + theme.WIDE, 0, 0, 0)
        shown, marks = self.cut(line, spans, place.width(), keeps_indent=keeps_indent)
        layout = self._layout(shown, marks, palette)
        painter.save()
        painter.setClipRect(place)
        painter.setPen(theme.colour("muted" if is_muted else "text", palette))
        layout.draw(painter, QPointF(place.left(), place.top() + (place.height() - self._metrics.height()) / 2))
        painter.restore()

    def cut(self, line: str, spans: Sequence[Span], room: int, *, keeps_indent: bool = False) -> tuple[str, list[Span]]:
        """What is shown of a line where there is so much room, and what matches in that."""
        indent = 0 if keeps_indent else len(line) - len(line.lstrip())
        first, end = spans[0] if spans else (indent, indent)
        start = min(indent, first)
        # One sign for one, so that matches stay where they are: what reorders or hides text shows as a dot.
        shown = HIDDEN.sub("·", line.replace("\t", " "))
        if self._metrics.horizontalAdvance(shown[start : start + room]) > room:
            most = max(1, room // self._sign)
            if end - start >= most:
                start = max(start, first - max(1, most // _BEFORE))
            # Wide letters need more room than others.
            while start < first and self._metrics.horizontalAdvance(shown[start : min(end, first + most)]) > room:
                start += 1
        before = "…" if start > min(indent, first) else ""
        shift = len(before) - start
        marks = [(max(len(before), one + shift), after + shift) for one, after in spans if after > start]
        return self._metrics.elidedText(before + shown[start : start + room], Qt.TextElideMode.ElideRight, room), marks

    def _layout(self, shown: str, marks: Sequence[Span], palette: QPalette) -> QTextLayout:
        layout = QTextLayout(shown, self._font)
        layout.setTextOption(QTextOption(Qt.AlignmentFlag.AlignLeft))
        mark = QTextCharFormat()
        mark.setBackground(theme.blend(theme.colour("warning", palette), theme.colour("surface", palette), 0.3))
        mark.setForeground(theme.colour("text", palette))
        formats = []
        for first, end in marks:
            one = QTextLayout.FormatRange()
            # Qt counts in UTF-16.
            one.start = units(shown[:first])
            one.length = units(shown[first:end])
            one.format = mark
            formats.append(one)
        layout.setFormats(formats)
        layout.beginLayout()
        layout.createLine()
        layout.endLayout()
        return layout
