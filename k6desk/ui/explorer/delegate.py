"""How a row of the tree is painted: icon or state, name, and at the right a count, a live dot or a result."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QIcon, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from k6desk.api.models import Run
from k6desk.ui import text, theme
from k6desk.ui.explorer.model import COUNT, FRACTION, INTENT, NODE, RUN, SCHEDULED
from k6desk.ui.explorer.node import Node
from k6desk.ui.lines import Lines
from k6desk.ui.roles import DISPLAY, Index

ICON = 16
CLOCK = 12
DOT = 6
LIST_ICONS = {
    "running": "running",
    "recent": "recent",
    "failed": "failed",
    "starred": "star",
    "kept": "keep",
    "expiring": "clock",
    "all": "timeline",
}


class ExplorerDelegate(QStyledItemDelegate):
    """Paints with `drawText` itself; every row is as high as the others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        icons = {name: theme.icon(icon, "muted") for name, icon in LIST_ICONS.items()}
        self._icons: dict[str, QIcon] = {
            **icons,
            "project": theme.icon("project", "muted"),
            "test": theme.icon("test", "muted"),
        }
        middle = Qt.TextElideMode.ElideMiddle
        heading = QFont(theme.font("caption"))
        heading.setWeight(QFont.Weight.DemiBold)
        intent = QFont(theme.font("caption"))
        intent.setItalic(True)
        self._clock = theme.icon("clock", "muted")
        self._intent = Lines(intent, middle)
        self._body = Lines(theme.font("body"), middle)
        self._caption = Lines(theme.font("caption"), middle)
        self._heading = Lines(heading, middle)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A whole row."""
        styled: Any = option  # PySide6's type stubs lack the members of QStyleOption
        node: Node = index.data(NODE)
        widget = styled.widget
        style = widget.style() if widget else QApplication.style()
        painter.save()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, styled, painter, widget)
        place = styled.rect.adjusted(theme.UNIT, 0, -theme.GAP, 0)
        name = index.data(DISPLAY)
        if node.kind == "heading":
            self._text(painter, place.adjusted(0, theme.GAP, 0, 0), name, "muted", self._heading)
        elif node.kind == "hint":
            self._text(painter, place, name, "muted", self._body)
        else:
            run = index.data(RUN)
            self._paint_icon(painter, place, node, run, index.data(FRACTION))
            place.setLeft(place.left() + ICON + theme.GAP)
            if run:
                place.setRight(self._paint_outcome(painter, place, name, run) - theme.GAP)
            elif intent := index.data(INTENT):
                place.setRight(self._paint_intent(painter, place, intent) - theme.GAP)
            else:
                place.setRight(self._paint_count(painter, place, node, index.data(COUNT)) - theme.GAP)
                if index.data(SCHEDULED):
                    place.setRight(self._paint_clock(painter, place) - theme.UNIT)
            self._text(painter, place, name, "text", self._body)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Every row has the same height."""
        return QSize(0, theme.ROW)

    def _paint_icon(self, painter: QPainter, place: QRect, node: Node, run: Run | None, fraction: float | None) -> None:
        square = QRect(place.left(), place.top() + (place.height() - ICON) // 2, ICON, ICON)
        if run:
            theme.paint_state(painter, QRectF(square).adjusted(1, 1, -1, -1), run.outcome, fraction)
        elif icon := self._icons.get(str(node.id) if node.kind == "list" else node.kind):
            icon.paint(painter, square)

    def _paint_outcome(self, painter: QPainter, place: QRect, name: str, run: Run) -> int:
        """Paint the word at the right edge, if the time has room beside it; gives the x where the time must end."""
        word = text.outcome_word(run)
        if self._body.width(name) + self._caption.width(word) + theme.GAP > place.width():
            return place.right() + theme.GAP
        return place.right() + 1 - self._text(painter, place, word, "muted", self._caption, right=True)

    def _paint_count(self, painter: QPainter, place: QRect, node: Node, count: int | None) -> int:
        """Paint a count at the right edge, with a dot if it is of runs in progress; gives where the name must end."""
        if not count:
            return place.right() + theme.GAP
        is_live = node.kind != "list" or node.id == "running"
        role = "running" if is_live else "muted"
        left = place.right() + 1 - self._text(painter, place, text.count(count), role, self._caption, right=True)
        if is_live:
            left -= DOT + theme.UNIT
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("running"))
            painter.drawEllipse(QRectF(left, place.center().y() + 1 - DOT / 2, DOT, DOT))
        return left

    def _paint_intent(self, painter: QPainter, place: QRect, words: str) -> int:
        """Paint at the right edge what is being done to the row's thing; gives where the name must end."""
        return place.right() + 1 - self._text(painter, place, words, "muted", self._intent, right=True)

    def _paint_clock(self, painter: QPainter, place: QRect) -> int:
        """Paint the sign of a test that starts by itself; gives where the name must end."""
        square = QRect(place.right() + 1 - CLOCK, place.top() + (place.height() - CLOCK) // 2, CLOCK, CLOCK)
        self._clock.paint(painter, square)
        return square.left()

    def _text(
        self, painter: QPainter, place: QRect, words: str, role: str, lines: Lines, *, right: bool = False
    ) -> int:
        """Draw one elided line; gives its width."""
        painter.setPen(theme.colour(role))
        return lines.paint(painter, place, words, right=right)
