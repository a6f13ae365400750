"""Charts under each other, or in two columns where there is room, that share their time and their crosshair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from k6desk.ui import theme
from k6desk.ui.charts import export
from k6desk.ui.charts.elapsed import elapsed, time_ticks
from k6desk.ui.charts.lines import Band
from k6desk.ui.charts.time_chart import TimeChart
from k6desk.ui.charts.time_view import TimeView
from k6desk.ui.text import local

TWO_COLUMNS_FROM = 1000
LEAST_AXIS = 44
_TICK_ROOM = 80


class ChartStack(QWidget):
    """Charts with one axis of time.

    `time` is what is looked at: `time.zoom(0.5)`, `time.show_all()`, `time.shows_all`, and its signal `changed`, are
    there for buttons. What is set is drawn together when the events at hand are done, and not while nobody sees it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.time = TimeView(self)
        self.charts: tuple[TimeChart, ...] = ()
        self._bands: tuple[Band, ...] = ()
        self._origin: datetime | None = None
        self._axis_width = LEAST_AXIS
        self._columns = 1
        self._least_s = 0.0
        self._settles = QTimer(self)
        self._settles.setSingleShot(True)
        self._settles.timeout.connect(self.settle)
        self.time.changed.connect(self._schedule)
        self.time.cursor_changed.connect(self._move_cursor)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(theme.WIDE)
        self._grid.setHorizontalSpacing(theme.WIDE * 2)

    def add(self, chart: TimeChart, at: int | None = None) -> None:
        """Show a chart, as the last one or at this place."""
        place = len(self.charts) if at is None else at
        self.charts = (*self.charts[:place], chart, *self.charts[place:])
        chart.plot.time = self.time
        chart.changed.connect(self._schedule)
        chart.plot.resized.connect(self._schedule)
        self._lay_out()

    def remove(self, chart: TimeChart) -> None:
        """Take a chart away and delete it."""
        self.charts = tuple(each for each in self.charts if each is not chart)
        self._grid.removeWidget(chart)
        chart.hide()
        chart.deleteLater()
        self._axis_width = LEAST_AXIS
        self._lay_out()

    def set_bands(self, bands: Sequence[Band]) -> None:
        """Show these spans of time behind all charts; the first one says what they are."""
        self._bands = tuple(bands)
        for chart in self.charts:
            chart.set_bands(self._bands, named=chart is self.charts[0])

    def set_origin(self, origin: datetime | None) -> None:
        """The moment at which the axis is 0; with it the crosshair says the time of day as well."""
        if origin != self._origin:
            self._origin = origin
            self._schedule()

    def set_least_span(self, seconds: float) -> None:
        """Show at least so much time, also where there are no samples yet: the first ones do not fill the charts."""
        if seconds != self._least_s:
            self._least_s = seconds
            self._schedule()

    def as_csv(self) -> str:
        """All samples of all charts: a row for each time, a column for each line."""
        return export.csv_of(self.charts, self._origin)

    def as_image(self) -> QImage:
        """What is seen, at twice its size; `export.png_of` makes a file of it."""
        self._grid.activate()
        self.settle()
        return export.image_of(self, self.charts)

    def as_svg(self) -> bytes:
        """What is seen, in lines and letters."""
        self._grid.activate()
        self.settle()
        return export.svg_of(self, self.charts)

    def settle(self) -> None:
        """Draw now what is new."""
        self._settles.stop()
        extents = [extent for chart in self.charts if (extent := chart.extent())]
        if extents:
            start, end = min(0.0, *(start for start, _ in extents)), max(end for _, end in extents)
            self.time.set_all(start, max(end, start + self._least_s))
            self._settles.stop()
        widths = [chart.fit_scale() for chart in self.charts]
        self._axis_width = max(self._axis_width, *(-(-width // 8) * 8 for width in widths), LEAST_AXIS)
        for chart in self.charts:
            most = max(2, chart.plot.width() // _TICK_ROOM)
            chart.plot.ticks = time_ticks(*self.time.shown, most) if extents else ()
            chart.readout.keep_room_for(self._moment(self.time.all[1]))
            chart.plot.refresh(self._axis_width)
            chart.show_values(self._moment(self.time.cursor))

    def _moment(self, time: float | None) -> str:
        if time is None:
            return ""
        words = elapsed(time)
        return f"{words} · {local(self._origin + timedelta(seconds=time)):%H:%M:%S}" if self._origin else words

    def _schedule(self) -> None:
        if self.isVisible() and not self._settles.isActive():
            self._settles.start(0)

    def _move_cursor(self) -> None:
        moment = self._moment(self.time.cursor)
        for chart in self.charts:
            chart.plot.move_cursor()
            chart.show_values(moment)

    def _lay_out(self) -> None:
        columns = 2 if self.width() >= TWO_COLUMNS_FROM and len(self.charts) > 1 else 1
        for at, chart in enumerate(self.charts):
            chart.set_bands(self._bands, named=at == 0)
            self._grid.addWidget(chart, at // columns, at % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        self._schedule()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.settle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (2 if self.width() >= TWO_COLUMNS_FROM and len(self.charts) > 1 else 1) != self._columns:
            self._lay_out()
        self._schedule()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.colour("line", self.palette()))
        for chart in self.charts[self._columns :]:
            y = chart.y() - theme.WIDE // 2
            painter.drawLine(chart.x(), y, chart.x() + chart.width(), y)
