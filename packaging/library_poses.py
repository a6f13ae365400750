"""What `pictures_of_dialogs.py` opens of the offline library: each pose gives the window to take the picture of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from k6desk.api.models import Run, Script
from k6desk.core.place import Place
from k6desk.ui.library.window import ScriptsWindow
from k6desk.ui.main_window import MainWindow

Until = Callable[[Callable[[], object], str], Awaitable[None]]
KEPT = 9
SIZE = (1100, 720)
MORE = b"""
export function teardown() {
  http.del(`${BASE_URL}/api/baskets`);
}
"""


class LibraryPoses:
    """Opens things as a user would."""

    def __init__(self, window: MainWindow, until: Until) -> None:
        self._window = window
        self._until = until

    async def browse(self) -> QWidget:
        """The files of an archive, with a file of it."""
        scripts = await self._act("browse_script", self._run_with_archive())
        await self._until(scripts.browse.is_settled, "the archive")
        return scripts

    async def search(self) -> QWidget:
        """What a search found."""
        await self._until(lambda: len(self._window.session.store.script_digests()) > KEPT, "some scripts")
        scripts = await self._act("search_scripts", None)
        line = next(one for one in scripts.findChildren(QLineEdit) if one.isVisible())
        line.setText("thresholds")
        await asyncio.sleep(1)  # it searches as one types
        return scripts

    async def compare(self) -> QWidget:
        """What is different since a run, after its test got another script."""
        session = self._window.session
        run = next(run for run in self._runs() if run.is_finished and session.store.name_of(run) == "Checkout ramp")
        script = await session.commands.load_script("test", run.test_id)
        lines = script.content.decode().splitlines(keepends=True)
        changed = "".join(lines).replace("rate<0.01", "rate<0.05").replace("sleep(1)", "sleep(Math.random() * 2)")
        if MORE not in script.content:  # the other theme's picture was first
            await session.commands.tests.upload(run.test_id, Script(changed.encode() + MORE, is_archive=False), None)
        scripts = await self._act("compare_today", run)
        await asyncio.sleep(2)
        return scripts

    async def kept(self) -> QWidget:
        """The list of kept runs."""
        session = self._window.session
        for run in [run for run in self._runs() if run.is_finished][:KEPT]:
            await session.keeper.keep(run.id)
        self._window.go(Place("kept"))
        await self._until(lambda: len(session.store.kept_ids()) >= KEPT, "kept runs")
        self._window.go(Place("run", max(session.store.kept_ids())))
        self._window.go(Place("kept"))
        await self._until(self._window.is_settled, "the list")
        return self._window

    def _runs(self) -> list[Run]:
        store = self._window.session.store
        return list(store.runs(store.select(self._window.workspace.runs.query)).values())

    def _run_with_archive(self) -> Run:
        store = self._window.session.store
        return next(run for run in self._runs() if store.name_of(run) == "Search API" and run.is_finished)

    async def _act(self, action: str, run: Run | None) -> ScriptsWindow:
        if run:
            self._window.go(Place("run", run.id))
        await self._until(self._window.actions_[action].isEnabled, action)
        self._window.actions_[action].trigger()
        await self._until(lambda: self._scripts(), "the window of scripts")
        scripts = self._scripts()
        assert scripts
        scripts.resize(*SIZE)
        return scripts

    def _scripts(self) -> ScriptsWindow | None:
        return next((w for w in QApplication.topLevelWidgets() if isinstance(w, ScriptsWindow) and w.isVisible()), None)
