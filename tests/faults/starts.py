"""Starts k6desk on a profile: `starts.py start PROFILE` starts a run of test 5 and prints `started` when that is known;
`starts.py look PROFILE` prints what the journal's notices say, and ends."""

from __future__ import annotations

import asyncio
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from k6desk.__main__ import parser
from k6desk.program import app
from k6desk.ui.main_window import MainWindow

SCENARIO, PROFILE = sys.argv[1:]


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


async def start(window: MainWindow) -> None:
    session = window.session
    await until(lambda: session.store.test(5) and session.monitor and session.monitor.caught_up)
    if SCENARIO == "leave":
        QTimer.singleShot(700, window.close)
    run = await session.commands.tests.start(5, session.commands.tests.new_key())
    print("started", run.id, flush=True)  # noqa: T201
    await asyncio.Event().wait()


async def look(window: MainWindow) -> None:
    session = window.session
    await until(lambda: session.monitor and session.monitor.caught_up and not session.store.pending())
    await asyncio.sleep(0.2)
    for notice in session.notices.current():
        print(notice.text, flush=True)  # noqa: T201
    print("intent", session.store.intent(5, "test"), flush=True)  # noqa: T201
    window.close()


def main() -> int:
    QApplication(["k6desk"])
    original = app.MainWindow.complete

    def complete(window: MainWindow, tasks) -> None:
        original(window, tasks)
        app.MainWindow.complete = original
        act = look if SCENARIO == "look" else start
        QTimer.singleShot(0, lambda: tasks.spawn(act(window), name="act"))

    app.MainWindow.complete = complete
    return app.run(parser().parse_args([f"--profile={PROFILE}"]))


sys.exit(main())
