"""What `pictures_of_dialogs.py` opens of the dialogs that act on tests, projects and runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QProgressBar, QWidget

from k6desk.core.place import Place
from k6desk.ui.main_window import MainWindow

Until = Callable[[Callable[[], object], str], Awaitable[None]]
NEW_SCRIPT = """\
import http from 'k6/http';
import { check, sleep } from 'k6';

export const options = {
  vus: 20,
  duration: '2m',
  thresholds: { http_req_failed: ['rate<0.01'] },
};

export default function () {
  const answer = http.get('https://quickpizza.grafana.com/api/menu');
  check(answer, { 'the menu is there': (r) => r.status === 200 });
  sleep(1);
}
"""


class DialogPoses:
    """Opens things as a user would; `on_top` gives the dialog that is there then, and `folder` takes what one needs."""

    def __init__(self, window: MainWindow, until: Until, on_top: Callable[[], QWidget | None], folder: Path) -> None:
        self._window = window
        self._until = until
        self._on_top = on_top
        self._folder = folder

    async def of_test(self, action: str, *, scheduled: bool = False) -> None:
        """Open a dialog on the dearest test, or on one that has a schedule."""
        store = self._window.session.store
        run = max(store.runs(store.select(self._window.workspace.runs.query)).values(), key=lambda run: run.vuh or 0)
        test_id = store.schedules()[0].test_id if scheduled else run.test_id
        self._window.go(Place("test", test_id))
        await self._open(action)

    async def of_project(self, action: str) -> None:
        """Open a dialog on a project that has limits."""
        store = self._window.session.store
        project = next(p for p in store.projects() if (limits := store.limits(p.id)) and limits.vuh_max_per_month)
        self._window.go(Place("project", project.id))
        await self._open(action)

    async def upload(self) -> None:
        """Open the dialog that uploads a script, with a script that is not the test's."""
        from k6desk.ui.dialogs.upload import UploadDialog

        store = self._window.session.store
        tests = [test for project in store.projects() for test in store.tests(project.id)]
        test = next(test for test in tests if "smoke" in test.name.lower())
        self._window.go(Place("test", test.id))
        await self._open("upload")
        dialog = self._on_top()
        assert isinstance(dialog, UploadDialog)
        script = self._folder / "new-script.js"
        script.write_text(NEW_SCRIPT)
        dialog.read(script)
        await asyncio.sleep(1)
        script.unlink()

    async def several(self) -> None:
        """Open the menu of several runs."""
        self._window.go(Place("recent"))
        table = self._window.workspace.runs.table
        await self._until(lambda: table.model().rowCount() > 9, "runs")
        table.selectRow(4)
        for row in (5, 6, 8):
            table.selectionModel().select(
                table.model().index(row, 0),
                table.selectionModel().SelectionFlag.Select | table.selectionModel().SelectionFlag.Rows,
            )
        self._window._open_run_menu(self._window.mapToGlobal(QPoint(420, 330)))  # noqa: SLF001

    async def legacy(self) -> None:
        """Go to a failed run."""
        store = self._window.session.store
        self._window.go(
            Place(
                "run",
                next(
                    run.id
                    for run in store.runs(store.select(self._window.workspace.runs.query)).values()
                    if run.outcome == "failed"
                ),
            )
        )
        await self._until(self._window.is_settled, "the run")

    async def _open(self, action: str) -> None:
        await self._until(self._window.actions_[action].isEnabled, action)
        self._window.actions_[action].trigger()
        await self._until(self._on_top, f"the dialog of {action}")
        dialog = self._on_top()
        assert dialog
        await self._until(
            lambda: not any(bar.isVisible() and not bar.maximum() for bar in dialog.findChildren(QProgressBar)),
            "its content",
        )
