"""Ctrl+K, and what the server finds beyond what is known here: tests by part of their name, runs by a public link."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError
from k6desk.core.notices import Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects
from k6desk.ui.workspace import Workspace

SHORTEST = 2


class Finding(Effects):
    """Opens the command palette and does what it asks for."""

    def __init__(self, actions: Actions, notices: Notices, go: Callable[[Place], object], window: QWidget) -> None:
        super().__init__(actions, notices, window)
        self._go = go
        actions.connect_all({"palette": self._open_palette})

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on."""
        super().use(session, workspace)
        if workspace:
            workspace.explorer.search_wanted.connect(self._search_tests)

    def allow(self) -> None:
        self._actions.allow("palette", None)

    def _open_palette(self) -> None:
        from k6desk.ui.command_palette import CommandPalette

        store = self._session.store if self._session else None
        palette = CommandPalette(store, self._actions, self._go, self._window)
        palette.search_wanted.connect(self._search_tests)
        palette.public_run_wanted.connect(self._open_public_run)
        palette.open_over(self._window)

    def _search_tests(self, words: str) -> None:
        session = self._session
        if len(words) >= SHORTEST and session and self._tasks and not session.commands.refusal_of_stack("search"):
            self._spawn(self._search(session, words), "search tests", f"search:{words}")

    async def _search(self, session: Session, words: str) -> None:
        with suppress(CloudError):  # what the server would find is extra
            await session.commands.tests.search(words)

    def _open_public_run(self, public_id: str) -> None:
        session = self._session
        why_not = session.commands.refusal_of_stack("shared_run") if session else SIGN_IN
        if why_not or not session:
            self._say("public link", f"The public link was not opened: {why_not}", "warning")
        else:
            self._spawn(self._find_public_run(session, public_id), "open a public link")

    async def _find_public_run(self, session: Session, public_id: str) -> None:
        try:
            run = await session.commands.runs.find_shared(public_id)
        except CloudError as error:
            self._say("public link", f"The public link was not opened: {error}", "error")
            return
        if run is None:
            self._say("public link", "There is no run behind this public link.", "info")
        elif session is self._session:
            self._go(Place("run", run.id))
