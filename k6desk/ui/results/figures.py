"""Painted lists of figures: many lines that change often, aligned, each with its exact value as a tooltip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from k6desk.ui import theme
from k6desk.ui.lines import Lines
from k6desk.ui.text import tooltip

ROW = 24
SHAPE = 14
WIDE_FROM = 640
"""From this width on a trend and its six figures stand on one line."""
WIDEST_FIGURE = 104
WIDEST_NAME = 420
NAME_SHARE = 0.34
FIGURES = 6


class Item(NamedTuple):
    """One line. Six figures stand under the captions, fewer beside the name: the last explains the one before."""

    name: str
    figures: tuple[str, ...]
    hints: tuple[str, ...] = ()
    """The tooltip of the name and of each figure."""
    is_part: bool = False
    """A part of what the line above counts."""


class Outcome(NamedTuple):
    """One line with a shape before it; `kind` is an outcome as `theme.paint_state` takes it."""

    kind: str
    name: str
    detail: str
    figure: str
    word: str
    hint: str = ""


def _cells(width: int, number: int) -> list[tuple[int, int]]:
    """Left edge and width of each figure's column: beside the name or, in a narrow widget, below it."""
    if width < WIDE_FROM:
        return [(at * (width // number), width // number) for at in range(number)]
    names = min(WIDEST_NAME, int(width * NAME_SHARE))
    each = min(WIDEST_FIGURE, (width - names) // number)
    return [(names + at * each, each) for at in range(number)]


class _Painted(QWidget):
    """Lines of text from the top; as high as they need."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(200)
        strong = QFont(theme.font("body"))
        strong.setWeight(QFont.Weight.DemiBold)
        self._lines = Lines(theme.font("body"))
        self._names = Lines(theme.font("body"), Qt.TextElideMode.ElideMiddle)
        self._strong = Lines(strong)
        self._captions = Lines(theme.font("caption"))
        self._hints: list[tuple[QRect, str]] = []

    def _height(self) -> int:
        raise NotImplementedError

    def _fit(self) -> None:
        if self.height() != (height := self._height()):
            self.setFixedHeight(height)
        self.update()

    def _say(self, painter: QPainter, rect: QRect, words: str, role: str = "text", *, right: bool = False) -> int:
        painter.setPen(theme.colour(role, self.palette()))
        return self._lines.paint(painter, rect, words, right=right)

    # Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for rect, hint in self._hints:
                if rect.contains(event.pos()):
                    QToolTip.showText(event.globalPos(), tooltip(hint), self, rect)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class Figures(_Painted):
    """A heading, and under it metrics with their figures in columns."""

    def __init__(self, heading: str, captions: Sequence[str]) -> None:
        super().__init__()
        self._heading = heading
        self._captions_shown = captions
        self._items: tuple[Item, ...] = ()
        self.setAccessibleName(heading)

    def show_items(self, items: Sequence[Item]) -> None:
        """Show these lines, those with many figures first."""
        ordered = tuple(sorted(items, key=lambda item: len(item.figures) < len(self._captions_shown)))
        if ordered != self._items:
            self._items = ordered
            self.setAccessibleDescription("; ".join(f"{item.name}: {', '.join(item.figures)}" for item in ordered))
            self._fit()

    @property
    def _is_wide(self) -> bool:
        return self.width() >= WIDE_FROM

    def _rows_of(self, item: Item) -> int:
        return 1 if self._is_wide or not self._is_full(item) else 2

    def _is_full(self, item: Item) -> bool:
        return len(item.figures) == len(self._captions_shown)

    def _has_captions(self) -> bool:
        return bool(self._items) and self._is_full(self._items[0])

    def _height(self) -> int:
        heads = 2 if self._has_captions() and not self._is_wide else 1
        return heads * ROW + sum(self._rows_of(item) for item in self._items) * ROW + theme.UNIT

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._hints = []
        cells = _cells(self.width(), len(self._captions_shown))
        painter.setPen(theme.colour("text", self.palette()))
        self._strong.paint(painter, QRect(0, 0, self.width(), ROW), self._heading)
        top = 0 if self._is_wide else ROW
        if self._has_captions():
            painter.setPen(theme.colour("muted", self.palette()))
            for (left, width), caption in zip(cells, self._captions_shown, strict=True):
                self._captions.paint(painter, QRect(left, top, width, ROW), caption, right=True)
            top += ROW
        else:
            top = ROW
        right_end = cells[-1][0] + cells[-1][1] if self._is_wide else self.width()
        painter.fillRect(QRectF(0, top - 1, right_end, 1), theme.colour("line", self.palette()))
        for item in self._items:
            height = self._rows_of(item) * ROW
            if event.rect().intersects(QRect(0, top, self.width(), height)):
                self._paint_item(painter, item, top, cells)
            top += height

    def _paint_item(self, painter: QPainter, item: Item, top: int, cells: list[tuple[int, int]]) -> None:
        indent = theme.WIDE if item.is_part else 0
        room = cells[0][0] if self._is_wide else self.width()
        named = QRect(indent, top, max(0, room - indent - theme.GAP), ROW)
        if self._is_full(item):
            below = top + ROW * (self._rows_of(item) - 1)
            places = [QRect(left, below, width, ROW) for left, width in cells]
        else:
            places = self._beside(item, top, cells)
            named.setRight(min(named.right(), places[0].left() - theme.GAP))
        painter.setPen(theme.colour("muted" if item.is_part else "text", self.palette()))
        self._names.paint(painter, named, item.name)
        for at, (place, figure) in enumerate(zip(places, item.figures, strict=False)):
            explains = at > 0 and not self._is_full(item)
            self._say(
                painter, place, figure, "muted" if explains or figure in {"–", "…"} else "text", right=not explains
            )
        self._hints += zip((named, *places), item.hints, strict=False)

    def _beside(self, item: Item, top: int, cells: list[tuple[int, int]]) -> list[QRect]:
        """Where a value and what explains it stand."""
        if self._is_wide:
            left, width = cells[0]
            end = cells[-1][0] + cells[-1][1]
            return [QRect(left, top, width, ROW), QRect(left + width + theme.WIDE, top, end - left - width, ROW)]
        more = max((self._lines.width(each.figures[-1]) for each in self._items if not self._is_full(each)), default=0)
        more = min(more + theme.UNIT, self.width() // 3)
        value = 84
        start = self.width() - more
        return [QRect(start - value - theme.GAP, top, value, ROW), QRect(start, top, more, ROW)]


class Outcomes(_Painted):
    """A heading, and under it lines that each went well or did not."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self._heading = heading
        self._figure = ""
        self._lines_shown: tuple[Outcome, ...] = ()
        self.setAccessibleName(heading)

    def show_lines(self, figure: str, lines: Sequence[Outcome]) -> None:
        """Show these lines, and a figure beside the heading."""
        if (figure, tuple(lines)) != (self._figure, self._lines_shown):
            self._figure, self._lines_shown = figure, tuple(lines)
            said = "; ".join(f"{one.name} {one.detail} {one.figure} {one.word}" for one in lines)
            self.setAccessibleDescription(f"{figure}; {said}")
            self._fit()

    def _height(self) -> int:
        return (1 + len(self._lines_shown)) * ROW + theme.UNIT

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        self._hints = []
        width = min(self.width(), WIDEST_NAME + 6 * WIDEST_FIGURE)
        painter.setPen(theme.colour("text", self.palette()))
        used = self._strong.paint(painter, QRect(0, 0, width, ROW), self._heading) + theme.GAP
        self._say(painter, QRect(used, 0, width - used, ROW), self._figure, "muted")
        painter.fillRect(QRectF(0, ROW - 1, width, 1), theme.colour("line", self.palette()))
        words = max((self._lines.width(one.word) for one in self._lines_shown), default=0) + theme.UNIT
        figures = max((self._lines.width(one.figure) for one in self._lines_shown), default=0) + theme.UNIT
        cells = _cells(self.width(), FIGURES)
        edge = sum(cells[0]) if self.width() >= WIDE_FROM else width - words - theme.WIDE
        for at, one in enumerate(self._lines_shown, 1):
            top = at * ROW
            shape = QRectF(0, top + (ROW - SHAPE) / 2, SHAPE, SHAPE)
            theme.paint_state(painter, shape, one.kind, None, self.palette())
            left = SHAPE + theme.GAP
            end = edge - figures - theme.GAP
            painter.setPen(theme.colour("text", self.palette()))
            room = end - left if not one.detail else max(80, (end - left) * 3 // 5)
            used = self._names.paint(painter, QRect(left, top, room, ROW), one.name) + theme.GAP
            painter.setPen(theme.colour("muted", self.palette()))
            self._names.paint(painter, QRect(left + used, top, max(0, end - left - used), ROW), one.detail)
            self._say(painter, QRect(edge - figures, top, figures, ROW), one.figure, right=True)
            role = theme.outcome_role(one.kind)
            self._say(
                painter, QRect(edge + theme.WIDE, top, words, ROW), one.word, "muted" if role == "passed" else role
            )
            self._hints.append((QRect(0, top, width, ROW), one.hint))
