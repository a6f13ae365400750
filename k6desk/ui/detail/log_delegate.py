"""Paints the rows of a log: when, how bad, and what; what is missing as a quiet line across."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from k6desk.api.logs import LogLine
from k6desk.data.folding import folded
from k6desk.data.run_log import ERRORS, WARNINGS, Mark, severity
from k6desk.ui import theme
from k6desk.ui.detail import log_words
from k6desk.ui.detail.log_model import LogModel
from k6desk.ui.lines import Lines
from k6desk.ui.roles import Index

BAR = 3
ICON = 12
TINT = 0.08
SOUGHT = 0.34
"""How much of the colour of what is sought lies on its ground."""
NARROW = 560
"""Below this width a time has no milliseconds."""


class LogDelegate(QStyledItemDelegate):
    """Every row is as high as the others."""

    def __init__(self, model: LogModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._mono = Lines(theme.font("mono"))
        self._caption = Lines(theme.font("caption"))
        self._metrics = QFontMetrics(theme.font("mono"))
        self._time = self._mono.width("00:00:00.000")
        self._level = ICON + theme.UNIT + max(map(self._caption.width, ERRORS | WARNINGS))
        self._icons = {at: theme.icon(name, log_words.ROLES[at]) for at, name in log_words.ICONS.items()}
        self.sought = ""
        """Text that is marked wherever it is seen."""

    @property
    def height(self) -> int:
        """That of every row."""
        return self._metrics.height() + theme.UNIT

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self.height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option
        place: QRect = styled.rect
        row = self._model.row(index.row())
        is_selected = bool(styled.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if isinstance(row, Mark):
            self._paint_mark(painter, place, row, styled.palette)
        else:
            self._paint_ground(painter, place, row, styled.palette, is_selected=is_selected)
            self._paint_line(painter, place.adjusted(theme.WIDE, 0, -theme.GAP, 0), row, styled.palette)
        if is_selected:
            painter.fillRect(
                QRect(place.left(), place.top(), BAR, place.height()), theme.colour("accent", styled.palette)
            )
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, place: QRect, line: LogLine, palette: QPalette, *, is_selected: bool
    ) -> None:
        if is_selected:
            painter.fillRect(place, theme.colour("selection", palette))
        elif (bad := severity(line.level)) >= 2:
            strong = theme.colour(log_words.ROLES[bad], palette)
            painter.fillRect(place, theme.blend(strong, theme.colour("surface", palette), TINT))

    def _paint_line(self, painter: QPainter, place: QRect, line: LogLine, palette: QPalette) -> None:
        bad = severity(line.level)
        is_narrow = place.width() < NARROW
        painter.setPen(theme.colour("muted", palette))
        self._mono.paint(painter, place, log_words.clock(line.at_ns)[: 8 if is_narrow else None])
        place.setLeft(place.left() + self._time_width(is_narrow=is_narrow) + theme.GAP)
        if bad in self._icons:
            sign = QRect(place.left(), place.top() + (place.height() - ICON) // 2, ICON, ICON)
            self._icons[bad].paint(painter, sign)
        painter.setPen(theme.colour(log_words.ROLES[bad], palette))
        words = QRect(place.left() + ICON + theme.UNIT, place.top(), self._level - ICON - theme.UNIT, place.height())
        self._caption.paint(painter, words, log_words.level(line.level))
        place.setLeft(place.left() + self._level + theme.GAP)
        said = log_words.in_a_row(line.text)
        self._paint_sought(painter, place, said, palette)
        painter.setPen(theme.colour("text", palette))
        self._mono.paint(painter, place, said)

    def _time_width(self, *, is_narrow: bool) -> int:
        return self._mono.width("00:00:00") if is_narrow else self._time

    def _paint_sought(self, painter: QPainter, place: QRect, said: str, palette: QPalette) -> None:
        sought = folded(self.sought)
        within = folded(said) if sought else ""
        begin = within.find(sought) if sought else -1
        ground = theme.blend(theme.colour("warning", palette), theme.colour("surface", palette), SOUGHT)
        while begin >= 0:
            left = place.left() + self._metrics.horizontalAdvance(said[:begin])
            if left >= place.right():
                break
            width = self._metrics.horizontalAdvance(said[begin : begin + len(sought)])
            painter.fillRect(QRect(left, place.top(), width, place.height()) & place, ground)
            begin = within.find(sought, begin + len(sought))

    def _paint_mark(self, painter: QPainter, place: QRect, mark: Mark, palette: QPalette) -> None:
        middle = place.center().y()
        painter.setPen(theme.colour("line", palette))
        painter.drawLine(place.left() + theme.GAP, middle, place.right() - theme.GAP, middle)
        # Laid out, a text may be a little wider than its metrics say.
        width = min(self._caption.width(mark.text) + 4 * theme.GAP, place.width() - 4 * theme.GAP)
        words = QRect(place.left() + (place.width() - width) // 2, place.top(), width, place.height())
        painter.fillRect(words, theme.colour("surface", palette))
        painter.setPen(theme.colour("muted", palette))
        self._caption.paint(painter, words.adjusted(theme.GAP, 0, -theme.GAP, 0), mark.text)
