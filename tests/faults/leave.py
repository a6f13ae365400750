"""Starts k6desk and leaves it in a bad moment: `leave.py SCENARIO PROFILE`; prints when the window was closed."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from k6desk.__main__ import parser
from k6desk.api.models import Run
from k6desk.core.place import Place
from k6desk.program import app
from k6desk.ui.main_window import MainWindow

SCENARIO, PROFILE = sys.argv[1:]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


async def script_in_flight(window: MainWindow) -> None:
    await until(lambda: window.session.store.run(7))
    window._tasks.spawn(window.session.commands.load_script("run", 7), name="download")
    await asyncio.sleep(0.3)


async def rows_and_a_note(window: MainWindow) -> None:
    store = window.session.store
    await until(lambda: store.is_indexed)
    await store.put_runs([_run(1)], NOW)
    window.go(Place("run", 1, "note"))
    editor = next(one for one in window.findChildren(QPlainTextEdit) if one.accessibleName() == "Note")
    await until(editor.isVisible)
    for first in range(2, 100_000, 1000):
        page = [_run(id_) for id_ in range(first, first + 1000)]
        window._tasks.spawn(store.put_runs(page, NOW), name="rows")
    editor.insertPlainText("Typed in the last moment.")
    await asyncio.sleep(0.02)


async def nothing(_window: MainWindow) -> None:
    await asyncio.sleep(0.5)


SCENARIOS = {"script": script_in_flight, "rows": rows_and_a_note, "hung": nothing, "keyring": nothing}


def _run(id_: int) -> Run:
    created_at = NOW + timedelta(seconds=id_)
    return Run(
        id=id_, test_id=5, project_id=1, status="completed", created_at=created_at, note="n" * 200 if id_ > 1 else ""
    )


async def act(window: MainWindow) -> None:
    try:
        await SCENARIOS[SCENARIO](window)
    finally:
        print(time.time(), flush=True)  # noqa: T201
        window.close()


def main() -> int:
    QApplication(["k6desk"])
    original = app.MainWindow.complete

    def complete(window: MainWindow, tasks) -> None:
        original(window, tasks)
        app.MainWindow.complete = original
        QTimer.singleShot(0, lambda: tasks.spawn(act(window), name="leave"))

    app.MainWindow.complete = complete
    return app.run(parser().parse_args([f"--profile={PROFILE}"]))


sys.exit(main())
