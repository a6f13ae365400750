"""Paints the rows of a difference: numbers, signs, colours, and what of a line is different."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from k6desk.core.scripts.comparison import Part
from k6desk.ui import theme
from k6desk.ui.diff_model import DiffModel
from k6desk.ui.diff_rows import Cell, fold_words
from k6desk.ui.roles import Index

TINT, MARK = 0.12, 0.34
"""How much of a change's colour lies on the ground of its line, and on the part of the line that is different."""
BAR = 3
REMOVED, ADDED, MOVED = "failed", "passed", "accent"
"""The roles of the colours."""


class DiffDelegate(QStyledItemDelegate):
    """Numbers and signs stay where they are while the lines scroll to the side; both sides scroll together."""

    def __init__(self, model: DiffModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._font = theme.font("mono")
        self._caption = theme.font("caption")
        self._metrics = QFontMetrics(self._font)
        self._caption_metrics = QFontMetrics(self._caption)
        self._figure = self._metrics.horizontalAdvance("9")
        self._digits = self._widest = 0
        self.sought = ""
        """Text that is marked wherever it is, in lower case."""

    def measure(self, widest: str) -> None:
        """Make room for lines like this, and for the numbers of what the model shows."""
        comparison = self._model.comparison
        digits = max(3, len(str(max(len(comparison.old), len(comparison.new)))))
        self._digits = self._figure * digits + theme.GAP
        self._widest = self._metrics.horizontalAdvance(widest) + theme.WIDE

    def row_size(self, room: int) -> QSize:
        """The size of every row in a view of this width."""
        (_, column), *_ = self._columns(0, room)
        beyond = self._widest - (column.width() - self._gutter())
        return QSize(room + max(0, beyond), self._metrics.height() + 2)

    def way_to_sought(self, row: int, room: int) -> int:
        """How far to scroll to the side to see what is sought in a row, in a view of this width."""
        for is_new, column in self._columns(0, room):
            side = self._side(row, is_new=is_new)
            if side and (place := next(_places(side.words, self.sought), None)):
                end = self._metrics.horizontalAdvance(side.words[: place[1]]) + theme.WIDE
                return max(0, end - (column.width() - self._gutter()))
        return 0

    def note_at(self, row: int, place: QPoint, room: int) -> Cell | None:
        """The side of a row whose note is at this place of a view of this width; None if there is none."""
        for is_new, column in self._columns(place.y(), room) if row >= 0 else ():
            side = self._side(row, is_new=is_new)
            if side and side.is_noted and self._note_place(side, column).contains(place):
                return side
        return None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        styled: Any = option
        return self.row_size(styled.widget.viewport().width())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option
        place: QRect = styled.rect
        room, palette = styled.widget.viewport().width(), styled.palette
        row = self._model.row(index.row())
        is_selected = bool(styled.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setFont(self._font)
        columns = self._columns(place.top(), room)
        for is_new, column in columns:
            side = self._side(index.row(), is_new=is_new)
            painter.fillRect(column, _ground(None if row.folded else side, palette))
            if is_selected:  # beside the words, whose colours mean something
                painter.fillRect(
                    column.adjusted(0, 0, self._numbers() - column.width(), 0), _tone("selection", palette)
                )
            if side and not row.folded:
                numbers = (row.new if is_new else row.old,) if self._model.is_split else (row.old, row.new)
                self._paint_numbers(painter, column, numbers, palette)
                self._paint_line(painter, column, side, place.left(), palette)
        if row.folded:
            words = QRect(self._gutter(), place.top(), room, place.height())
            painter.setPen(_tone("muted", palette))
            painter.drawText(words, _LINE, fold_words(row))
        elif len(columns) > 1:
            painter.fillRect(QRect(columns[1][1].left() - 1, place.top(), 1, place.height()), _tone("line", palette))
        if is_selected:
            painter.fillRect(QRect(0, place.top(), BAR, place.height()), _tone("accent", palette))
        painter.restore()

    # -- where things are ----------------------------------------------------------------------------------------------

    def _columns(self, top: int, room: int) -> list[tuple[bool, QRect]]:
        """Which side stands where: both beside each other, or one for the whole row."""
        height = self._metrics.height() + 2
        if not self._model.is_split:
            return [(True, QRect(0, top, room, height))]
        half = room // 2
        return [(False, QRect(0, top, half, height)), (True, QRect(half, top, room - half, height))]

    def _numbers(self) -> int:
        return self._digits * (1 if self._model.is_split else 2)

    def _gutter(self) -> int:
        """What is before the words of a line."""
        return self._numbers() + theme.GAP + 2 * self._figure

    def _side(self, row: int, *, is_new: bool) -> Cell | None:
        side = self._model.cell(row, is_new=is_new)
        return side or (None if self._model.is_split else self._model.cell(row, is_new=False))

    def _note_place(self, side: Cell, column: QRect) -> QRect:
        width = self._caption_metrics.horizontalAdvance(side.note) + 2 * theme.GAP
        return QRect(column.right() - width, column.top(), width + 1, column.height())

    # -- a line --------------------------------------------------------------------------------------------------------

    def _paint_numbers(self, painter: QPainter, column: QRect, numbers: tuple[int, ...], palette: QPalette) -> None:
        painter.setPen(_tone("muted", palette))
        for at, number in enumerate(numbers):
            if number:
                left = column.left() + at * self._digits
                place = QRect(left, column.top(), self._digits - 2, column.height())
                painter.drawText(place, _NUMBER, str(number))

    def _paint_line(self, painter: QPainter, column: QRect, side: Cell, scrolled: int, palette: QPalette) -> None:
        gutter = self._gutter()
        strong = _tone(_role(side), palette)
        sign = QRect(column.left() + gutter - 2 * self._figure, column.top(), 2 * self._figure, column.height())
        painter.setPen(strong)
        painter.drawText(sign, _LINE, side.sign)
        painter.setClipRect(column.adjusted(gutter, 0, -1, 0))
        left = column.left() + gutter + scrolled
        for parts, tone in ((side.parts, strong), (_places(side.words, self.sought), _tone("warning", palette))):
            for begin, end in parts:
                before = self._metrics.horizontalAdvance(side.words[:begin])
                width = self._metrics.horizontalAdvance(side.words[begin:end])
                ground = theme.blend(tone, _tone("surface", palette), MARK)
                painter.fillRect(QRect(left + before, column.top(), width, column.height()), ground)
        painter.setPen(_tone("text", palette))
        painter.drawText(QRect(left, column.top(), self._widest, column.height()), _LINE, side.words)
        if side.is_noted:
            note = self._note_place(side, column)
            painter.fillRect(note, _ground(side, palette))
            painter.setPen(strong)
            painter.setFont(self._caption)
            painter.drawText(note, _NOTE, side.note)
            painter.setFont(self._font)
        painter.setClipping(False)


def _places(words: str, sought: str) -> Iterator[Part]:
    """Where a line has a text."""
    begin = words.lower().find(sought) if sought else -1
    while begin >= 0:
        yield begin, begin + len(sought)
        begin = words.lower().find(sought, begin + len(sought))


def _role(side: Cell) -> str:
    """The role of a line's colour: of a changed one, what it is on its side."""
    if side.kind == "moved":
        return MOVED
    return ADDED if side.kind == "added" or (side.kind == "changed" and side.is_new) else REMOVED


def _ground(side: Cell | None, palette: QPalette) -> Any:
    if side is None:
        return _tone("window", palette)
    if side.kind == "same":
        return _tone("surface", palette)
    return theme.blend(_tone(_role(side), palette), _tone("surface", palette), TINT)


_tone = theme.colour
_LINE = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine)
_NOTE = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine)
_NUMBER = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
