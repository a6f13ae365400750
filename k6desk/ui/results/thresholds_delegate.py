"""How a threshold looks in its list: in three lines where there is little room, else beside each other."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from k6desk.core.metrics.metric_names import title_of
from k6desk.core.thresholds import threshold_words as words
from k6desk.core.thresholds.thresholds import Verdict
from k6desk.ui import text, theme
from k6desk.ui.lines import Lines
from k6desk.ui.results import limit_bar
from k6desk.ui.results.thresholds_model import VERDICT, ThresholdsModel
from k6desk.ui.roles import Index

WIDE_FROM = 760
HEIGHT, HEIGHT_WIDE = 78, 54
SHAPE = 16
LINE, CAPTION = 18, 15
WORD = 120
"""Room for the verdict where it stands in a column of its own."""


class ThresholdsDelegate(QStyledItemDelegate):
    """Paints the rows of a `ThresholdsModel`."""

    def __init__(self, model: ThresholdsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        bold = QFont(theme.font("body"))
        bold.setWeight(QFont.Weight.DemiBold)
        self._bold = Lines(bold)
        self._body = Lines(theme.font("body"))
        self._caption = Lines(theme.font("caption"))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        styled: Any = option  # PySide6's type stubs lack the members of QStyleOption
        width = styled.widget.viewport().width() if styled.widget else 0
        return QSize(0, HEIGHT_WIDE if width >= WIDE_FROM else HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option
        rect: QRect = styled.rect
        verdict: Verdict | None = index.data(VERDICT)
        if verdict is None:
            return
        painter.save()
        if styled.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("selection", styled.palette))
        painter.fillRect(QRect(rect.x(), rect.bottom(), rect.width(), 1), theme.colour("line", styled.palette))
        inside = rect.adjusted(theme.WIDE, theme.GAP, -theme.WIDE, -theme.GAP)
        self._paint_shape(painter, QRectF(inside.x(), inside.y() + 1, SHAPE, SHAPE), verdict, styled)
        inside.setLeft(inside.x() + SHAPE + theme.GAP)
        if rect.width() >= WIDE_FROM:
            self._paint_beside(painter, inside, verdict, styled)
        else:
            self._paint_below(painter, inside, verdict, styled)
        painter.restore()

    def _paint_below(self, painter: QPainter, rect: QRect, verdict: Verdict, styled: Any) -> None:
        first = QRect(rect.x(), rect.y(), rect.width(), LINE)
        self._paint_names(painter, first, self._paint_word(painter, first, verdict, styled), verdict, styled)
        third = QRect(rect.x(), rect.bottom() - LINE, rect.width(), LINE)
        if verdict.value is None or verdict.threshold.limit is None:
            self._paint_nothing(painter, third, verdict, styled)
            return
        bar = self._paint_bar(painter, QRect(third.x(), third.y(), rect.width() * 3 // 8, LINE), verdict, styled)
        self._paint_figures(painter, third.adjusted(bar + theme.GAP, 0, 0, 0), verdict, styled)

    def _paint_beside(self, painter: QPainter, rect: QRect, verdict: Verdict, styled: Any) -> None:
        middle = rect.x() + rect.width() * 2 // 5
        word = QRect(rect.right() - WORD, rect.y(), WORD, rect.height())
        self._paint_word(painter, word, verdict, styled)
        names = QRect(rect.x(), rect.y(), middle - rect.x() - theme.WIDE, LINE)
        self._paint_names(painter, names, 0, verdict, styled)
        room = QRect(middle, rect.y(), word.x() - theme.WIDE - middle, rect.height())
        if verdict.value is None or verdict.threshold.limit is None:
            self._paint_nothing(painter, room, verdict, styled)
            return
        bar = self._paint_bar(
            painter, QRect(room.x(), room.y(), room.width() * 9 // 20, room.height()), verdict, styled
        )
        self._paint_figures(painter, room.adjusted(bar + theme.WIDE, 0, 0, 0), verdict, styled)

    def _paint_shape(self, painter: QPainter, rect: QRectF, verdict: Verdict, styled: Any) -> None:
        if verdict.state == "no samples":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("waiting", styled.palette), 1.5, Qt.PenStyle.DashLine))
            painter.drawEllipse(rect.adjusted(2, 2, -2, -2))
            return
        shapes = {"failed": "failed", "passed": "passed"}
        shape = "error" if self._is_near(verdict) else shapes.get(verdict.state, "")
        theme.paint_state(painter, rect, shape, palette=styled.palette)

    def _paint_word(self, painter: QPainter, rect: QRect, verdict: Verdict, styled: Any) -> int:
        """At the right; how much room it takes."""
        painter.setPen(theme.colour(self._role(verdict), styled.palette))
        return self._bold.paint(painter, rect, words.state(verdict, is_live=self._model.is_live), right=True)

    def _paint_names(self, painter: QPainter, rect: QRect, taken: int, verdict: Verdict, styled: Any) -> None:
        """What it demands of what, and below that how k6 calls it."""
        threshold = verdict.threshold
        room = rect.adjusted(0, 0, -taken - theme.GAP, 0)
        painter.setPen(theme.colour("text", styled.palette))
        title, source = text.one_line(title_of(threshold.metric)), text.one_line(threshold.source)
        needed = min(self._body.width(source), room.width() // 2) + theme.GAP
        used = self._bold.paint(painter, room.adjusted(0, 0, -needed, 0), title)
        self._body.paint(painter, room.adjusted(used + theme.GAP, 0, 0, 0), source)
        painter.setPen(theme.colour("muted", styled.palette))
        below = QRect(rect.x(), rect.y() + LINE + 2, rect.width(), CAPTION)
        name = text.one_line(threshold.subject) if title != threshold.subject else ""
        tail = " · ".join(filter(None, (words.abort(threshold), self._model.origin(verdict))))
        tail = f" · {tail}" if tail and name else tail
        needed = min(self._caption.width(tail), rect.width() // 2)
        used = self._caption.paint(painter, below.adjusted(0, 0, -needed, 0), name)
        self._caption.paint(painter, below.adjusted(used, 0, 0, 0), tail)

    def _paint_bar(self, painter: QPainter, rect: QRect, verdict: Verdict, styled: Any) -> int:
        top = rect.y() + (rect.height() - limit_bar.HEIGHT) / 2
        bar = QRectF(rect.x(), top, rect.width(), limit_bar.HEIGHT)
        limit_bar.paint_bar(painter, bar, verdict, self._role(verdict), styled.palette)
        return rect.width()

    def _paint_figures(self, painter: QPainter, rect: QRect, verdict: Verdict, styled: Any) -> None:
        """The value and how far it is from the limit; with the limit where there is room for two lines."""
        margin, limit = words.margin(verdict), f"limit {verdict.words(verdict.threshold.limit)}"
        is_high = rect.height() >= LINE + CAPTION
        first = QRect(rect.x(), rect.y(), rect.width(), LINE) if is_high else rect
        painter.setPen(theme.colour("text", styled.palette))
        used = self._bold.paint(painter, first, verdict.words(verdict.value)) + theme.GAP
        painter.setPen(theme.colour("muted", styled.palette))
        self._caption.paint(painter, first.adjusted(used, 0, 0, 0), limit if is_high else margin)
        if is_high:
            self._caption.paint(painter, QRect(rect.x(), rect.y() + LINE + 2, rect.width(), CAPTION), margin)

    def _paint_nothing(self, painter: QPainter, rect: QRect, verdict: Verdict, styled: Any) -> None:
        painter.setPen(theme.colour("muted", styled.palette))
        said = text.one_line(verdict.remark, 400)
        if verdict.state == "no samples" and not self._model.is_live:
            said = "Without samples it passes."
        self._caption.paint(painter, rect, said)

    def _is_near(self, verdict: Verdict) -> bool:
        return self._model.is_live and verdict.is_near

    def _role(self, verdict: Verdict) -> str:
        if self._is_near(verdict):
            return "warning"
        return verdict.state if verdict.state in {"passed", "failed"} else "waiting"
