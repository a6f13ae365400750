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

from dialog_poses import DialogPoses
from library_poses import LibraryPoses
from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from results_poses import ResultsPoses

from k6desk.__main__ import parser
from k6desk.program import app
from k6desk.ui import theme
from k6desk.ui.compare.window import CompareWindow
from k6desk.ui.library.window import ScriptsWindow
from k6desk.ui.main_window import MainWindow

SHADE = QColor(0, 0, 0, 70)


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
        dialogs = DialogPoses(window, until, on_top, folder)
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
            "start": lambda: dialogs.of_test("start"),
            "schedule": lambda: dialogs.of_test("schedule", scheduled=True),
            "schedules": lambda: dialogs.of_test("schedules"),
            "move": lambda: dialogs.of_test("move"),
            "upload": dialogs.upload,
            "limits": lambda: dialogs.of_project("project_settings"),
            "several": dialogs.several,
            "legacy": dialogs.legacy,
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
