"""The page on which scripts are opened, and what it says while there is none to show."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QSettings, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget

from k6desk.api.errors import CloudError
from k6desk.api.models import LoadTest, Run, Script
from k6desk.core.notices import Notices
from k6desk.core.scripts.script_source import Found, Owner, opened, script_by, script_of
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.data.problems import ArchiveProblem
from k6desk.ui.library.script_view import ScriptView
from k6desk.ui.library.words import Version
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.script_file import NEVER_LOADED, remark_on


class Wanted(NamedTuple):
    """What to open, at a line of one of its files: the kept script with this digest, or this script, or its owner's."""

    owner: Owner
    member: str = ""
    line: int = 0
    digest: str = ""
    script: Script | None = None


class BrowsePage(QStackedWidget):
    """One script at a time; what was asked for last is what is shown."""

    search_wanted = Signal()

    def __init__(self, session: Session | None, tasks: Tasks, notices: Notices) -> None:
        super().__init__()
        self._session = session
        self._tasks = tasks
        self._turn = 0
        self._is_loading = False
        self._when_connected: Wanted | None = None  # it is not on this computer
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
        self._open(Wanted(Owner("run", run.id, run.test_id, self._session.store.name_of(run)), member, line))

    def browse_test(self, test: LoadTest, member: str = "", line: int = 0) -> None:
        """Look into the script that a test would run now."""
        self._open(Wanted(Owner("test", test.id, test.id, test.name), member, line))

    def browse_script(self, script: Script, title: str) -> None:
        """Look into a script that is at hand."""
        self._open(Wanted(Owner(None, 0, 0, title), script=script))

    def browse_digest(self, digest: str, member: str = "", line: int = 0) -> None:
        """Look into a kept script, at a line of one of its files."""
        loaded = self.view.loaded
        if loaded and loaded.digest == digest and self.currentWidget() is self.view and not self._is_loading:
            self.view.show_member(member, line)
            return
        assert self._session
        seen = max(self._session.store.usages([digest]), key=lambda one: one.last_at, default=None)
        owner = Owner(seen.kind, seen.id, seen.test_id, seen.test_name) if seen else Owner(None, 0, 0, "Script")
        self._open(Wanted(owner, member, line, digest))

    def is_settled(self) -> bool:
        """Whether nothing more is on its way."""
        return not self._is_loading and self.view.file_view.is_settled()

    def _open(self, wanted: Wanted) -> None:
        self._turn += 1
        owner, session = wanted.owner, self._session
        is_here = wanted.digest or wanted.script
        has_copy = is_here or (session and owner.kind and session.store.has_script(owner.kind, owner.id))
        why_not = session.commands.why_not_connected() if session and not has_copy else None
        self._when_connected = wanted if why_not else None
        self._is_loading = not why_not
        if why_not:
            self._show_placeholder(NEVER_LOADED, why_not, icon="offline")
            return
        if not has_copy:
            self._show_placeholder("Loading the script…", icon="script")
        self._tasks.spawn(self._load(self._turn, wanted), name="open a script", owner=self)

    async def _load(self, turn: int, wanted: Wanted) -> None:
        try:
            found = await self._find(wanted)
            loaded = await opened(found.script, remark_on(wanted.owner.kind, found))
        except (CloudError, ArchiveProblem) as error:
            if turn == self._turn:
                self._is_loading = False
                title, again = "The script cannot be shown", partial(self._open, wanted)
                self._show_placeholder(title, str(error), icon="warning", action="Try again", on_action=again)
        else:
            if turn == self._turn:
                self._is_loading = False
                self.view.show_script(wanted.owner, loaded, wanted.member, wanted.line)
                was_hidden = self.currentWidget() is not self.view
                self.setCurrentWidget(self.view)
                if was_hidden and self.isVisible():
                    self.setFocus()  # there was nothing that could have it

    async def _find(self, wanted: Wanted) -> Found:
        if wanted.script:
            return Found(wanted.script)
        assert self._session
        if wanted.digest:
            return await script_by(self._session.store, wanted.digest)
        assert wanted.owner.kind
        return await script_of(self._session.store, self._session.commands, wanted.owner.kind, wanted.owner.id)

    def _open_version(self, version: Version) -> None:
        # A run's script stays what it is, so that the server can still be asked for it.
        seen = next((one for one in version.seen if one.kind == "run"), version.seen[0])
        file = self.view.file_view.file
        owner = Owner(seen.kind, seen.id, seen.test_id, seen.test_name)
        self._open(Wanted(owner, file.name if file else "", digest=version.digest))

    def _on_connection(self) -> None:
        if self._when_connected and self._session and self._session.commands.why_not_connected() is None:
            self._open(self._when_connected)

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
