#!/usr/bin/env python3
"""Pictures of dialogs and of other windows, for `screenshots.py`: `pictures_of_dialogs.py FOLDER THEME NAME...`

The login is in the environment. This sits in front of the real program, opens each dialog as a user would, and lays
its picture over the window's.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from library_poses import LibraryPoses
from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QProgressBar, QWidget
from results_poses import ResultsPoses

from k6desk.__main__ import parser
from k6desk.core.place import Place
from k6desk.program import app
from k6desk.ui import theme
from k6desk.ui.compare.window import CompareWindow
from k6desk.ui.library.window import ScriptsWindow
from k6desk.ui.main_window import MainWindow

SHADE = QColor(0, 0, 0, 70)
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


async def until(condition: Callable[[], object], what: str) -> None:
    """Wait for something to come true."""
    try:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110 - many parts settle, each in its own way
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise SystemExit(f"waited in vain for {what}") from None


def on_top(kind: type[QWidget] = QDialog) -> QWidget | None:
    """The visible dialog or menu."""
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)


class Photographer:
    """Opens things in one window and takes pictures of them."""

    def __init__(self, window: MainWindow, folder: Path, suffix: str) -> None:
        self._window = window
        self._folder = folder
        self._suffix = suffix
        library = LibraryPoses(window, until)
        results = ResultsPoses(window, until)
        self.poses: dict[str, Callable[[], Awaitable[QWidget | None]]] = {
            "browse": library.browse,
            "search": library.search,
            "compare": library.compare,
            "kept": library.kept,
            "alone": results.alone,
            "compare-runs": results.compare_runs,
            "trend": results.trend,
            "start": lambda: self._of_test("start"),
            "schedule": lambda: self._of_test("schedule", scheduled=True),
            "schedules": lambda: self._of_test("schedules"),
            "move": lambda: self._of_test("move"),
            "upload": self._upload,
            "limits": lambda: self._of_project("project_settings"),
            "several": self._several,
            "legacy": self._legacy,
        }

    async def take(self, names: list[str]) -> None:
        """Take these pictures."""
        await until(self._window.is_settled, "the window")
        for name in names:
            other = await self.poses[name]()
            await self._save(name, other or self._window)
            for kind in (QDialog, QMenu, ScriptsWindow, CompareWindow):
                if (widget := on_top(kind)) is not None:
                    widget.close()
            print(name + self._suffix, flush=True)

    async def _of_test(self, action: str, *, scheduled: bool = False) -> None:
        store = self._window.session.store
        run = max(store.runs(store.select(self._window.workspace.runs.query)).values(), key=lambda run: run.vuh or 0)
        test_id = store.schedules()[0].test_id if scheduled else run.test_id
        self._window.go(Place("test", test_id))
        await self._open(action)

    async def _of_project(self, action: str) -> None:
        store = self._window.session.store
        project = next(p for p in store.projects() if (limits := store.limits(p.id)) and limits.vuh_max_per_month)
        self._window.go(Place("project", project.id))
        await self._open(action)

    async def _upload(self) -> None:
        from k6desk.ui.dialogs.upload import UploadDialog

        store = self._window.session.store
        tests = [test for project in store.projects() for test in store.tests(project.id)]
        test = next(test for test in tests if "smoke" in test.name.lower())
        self._window.go(Place("test", test.id))
        await self._open("upload")
        dialog = on_top(UploadDialog)
        assert isinstance(dialog, UploadDialog)
        script = self._folder / "new-script.js"
        script.write_text(NEW_SCRIPT)
        dialog.read(script)
        await asyncio.sleep(1)
        script.unlink()

    async def _several(self) -> None:
        self._window.go(Place("recent"))
        table = self._window.workspace.runs.table
        await until(lambda: table.model().rowCount() > 9, "runs")
        table.selectRow(4)
        for row in (5, 6, 8):
            table.selectionModel().select(
                table.model().index(row, 0),
                table.selectionModel().SelectionFlag.Select | table.selectionModel().SelectionFlag.Rows,
            )
        self._window._open_run_menu(self._window.mapToGlobal(QPoint(420, 330)))  # noqa: SLF001

    async def _legacy(self) -> None:
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
        await until(self._window.is_settled, "the run")

    async def _open(self, action: str) -> None:
        await until(self._window.actions_[action].isEnabled, action)
        self._window.actions_[action].trigger()
        await until(on_top, f"the dialog of {action}")
        dialog = on_top()
        assert dialog
        await until(
            lambda: not any(bar.isVisible() and not bar.maximum() for bar in dialog.findChildren(QProgressBar)),
            "its content",
        )

    async def _save(self, name: str, window: QWidget) -> None:
        await asyncio.sleep(0.3)
        picture = window.grab()
        above = on_top() or on_top(QMenu)
        if above:
            lay_over(
                picture, above.grab(), self._window.mapFromGlobal(above.pos()) if isinstance(above, QMenu) else None
            )
        picture.save(str(self._folder / f"{name}{self._suffix}.png"))


def lay_over(picture: QPixmap, above: QPixmap, at: QPoint | None) -> None:
    """Paint one picture over another, in its middle or at a place, and darken what lies below a dialog."""
    place = QRect(QPoint(), above.deviceIndependentSize().toSize())
    painter = QPainter(picture)
    if at is None:
        painter.fillRect(picture.rect(), SHADE)
        place.moveCenter(QRect(QPoint(), picture.deviceIndependentSize().toSize()).center())
    else:
        place.moveTopLeft(at)
    painter.drawPixmap(place, above)
    painter.setPen(theme.colour("line"))
    painter.drawRect(place.adjusted(-1, -1, 0, 0))
    painter.end()


def main() -> int:
    """Start the program, and let the photographer do the rest."""
    folder, theme_name, *names = sys.argv[1:]
    failed: list[BaseException] = []

    def begin(window: MainWindow) -> None:
        suffix = "-dark" if theme_name == "dark" else ""
        task = asyncio.get_event_loop().create_task(Photographer(window, Path(folder), suffix).take(names))
        task.add_done_callback(lambda done: end(window, done))

    def end(window: MainWindow, done: asyncio.Task[None]) -> None:
        if not done.cancelled() and (error := done.exception()):
            failed.append(error)
        window.close()

    original = app.MainWindow.complete

    def complete(window: MainWindow, tasks: object) -> None:
        original(window, tasks)  # type: ignore[arg-type]
        app.MainWindow.complete = original  # type: ignore[method-assign]
        QTimer.singleShot(0, window, lambda: begin(window))

    app.MainWindow.complete = complete  # type: ignore[method-assign,assignment]
    with TemporaryDirectory() as profile:
        app.run(parser().parse_args([f"--profile={profile}", f"--theme={theme_name}", "--size=1280x800"]))
    for error in failed:
        raise error
    return 0


if __name__ == "__main__":
    sys.exit(main())
