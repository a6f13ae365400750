"""Every request of a run by name, method and status, the failing and slow ones first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from k6desk.core.metrics import requests
from k6desk.core.metrics.asked import Asked
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.metrics.requests import RequestRow
from k6desk.core.metrics.units import words
from k6desk.ui import text, theme
from k6desk.ui.filter_line import FilterLine
from k6desk.ui.parts import columns, say, tool_button
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.results.page import Page
from k6desk.ui.results.requests_columns import request
from k6desk.ui.results.requests_model import Key
from k6desk.ui.results.requests_table import RequestTable
from k6desk.ui.text import PlainLabel, tooltip

PLACEHOLDER = "Filter by name, method or status"
CSV_HEADER = (
    "Name",
    "Method",
    "Status",
    "Count",
    "Rate (1/s)",
    "Min (ms)",
    "Avg (ms)",
    "p95 (ms)",
    "p99 (ms)",
    "Max (ms)",
    "Failures",
)


class RequestsPage(Page):
    """A table that is sorted by its header and narrowed by the line above it; a click goes to the curves."""

    name = "requests"
    title = "Requests"

    request_chosen = Signal(object)  # tuple[Matcher, ...]: what the samples of that request have in common

    def __init__(self, numbers: Numbers) -> None:
        super().__init__(numbers)
        self.table = RequestTable(self)
        self.line = FilterLine("Filter requests", PLACEHOLDER, self)
        self.slowest, self.failing = _Highlight("Slowest"), _Highlight("Most failures")
        self._count = PlainLabel(muted=True)
        self._copy = tool_button("copy", "Copy as CSV", "Copy the rows that are shown as CSV")
        self._copy.clicked.connect(lambda: self._copy_rows(self.table.requests.rows()))
        self._wanted = requests.ASKS
        self._empty = Placeholder(self.table)
        self._empty.setBackgroundRole(QPalette.ColorRole.Base)
        self._empty.setAutoFillBackground(True)
        self._empty.hide()
        self._lay_out()
        self.setFocusProxy(self.table)
        self.line.textChanged.connect(self._narrow)
        self.line.left.connect(self._leave_line)
        self.table.typed.connect(self._type)
        self.table.chosen.connect(lambda row: self.request_chosen.emit(row.matchers))
        self.table.copy_wanted.connect(lambda: self._copy_rows(self.table.selected()))
        self.table.menu_requested.connect(self._open_menu)
        for highlight in (self.slowest, self.failing):
            highlight.wanted.connect(self._go_to)

    def refresh(self, *, is_other: bool) -> None:
        rows = requests.requests_of(self.known) or ()
        wanted = requests.asks(self.known)
        if wanted != self._wanted:
            self._wanted = wanted
            self.wanted_changed.emit()
        if is_other:
            self.table.clearSelection()
            self.table.scrollToTop()
        self.table.requests.show_rows(rows, hold=not is_other and self.table.is_pointed_at())
        self.table.fit()
        self._show_highlights(rows)
        self._say_count()

    def wanted(self) -> Collection[Asked]:
        return self._wanted

    def has_content(self) -> bool:
        return bool(self.table.requests.all)

    def _show_highlights(self, rows: Sequence[RequestRow]) -> None:
        timed = [row for row in rows if row.p95 is not None]
        slowest = max(timed, key=lambda row: row.p95 or 0.0, default=None)
        failing = max(rows, key=lambda row: row.failures or 0, default=None)
        self.slowest.show_row(slowest, f"p95 {words(slowest.p95, 'ms')}" if slowest else "")
        failures = failing.failures if failing else None
        self.failing.show_row(failing if failures else None, text.count(failures) if failures else "")
        self.failing.say_none("" if failures or failures is None else "None failed")

    def _say_count(self) -> None:
        whole, shown = len(self.table.requests.all), len(self.table.requests.rows())
        answer = self.known(self._wanted[0])
        left_out = answer.left_out if answer else 0
        number = whole + left_out
        of = f"{text.count(shown)} of {text.count(number)}" if shown < number else text.count(number, "request")
        say(self._count, of, f"{text.count(left_out)} more were too many to be read." if left_out else "")
        self._count.setAccessibleName(of if shown == number else f"{of} requests")
        nothing = bool(whole) and not shown
        if nothing:
            self._empty.show_words(
                "No request fits the filter", icon="search", action="Clear filter", on_action=self.line.clear
            )
        self._empty.setVisible(nothing)
        self._place_empty()

    def _narrow(self, typed: str) -> None:
        self.table.requests.narrow(typed)
        self._say_count()

    def _leave_line(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.table.currentIndex().isValid() and self.table.requests.rowCount():
            self.table.go_to(self.table.requests.row(0).key)

    def _type(self, typed: str) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.insert(typed)

    def _go_to(self, key: Key) -> None:
        if self.table.requests.row_of(key) is None:
            self.line.clear()
        self.table.go_to(key)

    def _open_menu(self, at: QPoint) -> None:
        chosen = self.table.selected()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def offer(icon: str, name: str, act: Callable[[], object]) -> None:
            menu.addAction(theme.icon(icon), name).triggered.connect(lambda: act())

        if len(chosen) == 1:
            offer("filter", "Show in charts", lambda: self.request_chosen.emit(chosen[0].matchers))
            offer("copy", "Copy name", lambda: QGuiApplication.clipboard().setText(chosen[0].name))
        rows = f"Copy {text.count(len(chosen), 'row')} as CSV"
        offer("copy", rows, lambda: self._copy_rows(chosen))
        menu.popup(at)

    def _copy_rows(self, rows: Sequence[RequestRow]) -> None:
        from k6desk.data.export_csv import csv_lines

        QGuiApplication.clipboard().setText(csv_lines([CSV_HEADER, *map(csv_row, rows)]).decode())

    def _lay_out(self) -> None:
        top = columns(self.line, self._count, self._copy, stretch=0)
        top.setContentsMargins(theme.WIDE, theme.GAP, theme.GAP, theme.GAP)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addLayout(top)
        for highlight in (self.slowest, self.failing):
            rows.addWidget(highlight)
        rows.addSpacing(theme.GAP)
        rows.addWidget(self.table, 1)
        for before, after in pairwise((self.line, self._copy, self.slowest.name, self.failing.name, self.table)):
            self.setTabOrder(before, after)

    def _place_empty(self) -> None:
        self._empty.setGeometry(self.table.viewport().geometry())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_empty()


class _Highlight(QWidget):
    """One request that stands out, to be gone to with a click."""

    wanted = Signal(object)  # Key

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = PlainLabel(title, muted=True)
        self._title.setFixedWidth(self._title.fontMetrics().horizontalAdvance("Most failures") + theme.GAP)
        self._key: Key | None = None
        self._words = ""
        self.name = QPushButton(flat=True)
        self.name.setCursor(Qt.CursorShape.PointingHandCursor)
        self.name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.name.clicked.connect(lambda: self.wanted.emit(self._key))
        self._figure = PlainLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.WIDE, 0, theme.WIDE, 0)
        row.setSpacing(theme.UNIT)
        for widget in (self._title, self.name, self._figure):
            row.addWidget(widget)
        row.addStretch(1)

    def show_row(self, row: RequestRow | None, figure: str) -> None:
        """Show a request with what makes it stand out, or none."""
        self._key = row.key if row else None
        self._words = f"{request(row)} · {row.status}" if row and row.status else request(row) if row else ""
        self.name.setVisible(row is not None)
        self.name.setAccessibleName(f"{self._title.text()}: {self._words}, {figure}")
        self.name.setToolTip(tooltip(row.name[:2000]) if row else "")
        say(self._figure, figure or "–")
        self._fit()

    def say_none(self, sentence: str) -> None:
        """Say why there is none."""
        if sentence:
            say(self._figure, sentence)

    def _fit(self) -> None:
        """Shorten the name in its middle to the room that there is."""
        taken = self._title.width() + self._figure.sizeHint().width() + 2 * theme.WIDE + 3 * theme.UNIT
        metrics = self.name.fontMetrics()
        room = max(40, self.width() - taken - 2 * theme.GAP)
        shown = metrics.elidedText(self._words, Qt.TextElideMode.ElideMiddle, room)
        self.name.setText(text.on_button(shown))
        self.name.setFixedWidth(metrics.horizontalAdvance(shown) + theme.GAP + 2 * theme.UNIT)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def csv_row(row: RequestRow) -> tuple[object, ...]:
    """A row with exact figures, under `CSV_HEADER`."""
    times = (row.min, row.avg, row.p95, row.p99, row.max)
    return (row.name, row.method, row.status, row.count, row.rate, *times, row.failures)
