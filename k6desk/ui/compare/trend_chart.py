"""A test's last runs as points: the value of each, the limits it is held against, and how it ended."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from k6desk.core.compare.trend import Point, Trend
from k6desk.ui import text, theme
from k6desk.ui.charts.scale import Scale, scale_of
from k6desk.ui.compare.trend_words import point_words

LEAST = QSize(320, 170)
TOP, BOTTOM, RIGHT = 16, 42, 24
MARK, DOT = 14.0, 4.0
FEWEST_FROM_ZERO = 0.5
"""From zero on is shown where the least value is below this share of the greatest."""
STEPS = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1, int(Qt.Key.Key_PageUp): -10, int(Qt.Key.Key_PageDown): 10}
ENDS = {int(Qt.Key.Key_Home): 0, int(Qt.Key.Key_End): -1}
OPENS = frozenset({int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter), int(Qt.Key.Key_Space)})


class TrendChart(QWidget):
    """Moving over it or with the arrow keys along it makes a run the current one; a click or Enter opens it."""

    current_changed = Signal(int)  # the place of a point, -1 for none
    run_wanted = Signal(object)  # run id

    def __init__(self) -> None:
        super().__init__()
        self._trend: Trend | None = None
        self._current = -1
        self._scale = Scale(0, 1, ())
        self._caption = theme.font("caption")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(LEAST)
        self.setAccessibleName("Trend")

    @property
    def current(self) -> int:
        """The place of the current point, -1 for none."""
        return self._current

    def show_trend(self, trend: Trend) -> None:
        """Show these runs; the current one stays so if it is among them."""
        was = self._point(self._current)
        self._trend = trend
        values = [point.value for point in trend.points if point.value is not None]
        ends = [*values, *(limit.limit for limit in trend.limits if limit.limit is not None)]
        low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
        aggregate = trend.aggregate
        self._scale = scale_of(
            low, high, aggregate.unit, per_s=aggregate.per_s, from_zero=low < FEWEST_FROM_ZERO * high or low == high
        )
        self._current = -1
        places = [at for at, point in enumerate(trend.points) if was and point.run.id == was.run.id]
        with_value = [at for at, point in enumerate(trend.points) if point.value is not None]
        self.choose((places or with_value[-1:] or [len(trend.points) - 1])[-1])
        self.setAccessibleName(f"Trend of {aggregate.name} over {text.count(len(trend.points), 'run')}")
        self.update()

    def choose(self, at: int) -> None:
        """Make a run the current one."""
        if at != self._current:
            self._current = at
            point = self._point(at)
            said = point_words(self._trend, point, datetime.now(UTC)) if self._trend and point else ""
            self.setAccessibleDescription(said)
            self.current_changed.emit(at)
            self.update()

    # -- places --------------------------------------------------------------------------------------------------------

    def _point(self, at: int) -> Point | None:
        points = self._trend.points if self._trend else ()
        return points[at] if 0 <= at < len(points) else None

    def _ground(self) -> QRectF:
        metrics = QFontMetrics(self._caption)
        left = max((metrics.horizontalAdvance(name) for _, name in self._scale.ticks), default=0) + 2 * theme.GAP
        return QRectF(left + theme.GAP, TOP, self.width() - left - RIGHT - theme.GAP, self.height() - TOP - BOTTOM)

    def _x(self, at: int, ground: QRectF) -> float:
        count = len(self._trend.points) if self._trend else 0
        edge = MARK
        room = ground.width() - 2 * edge
        return ground.left() + edge + (room * at / (count - 1) if count > 1 else room / 2)

    def _y(self, value: float, ground: QRectF) -> float:
        span = self._scale.high - self._scale.low or 1.0
        return ground.bottom() - (value - self._scale.low) / span * ground.height()

    # -- drawing -------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._caption)
        if self._trend is None or not self._trend.points:
            return
        ground = self._ground()
        self._paint_scale(painter, ground)
        self._paint_limits(painter, ground, self._trend)
        self._paint_line(painter, ground, self._trend)
        self._paint_marks(painter, ground, self._trend)
        self._paint_days(painter, ground, self._trend)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent", self.palette()), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)

    def _paint_scale(self, painter: QPainter, ground: QRectF) -> None:
        for value, name in self._scale.ticks:
            y = self._y(value, ground)
            painter.setPen(theme.colour("line", self.palette()))
            painter.drawLine(QPointF(ground.left(), y), QPointF(ground.right(), y))
            painter.setPen(theme.colour("muted", self.palette()))
            place = QRectF(0, y - 8, ground.left() - theme.GAP, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_limits(self, painter: QPainter, ground: QRectF, trend: Trend) -> None:
        newest = trend.points[-1].crossed
        for limit in trend.limits:
            if limit.limit is None:
                continue
            y = self._y(limit.limit, ground)
            ink = theme.colour("failed" if limit in newest else "warning", self.palette())
            painter.setPen(QPen(ink, 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(ground.left(), y), QPointF(ground.right(), y))
            source = text.one_line(limit.source, 60)
            width = QFontMetrics(self._caption).horizontalAdvance(source) + theme.GAP
            painter.drawText(self._free_place(ground, y, width, trend), Qt.AlignmentFlag.AlignCenter, source)

    def _free_place(self, ground: QRectF, y: float, width: float, trend: Trend) -> QRectF:
        """Where the words of a limit hide no mark, if there is such a place at either end of it."""
        places = [
            QRectF(x, above, width, 15) for x in (ground.right() - width, ground.left()) for above in (y - 16, y + 1)
        ]
        marks = [
            QRectF(self._x(at, ground) - MARK / 2, self._y(point.value, ground) - MARK / 2, MARK, MARK)
            for at, point in enumerate(trend.points)
            if point.value is not None
        ]
        free = (place for place in places if place.top() >= 0 and not any(place.intersects(mark) for mark in marks))
        return next(free, places[0])

    def _paint_line(self, painter: QPainter, ground: QRectF, trend: Trend) -> None:
        ink = QColor(theme.colour("accent", self.palette()))
        painter.setPen(QPen(ink, 1.5))
        before: QPointF | None = None
        for at, point in enumerate(trend.points):
            here = None if point.value is None else QPointF(self._x(at, ground), self._y(point.value, ground))
            if before and here:
                painter.drawLine(before, here)
            before = here

    def _paint_marks(self, painter: QPainter, ground: QRectF, trend: Trend) -> None:
        palette = self.palette()
        if (current := self._point(self._current)) is not None:
            x = self._x(self._current, ground)
            painter.setPen(QPen(theme.colour("muted", palette), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, ground.top()), QPointF(x, ground.bottom()))
        gap = (self._x(1, ground) - self._x(0, ground)) if len(trend.points) > 1 else MARK
        side = max(8.0, min(MARK, gap * 1.4))
        for at, point in enumerate(trend.points):
            x = self._x(at, ground)
            y = ground.bottom() if point.value is None else self._y(point.value, ground)
            mark = QRectF(x - side / 2, y - side / 2, side, side)
            if point is current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("selection", palette))
                painter.drawEllipse(QPointF(x, y), side * 0.9, side * 0.9)
            if point.value is None:
                painter.setPen(QPen(theme.colour("muted", palette), 1.2))
                painter.setBrush(palette.base())
                painter.drawEllipse(QPointF(x, y), DOT, DOT)
                if point.has_failed:
                    theme.paint_state(painter, mark.translated(0, -side), point.run.outcome, palette=palette)
            elif point.run.outcome == "passed" and not point.crossed:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("accent", palette))
                painter.drawEllipse(QPointF(x, y), DOT, DOT)
            else:
                theme.paint_state(painter, mark, point.run.outcome, palette=palette)

    def _paint_days(self, painter: QPainter, ground: QRectF, trend: Trend) -> None:
        """When the first, the last and as many in between as there is room for were started."""
        painter.setPen(theme.colour("muted", self.palette()))
        now, count = datetime.now(UTC), len(trend.points)
        most = max(2, int(ground.width() // 150))
        places = sorted({round(n * (count - 1) / (most - 1)) for n in range(most)})
        for at in places:
            x = self._x(at, ground)
            place = QRectF(x - 75, ground.bottom() + 12, 150, 16)
            place.moveLeft(max(6.0, min(place.left(), self.width() - 156.0)))
            flag = Qt.AlignmentFlag.AlignHCenter
            if count > 1 and at == 0:
                flag = Qt.AlignmentFlag.AlignLeft
            elif count > 1 and at == count - 1:
                flag = Qt.AlignmentFlag.AlignRight
            painter.drawText(place, flag, text.when(trend.points[at].run.created_at, now))

    # -- mouse and keys ------------------------------------------------------------------------------------------------

    def _nearest(self, x: float) -> int:
        count = len(self._trend.points) if self._trend else 0
        ground = self._ground()
        return min(range(count), key=lambda at: abs(self._x(at, ground) - x), default=-1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.choose(self._nearest(event.position().x()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose(self._nearest(event.position().x()))
            self._open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = event.key(), len(self._trend.points) if self._trend else 0
        if key in STEPS and count:
            self.choose(max(0, min(count - 1, self._current + STEPS[key])))
        elif key in ENDS and count:
            self.choose(range(count)[ENDS[key]])
        elif key in OPENS:
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if point := self._point(self._current):
            self.run_wanted.emit(point.run.id)
