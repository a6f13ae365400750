"""What is looked at: a span of the time that all charts of a stack share, and the crosshair in it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

SHORTEST = 2.0
"""The closest look, in seconds."""


class TimeView(QObject):
    """The span that is shown of the time that there is.

    While everything or the right end is shown, new data keeps the right end in sight. Otherwise the view stays.
    """

    changed = Signal()  # another span is shown
    cursor_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.all = (0.0, 10.0)
        self.shown = self.all
        self.cursor: float | None = None
        self.selection: tuple[float, float] | None = None
        self._shows_all = True

    @property
    def shows_all(self) -> bool:
        """Whether nothing is left out."""
        return self._shows_all

    def set_all(self, start: float, end: float) -> None:
        """There is data from `start` to `end` now."""
        end = max(end, start + SHORTEST)
        if (start, end) == self.all:
            return
        _, old_end = self.all
        self.all = (start, end)
        left, right = self.shown
        if self._shows_all or right <= start or left >= end:
            self.show_all()
        elif right >= old_end - 1e-6:
            self.show(left + end - right, end)
        else:
            self.show(left, right)

    def show_all(self) -> None:
        """Show all there is, and what will come."""
        self._set(*self.all, shows_all=True)

    def show(self, start: float, end: float) -> None:
        """Show this span, or as much of it as there is."""
        first, last = self.all
        width = max(SHORTEST, end - start)
        if width >= last - first:
            self.show_all()
            return
        start = min(max(first, start - (width - (end - start)) / 2), last - width)
        self._set(start, start + width, shows_all=False)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show `factor` times as much, with the time `around` (the crosshair, or else the middle) in its place."""
        start, end = self.shown
        if around is None or not start <= around <= end:
            around = self.cursor if self.cursor is not None and start <= self.cursor <= end else (start + end) / 2
        self.show(around - (around - start) * factor, around + (end - around) * factor)

    def pan(self, seconds: float) -> None:
        """Look so much later, or earlier."""
        if not self._shows_all:
            self.show(self.shown[0] + seconds, self.shown[1] + seconds)

    def set_cursor(self, time: float | None, *, follow: bool = False) -> None:
        """Put the crosshair at this time, or take it away; with `follow` the view goes with it."""
        if time == self.cursor:
            return
        self.cursor = time
        start, end = self.shown
        if follow and time is not None and not start <= time <= end:
            width = end - start
            self.show(*((time, time + width) if time < start else (time - width, time)))
        self.cursor_changed.emit()

    def select(self, one: float | None, other: float = 0.0) -> None:
        """Mark the span between two times, which is about to be looked at; None takes the mark away."""
        first, last = self.shown
        span = None if one is None else (max(first, min(one, other)), min(last, max(one, other)))
        if span != self.selection:
            self.selection = span
            self.cursor_changed.emit()

    def _set(self, start: float, end: float, *, shows_all: bool) -> None:
        was = self.shown, self._shows_all
        self.shown, self._shows_all = (start, end), shows_all
        if was != (self.shown, self._shows_all):
            self.changed.emit()
