"""How a request looks in the table: it paints text, the shape of the status and the bar of failures itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from k6desk.core.metrics.requests import RequestRow
from k6desk.ui import theme
from k6desk.ui.colours import LIGHT
from k6desk.ui.lines import Lines
from k6desk.ui.results.requests_columns import COLUMNS, FAILURES, INDENT, REQUEST, SHAPE, STATUS, outcome
from k6desk.ui.results.requests_model import RequestsModel
from k6desk.ui.roles import Index

_AT_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_BAR = 3
_FOCUS = 3


class RequestDelegate(QStyledItemDelegate):
    """Paints the cells of a `RequestsModel`."""

    def __init__(self, model: RequestsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = self.current_row = -1
        self._model = model
        self._font = theme.font("body")
        self._lines = Lines(self._font)
        self._names = Lines(theme.font("body"), Qt.TextElideMode.ElideMiddle)  # the ends of URLs tell them apart
        self._inks: dict[str, QColor] = {}
        self._palette = QPalette()
        self._palette_key = 0

    def _mix(self, palette: QPalette) -> None:
        self._palette = QPalette(palette)  # the option that it came with dies with the call
        self._palette_key = palette.cacheKey()
        self._inks = {role: theme.colour(role, palette) for role in LIGHT}
        self._inks["hovered"] = theme.blend(self._inks["muted"], self._inks["surface"], 0.08)

    def _paint_status(self, painter: QPainter, rect: QRect, row: RequestRow) -> None:
        kind = outcome(row)
        theme.paint_state(
            painter, QRectF(rect.x(), rect.y() + (rect.height() - SHAPE) / 2, SHAPE, SHAPE), kind, None, self._palette
        )
        role = theme.outcome_role(kind)
        painter.setPen(self._inks["muted" if role == "passed" else role])  # what needs no care stays quiet
        self._lines.paint(painter, rect.adjusted(SHAPE + 6, 0, 0, 0), COLUMNS[STATUS].say(row))

    def _paint_failures(self, painter: QPainter, rect: QRect, row: RequestRow) -> None:
        if not row.failures:
            painter.setPen(self._inks["muted"])
            self._lines.paint(painter, rect, COLUMNS[FAILURES].say(row), right=True)
            return
        painter.setPen(self._inks["failed"])
        self._lines.paint(painter, rect.adjusted(0, 0, 0, -theme.UNIT), COLUMNS[FAILURES].say(row), right=True)
        track = QRectF(rect.x(), rect.bottom() - 5, rect.width(), _BAR)
        painter.fillRect(track, self._inks["line"])
        filled = max(2.0, track.width() * row.failed_share)
        painter.fillRect(QRectF(track.right() - filled, track.y(), filled, _BAR), self._inks["failed"])

    # Qt

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if option.palette.cacheKey() != self._palette_key:
            self._mix(option.palette)
        number, column = index.row(), index.column()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._inks["selection"])
        elif number == self.hovered_row:
            painter.fillRect(option.rect, self._inks["hovered"])
        if option.rect.x() == 0 and option.widget.hasFocus() and number == self.current_row:
            painter.fillRect(0, option.rect.y(), _FOCUS, option.rect.height(), self._inks["accent"])
        row = self._model.row(number)
        rect = option.rect.adjusted(theme.GAP + INDENT * (column == STATUS), 0, -theme.GAP, 0)
        if column == STATUS:
            self._paint_status(painter, rect, row)
        elif column == FAILURES:
            self._paint_failures(painter, rect, row)
        else:
            painter.setPen(self._inks["text"])
            if column == REQUEST:
                self._names.paint(painter, rect, COLUMNS[column].say(row))
            else:  # figures are others with every update: to lay them out for the next time takes longer
                painter.setFont(self._font)
                painter.drawText(rect, _AT_RIGHT, COLUMNS[column].say(row))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        column = COLUMNS[index.column()]
        said = column.say(self._model.row(index.row()))
        return QSize(self._lines.width(said) + column.picture + 2 * theme.GAP + 2, theme.ROW)
