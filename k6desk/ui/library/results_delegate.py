"""How a row of what was found is painted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from k6desk.core.scripts.script_finder import FoundFile, FoundTest
from k6desk.ui import text, theme
from k6desk.ui.library.code_line import CodeLine
from k6desk.ui.library.result_words import file_name, used_by
from k6desk.ui.library.results_model import ROW, Row
from k6desk.ui.lines import Lines
from k6desk.ui.roles import Index

HEIGHT = 24
ICON = 16
INDENT = ICON + theme.GAP


class ResultsDelegate(QStyledItemDelegate):
    """Every row is as high as the others."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        title = QFont(theme.font("body"))
        title.setWeight(QFont.Weight.DemiBold)
        middle = Qt.TextElideMode.ElideMiddle
        self._title = Lines(title, middle)
        self._body = Lines(theme.font("body"), middle)
        self._caption = Lines(theme.font("caption"), middle)
        self._code = CodeLine()
        self._test_icon = theme.icon("test", "muted")
        self._file_icon = theme.icon("script", "muted")

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A whole row."""
        styled: Any = option  # PySide6's type stubs lack the members of QStyleOption
        row: Row = index.data(ROW)
        place = styled.rect.adjusted(theme.GAP, 0, -theme.GAP, 0)
        painter.save()
        if row.line:
            style = styled.widget.style() if styled.widget else QApplication.style()
            style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, styled, painter, styled.widget)
            self._code.paint(painter, place, row.line.number, row.line.text, row.line.spans, styled.palette)
        elif row.file:
            self._paint_file(painter, place.adjusted(INDENT, 0, 0, 0), row.file)
        else:
            self._paint_test(painter, place, row.test)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, HEIGHT)

    def _paint_test(self, painter: QPainter, place: QRect, test: FoundTest) -> None:
        lines = sum(len(file.lines) for file in test.files)
        painter.setPen(theme.colour("muted"))
        taken = self._caption.paint(painter, place, text.count(lines, "line"), right=True)
        self._test_icon.paint(painter, _square(place))
        painter.setPen(theme.colour("text"))
        name = text.one_line(test.name) or "A test that is not known"
        self._title.paint(painter, place.adjusted(INDENT, 0, -taken - theme.WIDE, 0), name)

    def _paint_file(self, painter: QPainter, place: QRect, file: FoundFile) -> None:
        name, folder = file_name(file)
        self._file_icon.paint(painter, _square(place))
        place = place.adjusted(INDENT, 0, 0, 0)
        painter.setPen(theme.colour("muted"))
        users = place.adjusted(place.width() // 2, 0, 0, 0)
        taken = self._caption.paint(painter, users, used_by(file, datetime.now(UTC)), right=True)
        place.setRight(place.right() - taken - theme.WIDE)
        painter.setPen(theme.colour("text"))
        place.setLeft(place.left() + self._body.paint(painter, place, name) + theme.GAP)
        painter.setPen(theme.colour("muted"))
        self._caption.paint(painter, place, folder)


def _square(place: QRect) -> QRect:
    return QRect(place.left(), place.top() + (place.height() - ICON) // 2, ICON, ICON)
