"""The page on which scripts are opened, and what it says while there is none to show."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import LoadTest, Run, Script
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.data.archive import ArchiveProblem
from k6desk.ui.library.loading import Origin, opened, script_of
from k6desk.ui.library.script_view import ScriptView
from k6desk.ui.library.words import Version
from k6desk.ui.placeholder import Placeholder


class BrowsePage(QStackedWidget):
    """One script at a time; what was asked for last is what is shown."""

    search_wanted = Signal()

    def __init__(self, session: Session | None, tasks: Tasks, notices: Notices) -> None:
        super().__init__()
        self._session = session
        self._tasks = tasks
        self._turn = 0
        self._is_loading = False
        self._when_connected: Callable[[], object] | None = None  # loads what is not on this computer
        self.view = ScriptView(session, tasks, notices)
        self._placeholder = Placeholder()
        self.addWidget(self.view)
        self.addWidget(self._placeholder)
        self.setFocusProxy(self.view)
        self.view.version_wanted.connect(self._open_version)
        if session:
            session.connection.changed.connect(self._on_connection)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.view.file_view.open_find_bar)
        self._show_nothing()

    def browse_run(self, run: Run, member: str = "", line: int = 0) -> None:
        """Look into the script that a run used."""
        assert self._session
        self._open(Origin("run", run.id, run.test_id, self._session.store.name_of(run)), member=member, line=line)

    def browse_test(self, test: LoadTest, member: str = "", line: int = 0) -> None:
        """Look into the script that a test would run now."""
        self._open(Origin("test", test.id, test.id, test.name), member=member, line=line)

    def browse_script(self, script: Script, title: str) -> None:
        """Look into a script that is at hand."""
        self._open(Origin(None, 0, 0, title), script)

    def browse_digest(self, digest: str, member: str = "", line: int = 0) -> None:
        """Look into a kept script, at a line of one of its files."""
        loaded = self.view.loaded
        if loaded and loaded.digest == digest and self.currentWidget() is self.view and not self._is_loading:
            self.view.show_member(member, line)
            return
        assert self._session
        store = self._session.store
        script = store.script_by_digest(digest)
        if script is None:
            self._show_placeholder("This script is not on this computer any more")
            return
        seen = max(store.usages([digest]), key=lambda one: one.last_at, default=None)
        origin = Origin(seen.kind, seen.id, seen.test_id, seen.test_name) if seen else Origin(None, 0, 0, "Script")
        self._open(origin, script, member=member, line=line)

    def is_settled(self) -> bool:
        """Whether nothing more is on its way."""
        return not self._is_loading and self.view.file_view.is_settled()

    def _open(self, origin: Origin, script: Script | None = None, *, member: str = "", line: int = 0) -> None:
        self._turn += 1
        self._when_connected = None
        again = partial(self._open, origin, script, member=member, line=line)
        session = self._session
        has_copy = script or (session and origin.kind and session.store.has_script(origin.kind, origin.id))
        why_not = session.commands.why_not_connected() if session else None
        if not has_copy and why_not:
            self._is_loading = False
            self._when_connected = again
            self._show_placeholder("The script was never loaded on this computer", why_not, icon="offline")
            return
        self._is_loading = True
        if not has_copy:
            self._show_placeholder("Loading the script…", icon="script")
        work = self._load(self._turn, origin, script, member, line, again)
        self._tasks.spawn(work, name="open a script", owner=self)

    async def _load(
        self, turn: int, origin: Origin, script: Script | None, member: str, line: int, again: Callable[[], object]
    ) -> None:
        try:
            remark = ""
            if script is None:
                assert self._session
                assert origin.kind
                script, remark = await script_of(self._session, origin.kind, origin.id)
            loaded = await opened(script, remark)
        except (CloudError, ArchiveProblem) as error:
            if turn == self._turn:
                self._is_loading = False
                title = "The script cannot be shown"
                self._show_placeholder(title, str(error), icon="warning", action="Try again", on_action=again)
        else:
            if turn == self._turn:
                self._is_loading = False
                self.view.show_script(origin, loaded, member, line)
                self.setCurrentWidget(self.view)

    def _open_version(self, version: Version) -> None:
        assert self._session
        script = self._session.store.script_by_digest(version.digest)
        # A run's script stays what it is, so that the server can still be asked for it.
        seen = next((one for one in version.seen if one.kind == "run"), version.seen[0])
        file = self.view.file_view.file
        self._open(Origin(seen.kind, seen.id, seen.test_id, seen.test_name), script, member=file.name if file else "")

    def _on_connection(self) -> None:
        if self._when_connected and self._session and self._session.commands.why_not_connected() is None:
            self._when_connected()

    def _show_nothing(self) -> None:
        words = "Choose “Browse script” in the menu of a run or test, or search everything that is kept."
        self._show_placeholder(
            "No script is open", words, icon="script", action="Search scripts", on_action=self.search_wanted.emit
        )

    def _show_placeholder(
        self,
        title: str,
        sentence: str = "",
        *,
        icon: str = "empty",
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        self._placeholder.show_words(title, sentence, icon=icon, action=action, on_action=on_action)
        self.setCurrentWidget(self._placeholder)

    # -- sizes ---------------------------------------------------------------------------------------------------------

    def save_state(self, settings: QSettings) -> None:
        """Remember how wide the tree is."""
        settings.setValue("scripts/tree", self.view.splitter.saveState())

    def restore_state(self, settings: QSettings) -> None:
        """Make the tree as wide as last time."""
        if isinstance(state := settings.value("scripts/tree"), QByteArray):
            self.view.splitter.restoreState(state)
