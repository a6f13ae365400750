"""The middle of the window: the filter, the table of runs, and what to say when it is empty."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace
from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from k6desk.core.links import is_link, parse_link
from k6desk.core.store import Store
from k6desk.data.query import Place, Query
from k6desk.ui import theme
from k6desk.ui.runs.filter_bar import FilterBar
from k6desk.ui.runs.table import RunTable
from k6desk.ui.text import count, one_line

COUNT_MS = 50
"""While a selection grows under a held key, its sum is not worked out for every step."""


class Emptiness(NamedTuple):
    """What an empty table says: an icon, a headline, a sentence, and perhaps a button."""

    icon: str
    title: str
    text: str
    action: str = ""
    callback: Callable[[], object] | None = None


class RunsView(QWidget):
    """The runs of a place, narrowed by a filter."""

    run_selected = Signal(object)
    """The id of the run that the user went to; None when they went elsewhere and it is not there."""
    run_activated = Signal(object)
    selection_changed = Signal()
    star_clicked = Signal(object)
    link_wanted = Signal(str)
    """A good one, which somebody put where one filters."""
    menu_requested = Signal(object, QPoint)
    """The ids of the selected runs, and the place on the screen for their menu."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._emptiness = Emptiness("clock", "Reading runs…", "They appear here as soon as they are read.")
        self._store = store
        self.filter = FilterBar(self)
        self.table = RunTable(store, self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.filter)
        self._column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        self.filter.text_changed.connect(self._narrow)
        self.filter.left.connect(self._leave_filter)
        self.table.typed.connect(self._type)
        self.table.run_selected.connect(self.run_selected)
        self.table.run_activated.connect(self.run_activated)
        self.table.menu_requested.connect(self.menu_requested)
        self.table.star_clicked.connect(self.star_clicked)
        self.table.selection_changed.connect(self.selection_changed)
        self.table.selection_changed.connect(self._count_soon)
        self.table.runs.dataChanged.connect(self._count_soon)
        self.table.query_changed.connect(self._sum_up)
        self.table.runs.layoutChanged.connect(self._sum_up)
        self.table.rows_gathered_above.connect(self._tell_newer)
        self._newer = QPushButton(self)
        self._newer.setObjectName("newer")
        self._newer.setIcon(theme.icon("chevron-up", "accent"))
        self._newer.setToolTip("Go to the newest run")
        self._newer.clicked.connect(self._show_newest)
        self._newer.hide()
        self._counting = QTimer(self, singleShot=True, interval=COUNT_MS)
        self._counting.timeout.connect(self._count)
        self._sum_up()

    def add_place_bar(self, bar: QWidget) -> None:
        """Put a strip about the place above the filter."""
        self._column.insertWidget(0, bar)

    @property
    def query(self) -> Query:
        """What the table shows."""
        return self.table.query

    def show_query(self, query: Query) -> None:
        """Show what a query finds, the filter and the order included."""
        self.table.show_query(query)
        self.filter.line.setText(query.text)

    def show_place(self, place: Place, place_id: int = 0) -> None:
        """Show a place in the order that the user has chosen, without a filter."""
        self.show_query(replace(self.query, place=place, place_id=place_id, text=""))

    def select_run(self, run_id: int) -> bool:
        """Go to a run; False if the query does not find it."""
        return self.table.select_run(run_id)

    def select_none(self) -> None:
        """Go to no run."""
        self.table.select_none()

    def go_on(self, run_id: int, others: set[int]) -> None:
        """A run was deleted; if the user was at it, go to the next one that is not among these others."""
        self.table.go_on(run_id, others)

    def contains(self, run_id: int) -> bool:
        """Whether the query finds a run."""
        return self.table.runs.row(run_id) is not None

    def is_settled(self) -> bool:
        """Whether the table shows what the store has now."""
        return self.table.runs.is_settled()

    def selected_ids(self) -> list[int]:
        """The selected runs, in the order of the table."""
        return self.table.selected_ids()

    def focus_filter(self) -> None:
        """Let the user type what to look for."""
        self.filter.line.setFocus()
        self.filter.line.selectAll()

    def focus_table(self) -> None:
        """Let the user walk through the runs."""
        self.table.setFocus()
        if not self.table.currentIndex().isValid() and self.table.runs.rowCount():
            self.table.select_run(self.table.runs.id(0))

    def set_empty(
        self, icon: str, title: str, text: str, action_label: str = "", callback: Callable[[], object] | None = None
    ) -> None:
        """What to say while there are no runs, although nothing was filtered out."""
        self._emptiness = Emptiness(icon, title, text, action_label, callback)
        self._sum_up()

    def save_state(self) -> bytes:
        """The user's columns, to be remembered."""
        return self.table.columns.remembered()

    def restore_state(self, state: bytes) -> bool:
        """Take up remembered columns; False if they are of no use to this version."""
        return self.table.columns.restore(state)

    def _narrow(self, words: str) -> None:
        self.table.show_query(replace(self.query, text=words))

    def _leave_filter(self) -> None:
        why = None if self.table.runs.rowCount() else self._why_empty()
        if why and why.callback == self._open_link:
            self._open_link()
        else:
            self.focus_table()

    def _open_link(self) -> None:
        link = str(parse_link(self.query.text))
        self.filter.line.clear()
        self.link_wanted.emit(link)

    def _type(self, characters: str) -> None:
        self.filter.line.setFocus()
        self.filter.line.setText(self.filter.line.text() + characters)

    def _tell_newer(self, rows: int) -> None:
        """Say calmly that there are newer runs above what is being read; only where the newest stand on top."""
        on_top = self.query.sort == "created" and self.query.descending
        self._newer.setText(f"{count(rows)} newer")
        self._newer.setVisible(bool(rows) and on_top)
        self._place_newer()

    def _place_newer(self) -> None:
        self._newer.adjustSize()
        below_header = self.table.y() + self.table.columns.height() + theme.GAP
        self._newer.move((self.width() - self._newer.width()) // 2, below_header)

    def _show_newest(self) -> None:
        self.table.scrollToTop()
        self.table.setFocus()

    def _sum_up(self) -> None:
        rows = self.table.runs.rowCount()
        self._count()
        if not rows:
            why = self._why_empty()
            self.table.empty.show_words(why.title, why.text, icon=why.icon, action=why.action, on_action=why.callback)
        self.table.empty.setVisible(not rows)

    def _count_soon(self) -> None:
        if not self._counting.isActive():
            self._counting.start()

    def _count(self) -> None:
        rows, selected = self.table.runs.rowCount(), self.table.selection.count()
        if selected > 1:
            self.filter.set_selected(selected, rows, *self._store.vuh_of(self.selected_ids()))
        else:
            self.filter.set_count(rows)

    def _why_empty(self) -> Emptiness:
        if is_link(self.query.text):
            return self._why_no_filter()
        if self.query.text.strip():
            sentence = f"No run here matches “{one_line(self.query.text, 60)}”."
            return Emptiness("search", "Nothing found", sentence, "Clear filter", self.filter.line.clear)
        return self._emptiness

    def _why_no_filter(self) -> Emptiness:
        try:
            sentence = f"It leads to {parse_link(self.query.text).called}."
        except ValueError as error:
            return Emptiness("link", "Not a link to anything here", str(error), "Clear filter", self.filter.line.clear)
        return Emptiness("link", "This is a link", sentence, "Open it", self._open_link)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_newer()
