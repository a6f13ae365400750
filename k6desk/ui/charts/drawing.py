"""The drawing of one chart: lines over a ground, with the crosshair before them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHideEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from k6desk.ui.charts import ground, marks
from k6desk.ui.charts.curve import Curve
from k6desk.ui.charts.lines import Band, Floats, Limit, Line
from k6desk.ui.charts.scale import Scale
from k6desk.ui.charts.time_view import TimeView

LEAST_HEIGHT = 112
HEIGHT = 140
TOP, RIGHT, BOTTOM = 8, 12, 18
CAPTION = 12
EDGE = 3
"""A line on the edge is seen in its whole width."""

_NO_SCALE = Scale(0.0, 1.0, ())


class Drawing(QWidget):
    """Lines on a shared span of time. What it shows is set in its attributes; `refresh` brings it on the screen.

    All but the crosshair is kept as a picture, so that the crosshair moves without a line being drawn.
    """

    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, LEAST_HEIGHT)
        self.time = TimeView(self)
        self.area = QRectF(0, 0, 1, 1)
        """Where the lines are, in pixels."""
        self.curves: list[Curve] = []
        self.limits: tuple[Limit, ...] = ()
        self.bands: tuple[Band, ...] = ()
        self.names_bands = False
        self.scale_shown = _NO_SCALE
        self.ticks: tuple[tuple[float, str], ...] = ()
        self.empty_words = ""
        self.shows_focus = False
        self._shown: tuple[object, ...] = ()
        self._picture: QPixmap | None = None
        self._cursor: float | None = None
        self._selection: tuple[float, float] | None = None
        self._samples: Floats | None = None

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    @property
    def surface(self) -> QColor:
        """What the chart lies on."""
        return self.palette().color(self.backgroundRole())

    def x_of(self, time: float) -> float:
        """Where a time is, in pixels from the left."""
        start, end = self.time.shown
        return self.area.left() + (time - start) / (end - start) * self.area.width()

    def time_at(self, x: float) -> float:
        """The time at so many pixels from the left."""
        start, end = self.time.shown
        return start + (x - self.area.left()) / max(1.0, self.area.width()) * (end - start)

    def y_of(self, value: float) -> float:
        """Where a value is, in pixels from the top."""
        low, high = self.scale_shown.low, self.scale_shown.high
        return self.area.bottom() - (value - low) / (high - low) * self.area.height()

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; a curve that looks as before is kept, and drawn again if what is seen of it is new."""
        self._samples = None
        curves = self.curves[: len(lines)]
        for at, line in enumerate(lines):
            if at < len(curves) and curves[at].line.looks_like(line):
                curves[at].line = line
            else:
                curves[at : at + 1] = [Curve(line)]
        self.curves = curves

    def samples(self) -> Floats:
        """The times of all samples of all lines."""
        if self._samples is None:
            times = [curve.line.times[np.isfinite(curve.line.values)] for curve in self.curves]
            self._samples = np.unique(np.concatenate(times)) if times else np.empty(0)
        return self._samples

    def refresh(self, axis_width: int) -> None:
        """Draw what is new."""
        caption = CAPTION if self.names_bands else 0
        area = QRectF(self.rect()).adjusted(axis_width, TOP + caption, -RIGHT, -BOTTOM)
        if area.width() < 2 or area.height() < 2:
            return
        self.area = area
        start, end = self.time.shown
        columns = int(area.width() * self.devicePixelRatioF())
        has_new = [curve.show_part(start, end, columns) for curve in self.curves]
        what = (area, start, end, self.scale_shown, self.ticks, self.limits, self.bands, self.names_bands)
        shown = (*what, self.empty_words, tuple(id(curve) for curve in self.curves))
        if any(has_new) or shown != self._shown:
            self._shown = shown
            self.redraw()
        self.move_cursor()

    def redraw(self) -> None:
        """Draw all again."""
        self._picture = None
        self.update()

    def move_cursor(self) -> None:
        """Draw the crosshair where it is now, and the span that is being chosen."""
        if self.time.selection != self._selection:
            self._selection = self.time.selection
            self.update()
        if self.time.cursor != self._cursor:
            for each in (self._cursor, self.time.cursor):
                if each is not None:
                    self.update(QRect(int(self.x_of(each)) - 6, 0, 13, self.height()))
            self._cursor = self.time.cursor

    def draw(self, painter: QPainter) -> None:
        """Paint everything at the painter's origin, for a picture."""
        self._draw_lines(painter)
        marks.draw(painter, self)

    def _draw_lines(self, painter: QPainter) -> None:
        ground.draw(painter, self)
        start, end = self.time.shown
        scale, area = self.scale_shown, self.area
        to_pixels = QTransform.fromTranslate(-start, -scale.high)
        to_pixels *= QTransform.fromScale(area.width() / (end - start), area.height() / (scale.low - scale.high))
        to_pixels *= QTransform.fromTranslate(area.left(), area.top())
        painter.save()
        painter.setClipRect(area.adjusted(-EDGE, -EDGE, EDGE, EDGE))
        for curve in self.curves:
            curve.draw(painter, to_pixels, self.palette())
        painter.restore()

    def paintEvent(self, event: QPaintEvent) -> None:
        scale = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != scale:
            self._picture = QPixmap(self.size() * scale)
            self._picture.setDevicePixelRatio(scale)
            self._picture.fill(Qt.GlobalColor.transparent)
            on_picture = QPainter(self._picture)
            self._draw_lines(on_picture)
            on_picture.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        marks.draw(painter, self)
        marks.draw_use(painter, self)

    def hideEvent(self, event: QHideEvent) -> None:
        self._picture = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._picture = None
        self.resized.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        reasons = Qt.FocusReason
        self.shows_focus = event.reason() in (reasons.TabFocusReason, reasons.BacktabFocusReason)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.shows_focus = False
        self.update()
