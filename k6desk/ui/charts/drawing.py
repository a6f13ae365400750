"""The drawing of one chart: lines over a ground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QSizePolicy

from k6desk.ui.charts.curve import Curve
from k6desk.ui.charts.ground import Ground
from k6desk.ui.charts.lines import Band, Floats, Limit, Line
from k6desk.ui.charts.marks import Marks
from k6desk.ui.charts.scale import Scale
from k6desk.ui.charts.time_view import TimeView

LEAST_HEIGHT = 112
HEIGHT = 140
TOP, RIGHT, BOTTOM = 8, 12, 18
CAPTION = 12
EDGE = 3
"""A line on the edge is seen in its whole width."""

_NO_SCALE = Scale(0.0, 1.0, ())


class Drawing(QGraphicsView):
    """Lines on a shared span of time. What it shows is set in its attributes; `refresh` brings it on the screen."""

    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setScene(QGraphicsScene(self))
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, LEAST_HEIGHT)
        self.time = TimeView(self)
        self.curves: list[Curve] = []
        self.limits: Sequence[Limit] = ()
        self.bands: Sequence[Band] = ()
        self.names_bands = False
        self.scale_shown = _NO_SCALE
        self.ticks: Sequence[tuple[float, str]] = ()
        self.empty_words = ""
        self._samples: Floats | None = None
        self.area = QRectF(0, 0, 1, 1)
        """Where the lines are, in pixels."""
        self._view = pg.ViewBox(enableMenu=False, enableMouse=False)
        self._view.disableAutoRange()
        self._ground, self._marks = Ground(self), Marks(self)
        for item in (self._ground, self._view, self._marks):
            self.scene().addItem(item)
        self._marks.setZValue(1)
        self._ground.setZValue(-200)

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

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
        """Show these lines; a curve stays with its place in the sequence."""
        self._samples = None
        for curve in self.curves[len(lines) :]:
            self._view.removeItem(curve)
        del self.curves[len(lines) :]
        for at, line in enumerate(lines):
            if at == len(self.curves):
                self.curves.append(Curve(line, self.palette()))
                self._view.addItem(self.curves[at], ignoreBounds=True)
            elif self.curves[at].line.looks_like(line):
                self.curves[at].line = line
            else:
                self._view.removeItem(self.curves[at])
                self.curves[at] = Curve(line, self.palette())
                self._view.addItem(self.curves[at], ignoreBounds=True)

    def refresh(self, axis_width: int) -> None:
        """Draw what is new."""
        size = QRectF(self.viewport().rect())
        area = size.adjusted(axis_width, TOP + (CAPTION if self.names_bands else 0), -RIGHT, -BOTTOM)
        if area.width() < 2 or area.height() < 2:
            return
        self.area = area
        self.setSceneRect(size)
        (start, end), scale = self.time.shown, self.scale_shown
        wide, high = (end - start) / area.width() * EDGE, (scale.high - scale.low) / area.height() * EDGE
        self._view.setGeometry(area.adjusted(-EDGE, -EDGE, EDGE, EDGE))
        times, values = [start - wide, end + wide], [scale.low - high, scale.high + high]
        if self._view.viewRange() != [times, values]:
            self._view.setRange(xRange=times, yRange=values, padding=0)
        self._view.updateMatrix()
        seen = QRectF(times[0], values[0], times[1] - times[0], values[1] - values[0])
        columns = int(area.width() * self.devicePixelRatioF())
        for curve in self.curves:
            curve.show_part(seen, columns)
        self._ground.refresh()
        self._marks.refresh()

    def samples(self) -> Floats:
        """The times of all samples of all lines."""
        if self._samples is None:
            times = [curve.line.times[np.isfinite(curve.line.values)] for curve in self.curves]
            self._samples = np.unique(np.concatenate(times)) if times else np.empty(0)
        return self._samples

    def move_cursor(self) -> None:
        """Draw the crosshair where it is now."""
        self._marks.refresh()

    def dress(self) -> None:
        """Take the colours of the palette."""
        for curve in self.curves:
            curve.dress(self.palette())
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._marks.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._marks.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()
