"""The window "Scripts": browse, search and compare, beside the main window."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import LoadTest, Run, Script
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.data.problems import ArchiveProblem
from k6desk.ui.library.browse_page import BrowsePage
from k6desk.ui.notice_bar import NoticeBar
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.side_window import SideWindow

if TYPE_CHECKING:
    from k6desk.core.scripts.script_changes import Side
    from k6desk.ui.library.compare_page import ComparePage
    from k6desk.ui.library.search_page import SearchPage

BROWSE, SEARCH, COMPARE = range(3)

Sides = Callable[[], Awaitable[tuple["Side", "Side"]]]
"""Gets two scripts; may raise `CloudError` and `ArchiveProblem`."""


class ScriptsWindow(SideWindow):
    """The pages to search and to compare are made when they are first shown; nothing is searched without a session."""

    name = "scripts"

    def __init__(self, session: Session | None, tasks: Tasks, notices: Notices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tasks = tasks
        self._turn = 0
        self._search: SearchPage | None = None
        self._compare: ComparePage | None = None
        self.setWindowTitle(f"Scripts – {session.account.name} – k6desk" if session else "Scripts – k6desk")
        self.browse = BrowsePage(session, tasks, notices)
        self._search_room = QStackedWidget()
        self._compare_room = QStackedWidget()
        self._waiting = Placeholder()
        self._waiting.show_words(
            "Nothing to compare yet", "Choose “What changed since it last passed” in the menu of a run.", icon="compare"
        )
        self._compare_room.addWidget(self._waiting)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName("Views of scripts")
        for page, title in ((self.browse, "Browse"), (self._search_room, "Search"), (self._compare_room, "Compare")):
            self.tabs.addTab(page, title)
        self.tabs.setTabVisible(SEARCH, session is not None)
        self.tabs.currentChanged.connect(self._on_tab)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(NoticeBar(notices))
        column.addWidget(self.tabs, 1)
        self.browse.view.compare_wanted.connect(self.compare)
        self.browse.search_wanted.connect(self.show_search)
        QShortcut(QKeySequence("Ctrl+Shift+F"), self).activated.connect(self.show_search)

    # -- what it can show ----------------------------------------------------------------------------------------------

    def browse_run(self, run: Run, member: str = "", line: int = 0) -> None:
        """Look into the script that a run used, at a line of one of its files if they are given."""
        self.browse.browse_run(run, member, line)
        self._come_up(BROWSE)

    def browse_test(self, test: LoadTest, member: str = "", line: int = 0) -> None:
        """Look into the script that a test would run now."""
        self.browse.browse_test(test, member, line)
        self._come_up(BROWSE)

    def browse_script(self, script: Script, title: str) -> None:
        """Look into a script that is at hand."""
        self.browse.browse_script(script, title)
        self._come_up(BROWSE)

    def show_search(self) -> None:
        """Let the user search all kept scripts."""
        if self._session:
            self._come_up(SEARCH)
        if self._search:
            self._search.focus_line()

    def compare(self, sides: Sides) -> None:
        """Get two scripts and show them side by side, or say why that is not possible."""
        self._turn += 1
        self._waiting.show_words("Loading the scripts…", icon="compare")
        self._compare_room.setCurrentWidget(self._waiting)
        self._come_up(COMPARE)
        self._tasks.spawn(self._load(self._turn, sides), name="load two scripts", owner=self)

    def is_settled(self) -> bool:
        """Whether nothing more is on its way to the page that shows files."""
        return self.browse.is_settled()

    async def _load(self, turn: int, sides: Sides) -> None:
        try:
            old, new = await sides()
        except (CloudError, ArchiveProblem) as error:
            if turn == self._turn:
                again = partial(self.compare, sides)
                title = "The scripts cannot be compared"
                self._waiting.show_words(title, str(error), icon="warning", action="Try again", on_action=again)
        else:
            if turn == self._turn:
                self._show_comparison(old, new)

    def _show_comparison(self, old: Side, new: Side) -> None:
        if self._compare is None:
            from k6desk.ui.library.compare_page import ComparePage

            self._compare = ComparePage(self._tasks)
            self._compare_room.addWidget(self._compare)
            self._compare_room.setFocusProxy(self._compare)
        self._compare.compare(old, new)
        self._compare_room.setCurrentWidget(self._compare)

    def _show_place(self, digest: str, member: str, line: int) -> None:
        self.browse.browse_digest(digest, member, line)
        self._come_up(BROWSE)

    def _come_up(self, tab: int) -> None:
        self.tabs.setCurrentIndex(tab)
        self.come_up()
        self.tabs.currentWidget().setFocus()

    def _on_tab(self, tab: int) -> None:
        if tab == SEARCH and self._search is None and self._session:
            from k6desk.ui.library.search_page import SearchPage

            self._search = SearchPage(self._session, self._tasks)
            self._search.place_chosen.connect(self._show_place)
            self._search_room.addWidget(self._search)
            self._search_room.setFocusProxy(self._search)

    # -- sizes ---------------------------------------------------------------------------------------------------------

    def save_state(self, settings: QSettings) -> None:
        """Remember sizes for the next time."""
        super().save_state(settings)
        self.browse.save_state(settings)

    def restore_state(self, settings: QSettings) -> None:
        """Take up the sizes of last time."""
        super().restore_state(settings)
        self.browse.restore_state(settings)
