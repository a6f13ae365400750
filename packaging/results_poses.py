"""What `pictures_of_dialogs.py` opens of what runs measured: each pose gives the window to take the picture of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtWidgets import QApplication, QWidget

from k6desk.api.models import Run
from k6desk.core.place import Place
from k6desk.data.query import Query
from k6desk.ui.compare.window import CompareWindow
from k6desk.ui.main_window import MainWindow

Until = Callable[[Callable[[], object], str], Awaitable[None]]
SIZE = (1200, 800)
TEST = "Checkout ramp"


class ResultsPoses:
    """Opens things as a user would."""

    def __init__(self, window: MainWindow, until: Until) -> None:
        self._window = window
        self._until = until

    async def alone(self) -> QWidget:
        """The charts of a run that goes on, with the whole window for them."""
        run = next(run for run in self._runs() if run.status == "running" and "Browser" not in self._name(run))
        self._window.go(Place("run", run.id, "charts"))
        await self._until(self._window.is_settled, "the charts")
        if not self._window.workspace.shows_details_alone:
            self._window.actions_["details_alone"].trigger()
        await asyncio.sleep(2)
        return self._window

    async def compare_runs(self) -> QWidget:
        """A failed run beside the last one that passed."""
        self._lists()
        runs = [run for run in self._runs() if self._name(run) == TEST]
        failed = next(run for run in runs if run.result == "failed")
        passed = next(run for run in runs if run.result == "passed")
        self._window.go(Place("test", failed.test_id))
        window = await self._open("trend")
        window.compare([passed.id, failed.id])
        await self._until(window.is_settled, "the comparison")
        await asyncio.sleep(1)
        return window

    async def trend(self) -> QWidget:
        """The last runs of a test."""
        self._lists()
        self._window.go(Place("test", next(run.test_id for run in self._runs() if self._name(run) == TEST)))
        window = await self._open("trend")
        await self._until(window.is_settled, "the trend")
        await asyncio.sleep(1)
        return window

    def _lists(self) -> None:
        if self._window.workspace.shows_details_alone:
            self._window.actions_["details_alone"].trigger()

    def _runs(self) -> list[Run]:
        store = self._window.session.store
        runs = store.runs(store.select(Query("all"))).values()
        return sorted(runs, key=lambda run: run.created_at, reverse=True)

    def _name(self, run: Run) -> str:
        return self._window.session.store.name_of(run)

    async def _open(self, action: str) -> CompareWindow:
        await self._until(self._window.actions_[action].isEnabled, action)
        self._window.actions_[action].trigger()
        await self._until(self._shown, "the window to compare runs")
        window = self._shown()
        assert window
        window.resize(*SIZE)
        return window

    def _shown(self) -> CompareWindow | None:
        return next((w for w in QApplication.topLevelWidgets() if isinstance(w, CompareWindow) and w.isVisible()), None)
