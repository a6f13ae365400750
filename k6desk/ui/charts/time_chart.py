"""A chart: a title, the lines with their values, and the plot."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.core.metrics import units
from k6desk.core.metrics.units import Unit
from k6desk.ui.charts.ground import words_width
from k6desk.ui.charts.lines import Band, Limit, Line
from k6desk.ui.charts.peaks import extremes
from k6desk.ui.charts.plot import Plot
from k6desk.ui.charts.readout import Entry, Readout
from k6desk.ui.charts.scale import Scale, scale_of
from k6desk.ui.text import one_line

NEAR = 2.5
"""A limit up to so many times the greatest value is kept in view; one that is farther is said in words."""
MOST_TICKS = 5
_TICK_ROOM = 34
_WIDEST: dict[Unit, str] = {"ms": "88.8 ms", "bytes": "8.88 MB", "share": "88.8 %", "count": "8,888", "": "8.888"}


class TimeChart(QWidget):
    """Lines of one unit. It is shown in a `ChartStack`, which gives it its span of time and draws what is new."""

    changed = Signal()

    def __init__(self, title: str, unit: Unit, per_s: bool = False) -> None:
        super().__init__()
        self.title, self.unit, self.per_s = title, unit, per_s
        self.lines: tuple[Line, ...] = ()
        self._empty_words = "No data"
        self.plot = Plot()
        self.plot.setAccessibleName(one_line(title))
        per_second = "/s" * (per_s and unit != "ms")
        self.readout = Readout(title, "per second" if per_second else "", _WIDEST[unit] + per_second)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.readout)
        rows.addWidget(self.plot, 1)

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines. One that is as it was is left alone: nothing is drawn if nothing is new."""
        kept = [
            was if was.looks_like(line) and was.has_samples_of(line) else line
            for was, line in zip(self.lines, lines, strict=False)
        ]
        now = (*kept, *lines[len(kept) :])
        if len(now) == len(self.lines) and all(a is b for a, b in zip(now, self.lines, strict=True)):
            return
        self.lines = now
        self.plot.set_lines(now)
        self.changed.emit()

    def set_limits(self, limits: Sequence[Limit]) -> None:
        """Show these values that lines are held against."""
        if tuple(limits) != tuple(self.plot.limits):
            self.plot.limits = tuple(limits)
            self.changed.emit()

    def set_bands(self, bands: Sequence[Band], *, named: bool = True) -> None:
        """Show these spans of time behind the lines, with or without their words."""
        if (tuple(bands), named) != (tuple(self.plot.bands), self.plot.names_bands):
            self.plot.bands, self.plot.names_bands = tuple(bands), named
            self.changed.emit()

    def set_empty(self, words: str) -> None:
        """What stands here while the lines have no samples."""
        if words != self._empty_words:
            self._empty_words = words
            self.changed.emit()

    def extent(self) -> tuple[float, float] | None:
        """The first and the last time of the samples; None if there are none."""
        ends = [(float(line.times[0]), float(line.times[-1])) for line in self.lines if len(line.times)]
        return (min(start for start, _ in ends), max(end for _, end in ends)) if ends else None

    def fit_scale(self) -> int:
        """Fit the scale to what is seen, and tell how much room its words need."""
        start, end = self.plot.time.shown
        found = [each for line in self.lines if (each := extremes(line, start, end))]
        has_any = any(isfinite(line.latest) for line in self.lines)
        self.plot.empty_words = "" if found else "No samples in this span of time" if has_any else self._empty_words
        low, high = min((low for low, _ in found), default=0.0), max((high for _, high in found), default=0.0)
        for limit in self.plot.limits:
            if found and low <= limit.value <= high * NEAR:
                high = max(high, limit.value)
        ticks = min(MOST_TICKS, max(2, self.plot.height() // _TICK_ROOM))
        scale = scale_of(low, high, self.unit, per_s=self.per_s, ticks=ticks)
        self.plot.scale_shown = scale if found else Scale(0.0, 1.0, ())
        return words_width([words for _, words in self.plot.scale_shown.ticks])

    def show_values(self, moment: str) -> None:
        """Show the values at the crosshair, or the latest ones while there is none; `moment` is the time in words."""
        cursor = self.plot.time.cursor
        entries = []
        for line in self.lines:
            value = line.latest if cursor is None else line.value_at(cursor)
            words = units.words(value, self.unit, per_s=self.per_s)
            entries.append(Entry(one_line(line.name), line.role, line.style, words))
        moment = moment or ("latest" if entries else "")
        self.readout.set_entries(entries, moment)
        told = ", ".join(f"{each.name} {each.words}" for each in entries)
        description = f"{moment.capitalize()}: {told}" if told else self._empty_words
        if description != self.plot.accessibleDescription():
            self.plot.setAccessibleDescription(description)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.plot.redraw()
            self.readout.update()
