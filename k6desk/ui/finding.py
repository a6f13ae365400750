"""Ctrl+K, and what the server finds beyond what is known here: tests by part of their name, and what links lead to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from k6desk.api.errors import CloudError, NotFound
from k6desk.core.links import Link, PublicLink
from k6desk.core.notices import Level, Notices
from k6desk.core.place import Place
from k6desk.core.session import Session
from k6desk.ui.actions import Actions
from k6desk.ui.effects import SIGN_IN, Effects
from k6desk.ui.workspace import Workspace

SHORTEST = 2
SOON_MS = 300
"""How long an answer may take before it is said that there is a question."""
INDEX_S = 10.0
"""How long what is stored may take to be read until the server is asked without it."""


class Finding(Effects):
    """Opens the command palette and does what it asks for; `link_wanted` leaves the choice of the account to others."""

    link_wanted = Signal(str)

    def __init__(self, actions: Actions, notices: Notices, go: Callable[[Place], object], window: QWidget) -> None:
        super().__init__(actions, notices, window)
        self._go = go
        self._wanted: Link | PublicLink | None = None
        """The last link, until it has led somewhere; what is heard of any other comes too late."""
        actions.connect_all({"palette": self._open_palette})

    def use(self, session: Session | None, workspace: Workspace | None) -> None:
        """Act on this account from now on."""
        if session is not self._session:
            self._wanted = None
        super().use(session, workspace)
        if workspace:
            workspace.explorer.search_wanted.connect(self._search_tests)

    def allow(self) -> None:
        self._actions.allow("palette", None)

    def follow(self, link: Link | PublicLink | None) -> None:
        """Go where a link leads in this account, or with None to no other that the server is still asked for."""
        self._wanted = link
        self._notices.clear("link")
        if link is None:
            return
        if not self._session:
            self._say_not(link, SIGN_IN)
        elif isinstance(link, PublicLink):
            self._follow_public(self._session, link)
        elif link.place.id:
            self._spawn(self._follow(self._session, link), "follow a link")
        else:
            self._arrive(link, link.place)

    def _open_palette(self) -> None:
        from k6desk.ui.command_palette import CommandPalette

        store = self._session.store if self._session else None
        palette = CommandPalette(store, self._actions, self._go, self._window)
        palette.search_wanted.connect(self._search_tests)
        palette.link_wanted.connect(self.link_wanted)
        palette.open_over(self._window)

    def _search_tests(self, words: str) -> None:
        session = self._session
        if len(words) >= SHORTEST and session and self._tasks and not session.commands.refusal_of_stack("search"):
            self._spawn(self._search(session, words), "search tests", f"search:{words}")

    async def _search(self, session: Session, words: str) -> None:
        with suppress(CloudError):  # what the server would find is extra
            await session.commands.tests.search(words)

    # -- links ---------------------------------------------------------------------------------------------------------

    async def _follow(self, session: Session, link: Link) -> None:
        """Go to a thing that is known here, or that the server knows."""
        place, store, its = link.place, session.store, session.commands
        known = {"run": store.run, "test": store.test, "project": store.project}[place.kind]
        fetch = {"run": its.runs.fetch, "test": its.tests.fetch, "project": its.projects.fetch}[place.kind]
        await _indexed(session)
        problem = ""
        if known(place.id) is None:
            asking = QTimer(self, singleShot=True, interval=SOON_MS)
            asking.timeout.connect(lambda: self._say_of(link, f"Asking for {link.called}…", "info"))
            asking.start()
            try:
                await fetch(place.id)
            except NotFound:
                problem = f"{session.account.name} has no {link.called}, or this token may not see it."
            except CloudError as error:
                problem = str(error)
            finally:
                asking.stop()
                asking.deleteLater()
        if problem:
            self._say_not(link, problem)
        else:
            self._arrive(link, place)

    def _follow_public(self, session: Session, link: PublicLink) -> None:
        if why_not := session.commands.refusal_of_stack("shared_run"):
            self._say_not(link, why_not)
        else:
            self._spawn(self._find_public_run(session, link), "open a public link")

    async def _find_public_run(self, session: Session, link: PublicLink) -> None:
        try:
            run = await session.commands.runs.find_shared(link.public_id)
        except CloudError as error:
            self._say_not(link, str(error))
            return
        if run is None:
            self._say_of(link, "There is no run behind this public link.", "info")
        else:
            self._arrive(link, Place("run", run.id))

    def _arrive(self, link: Link | PublicLink, place: Place) -> None:
        if link is self._wanted:
            self._wanted = None
            self._notices.clear("link")
            self._go(place)

    def _say_not(self, link: Link | PublicLink, why: str) -> None:
        self._say_of(link, f"{link.called[0].upper()}{link.called[1:]} was not opened. {why}", "warning")

    def _say_of(self, link: Link | PublicLink, words: str, level: Level) -> None:
        if link is self._wanted:
            self._say("link", words, level)


async def _indexed(session: Session) -> None:
    """Wait until all that is stored is known."""
    import asyncio  # the first picture needs none of it

    if not session.store.is_indexed:
        done = asyncio.Event()
        session.store.indexed.connect(lambda: done.set())
        with suppress(TimeoutError):
            async with asyncio.timeout(INDEX_S):
                await done.wait()
