"""What the tabs of the detail view have in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from k6desk.api.models import Run, RunDetail
from k6desk.core.commands import Commands
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.data.stored import Stored
from k6desk.ui import theme
from k6desk.ui.placeholder import Placeholder


class Pane(QStackedWidget):
    """One view of a run: its content, or a calm sentence in its place.

    Only the visible pane is given a run: with every change of it, and every second while `moves` is true and the run
    is not finished. `refresh` must cost little and touch only what is new, so that nothing flickers.
    """

    name = ""
    title = ""
    moves = False
    scrolls = True

    def __init__(self, store: Store, commands: Commands, tasks: Tasks) -> None:
        super().__init__()
        self.store = store
        self.commands = commands
        self.tasks = tasks
        self.run: Run | None = None
        self.fetched_at: datetime | None = None
        content = QWidget()
        self.rows = QVBoxLayout(content)
        self.rows.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        self.rows.setSpacing(theme.GAP)
        self._scroll_area = QScrollArea() if self.scrolls else None
        if self._scroll_area:
            self._scroll_area.setAccessibleName(self.title)
            self._scroll_area.setFrameShape(QFrame.Shape.NoFrame)
            self._scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self._scroll_area.setWidgetResizable(True)
            self._scroll_area.setWidget(content)
        self._placeholder = Placeholder()
        self.addWidget(self._scroll_area or content)
        self.addWidget(self._placeholder)
        self.setAccessibleName(self.title)

    def present(self, run: Run, detail: Stored[RunDetail] | None) -> None:
        """Show a run as far as it is known; `detail` is None until it has been loaded."""
        if self.run is None or self.run.id != run.id:
            self.leave()
            if self._scroll_area:
                self._scroll_area.verticalScrollBar().setValue(0)
        self.run = run
        self.fetched_at = detail.fetched_at if detail else None
        self.refresh(run, detail.value if detail else None)

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        """Bring what is shown up to date; each pane has its own."""
        raise NotImplementedError

    def is_settled(self) -> bool:
        """Whether nothing more is on its way."""
        return True

    def leave(self) -> None:
        """Another run or another pane is about to be shown."""

    def show_content(self) -> None:
        """Show the content, not the placeholder."""
        self.setCurrentIndex(0)

    def show_placeholder(
        self,
        title: str,
        sentence: str = "",
        *,
        icon: str = "empty",
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        """Show why there is no content, and what can be done about it."""
        self._placeholder.show_words(title, sentence, icon=icon, action=action, on_action=on_action)
        self.setCurrentIndex(1)

    def show_not_loaded(self) -> None:
        """Say that the details are missing: still on their way, or never loaded on this computer."""
        if why := self.commands.why_not_connected():
            self.show_placeholder("The details were never loaded on this computer", why, icon="offline")
        else:
            self.show_placeholder(
                "Details have not been loaded yet", "They appear here when they arrive.", icon="clock"
            )
