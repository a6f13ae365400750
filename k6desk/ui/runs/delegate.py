"""How a run looks in the table. It paints text and shapes itself, which is cheaper than the style's items."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from k6desk.api.models import Run
from k6desk.core.progress import progress
from k6desk.ui import theme
from k6desk.ui.colours import LIGHT
from k6desk.ui.lines import Lines
from k6desk.ui.roles import Index
from k6desk.ui.runs import columns
from k6desk.ui.runs.columns import COLUMNS, DURATION, NOTE, SHAPE, STAR, STATUS, TEST, VUH
from k6desk.ui.runs.model import RunsModel

_STAR = 16
_FOCUS = 3


class RunDelegate(QStyledItemDelegate):
    """Paints the cells of a `RunsModel`."""

    def __init__(self, model: RunsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered_row = self.current_row = -1
        self._model = model
        self._lines = Lines(theme.font("body"))
        italic = QFont(theme.font("body"))
        italic.setItalic(True)
        self._italic = Lines(italic)
        self._inks: dict[str, QColor] = {}
        self._palette_key = 0
        self._painters: dict[int, Callable[[QPainter, QRect, Run, datetime], None]] = {
            STATUS: self._paint_status,
            TEST: self._paint_test,
            DURATION: self._paint_duration,
            VUH: self._paint_vuh,
            NOTE: self._paint_note,
            STAR: self._paint_star,
        }

    def face(self, run: Run, now: datetime, pixels: int) -> tuple[str, int]:
        """What can be seen to move with the time: the words, and how far a bar of so many pixels is filled."""
        fraction = progress(run, self._model.store.seen_until(now)).fraction or 0.0
        return columns.duration(run, self._model.store, now), round(fraction * pixels)

    def _paint_status(self, painter: QPainter, rect: QRect, run: Run, now: datetime) -> None:
        shape = QRectF(rect.x(), rect.y() + (rect.height() - SHAPE) / 2, SHAPE, SHAPE)
        theme.paint_state(
            painter, shape, run.outcome, progress(run, self._model.store.seen_until(now)).fraction, self._palette
        )
        role = "warning" if self._model.store.intent(run.id) else theme.outcome_role(run.outcome)
        painter.setPen(self._inks["muted" if role == "passed" else role])  # what needs no care stays quiet
        words = rect.adjusted(SHAPE + theme.GAP, 0, 0, 0)
        for name, ink, is_shown in (
            ("keep", "accent", self._model.store.kept(run.id)),
            ("baseline", "accent", columns.is_baseline(run, self._model.store)),
            ("warning", "warning", columns.failed_checks(run, self._model.store)),
        ):
            if is_shown:
                mark = QRect(words.right() - SHAPE, rect.y() + (rect.height() - SHAPE) // 2, SHAPE, SHAPE)
                theme.icon(name, ink).paint(painter, mark)
                words.setRight(mark.x() - theme.UNIT)
        self._lines.paint(painter, words, columns.status(run, self._model.store, now))

    def _paint_test(self, painter: QPainter, rect: QRect, run: Run, now: datetime) -> None:
        used = self._lines.paint(painter, rect, columns.test(run, self._model.store, now)) + theme.GAP
        if self._model.query.place in {"project", "test"}:
            return
        if rect.width() - used > 5 * theme.GAP:
            painter.setPen(self._inks["muted"])
            self._lines.paint(painter, rect.adjusted(used, 0, 0, 0), columns.project(run, self._model.store))

    def _paint_duration(self, painter: QPainter, rect: QRect, run: Run, now: datetime) -> None:
        state = progress(run, self._model.store.seen_until(now))
        if state.fraction is None:
            painter.setPen(self._inks["text" if run.is_finished else "muted"])
            self._lines.paint(painter, rect, columns.duration(run, self._model.store, now))
            return
        ink = self._inks["running" if state.overdue_s is None else "warning"]
        painter.setPen(self._inks["text"] if state.overdue_s is None else ink)
        self._lines.paint(painter, rect.adjusted(0, 0, 0, -theme.UNIT), columns.duration(run, self._model.store, now))
        track = QRectF(rect.x(), rect.bottom() - 5, rect.width(), 3)
        painter.fillRect(track, self._inks["line"])
        painter.fillRect(QRectF(track.x(), track.y(), track.width() * state.fraction, 3), ink)

    def _paint_vuh(self, painter: QPainter, rect: QRect, run: Run, now: datetime) -> None:
        lines = self._lines
        if not run.is_finished:
            painter.setPen(self._inks["muted"])
            lines = self._italic
        lines.paint(painter, rect, COLUMNS[VUH].say(run, self._model.store, now), right=True)

    def _paint_note(self, painter: QPainter, rect: QRect, run: Run, now: datetime) -> None:
        line = columns.note(run, self._model.store, now)
        if not line:
            return
        middle = rect.y() + (rect.height() - SHAPE) // 2
        theme.icon("note", "muted").paint(painter, QRect(rect.x(), middle, SHAPE, SHAPE))
        painter.setPen(self._inks["muted"])
        self._lines.paint(painter, rect.adjusted(SHAPE + 6, 0, 0, 0), line)

    def _paint_star(self, painter: QPainter, rect: QRect, run: Run, _now: datetime) -> None:
        place = QRect(rect.x(), rect.y() + (rect.height() - _STAR) // 2, _STAR, _STAR)
        if run.is_starred:
            theme.icon("star-filled", "accent").paint(painter, place)
        elif 0 <= self.hovered_row < self._model.rowCount() and self._model.id(self.hovered_row) == run.id:
            theme.icon("star", "muted").paint(painter, place)  # a click stars the run

    def _mix(self, palette: QPalette) -> None:
        self._palette = QPalette(palette)  # the option that it came with dies with the call
        self._palette_key = palette.cacheKey()
        self._inks = {role: theme.colour(role, palette) for role in LIGHT}
        self._inks["hovered"] = theme.blend(self._inks["muted"], self._inks["surface"], 0.08)

    # Qt

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if option.palette.cacheKey() != self._palette_key:
            self._mix(option.palette)
        row, column = index.row(), index.column()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._inks["selection"])
        elif row == self.hovered_row:
            painter.fillRect(option.rect, self._inks["hovered"])
        if option.rect.x() == 0 and row == self.current_row and option.widget.hasFocus():
            painter.fillRect(0, option.rect.y(), _FOCUS, theme.ROW, self._inks["accent"])
        run = self._model.run(row)
        if run is None:
            return
        rect = option.rect.adjusted(theme.GAP, 0, -theme.GAP, 0)
        painter.setPen(self._inks["text"])
        now = datetime.now(UTC)
        paint = self._painters.get(column)
        if paint:
            paint(painter, rect, run, now)
        else:
            said = COLUMNS[column].say(run, self._model.store, now)
            self._lines.paint(painter, rect, said, right=COLUMNS[column].is_figure)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        run = self._model.run(index.row())
        said = COLUMNS[index.column()].say(run, self._model.store, datetime.now(UTC)) if run else ""
        picture = COLUMNS[index.column()].picture
        return QSize(self._lines.width(said) + picture + 2 * theme.GAP + 2, theme.ROW)
