"""Gives runs from one k6desk to another, and prints what happened: `pass_on.py FOLDER`.

The first is on a demo cloud and exports; the second is a first start with the file on its command line.
"""

from __future__ import annotations

import asyncio
import json
import sys
import traceback
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from k6desk.__main__ import parser
from k6desk.core.connection import State
from k6desk.core.place import Place
from k6desk.program import app
from k6desk.ui.main_window import MainWindow

FOLDER = Path(sys.argv[1])
FILE = FOLDER / "shop runs.k6run"
failed: list[BaseException] = []


def did(what: str, **facts: object) -> None:
    print(json.dumps({"did": what, **facts}), flush=True)  # noqa: T201


async def until(condition, what: str, timeout: float = 30.0):
    try:
        async with asyncio.timeout(timeout):
            while not (found := condition()):
                await asyncio.sleep(0.02)
            return found
    except TimeoutError:
        raise AssertionError(f"waited {timeout} s for: {what}") from None


def words(window: MainWindow) -> list[str]:
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def accounts(window: MainWindow) -> dict[str, bool]:
    return {action.text(): action.isChecked() for action in window._menus.accounts.actions()}


async def give(window: MainWindow) -> None:
    session = await until(lambda: window.session, "the demo's account")
    await until(lambda: session.monitor and session.monitor.caught_up, "every run to be read")
    window.go(Place("failed"))
    table = window.workspace.runs.table
    await until(lambda: table.model().rowCount() > 3, "failed runs")
    table.selectAll()
    await until(window.actions_["export_bundle"].isEnabled, "the export to be possible")
    many = len(window.workspace.run_ids)
    window.actions_["export_bundle"].trigger()
    dialog = await until(lambda: next(iter(window.findChildren(QFileDialog)), None), "the file dialog")
    dialog.fileSelected.emit(str(FILE))
    dialog.close()
    await until(FILE.exists, "the file")
    did("exported", runs=many)

    window.open_wanted.emit([FILE.as_uri()])
    imported = await until(lambda: window.session.account.is_imported and window.session, "the imported runs")
    await until(lambda: len(imported.store.kept_ids()) == many, "all of them")
    assert imported.monitor is None
    name = session.account.name
    assert accounts(window) == {name: False, "Imported runs": True}
    did("opened it beside the demo")

    next(action for action in window._menus.accounts.actions() if action.text() == name).trigger()
    await until(lambda: window.session.account == session.account, "the demo again")
    await until(lambda: window.session.connection.state is State.LIVE, "its server")
    assert accounts(window) == {name: True, "Imported runs": False}
    did("went back to the demo")


async def take(window: MainWindow) -> None:
    session = await until(lambda: window.session, "the imported runs")
    assert session.account.is_imported
    run = await until(lambda: window.workspace.run, "the first of them")
    await until(window.is_settled, "the window to be complete")
    seen = words(window)
    assert "These runs are from files: there is no server behind them." in seen
    assert any("shop runs.k6run" in line for line in seen)
    assert session.store.name_of(run) in seen
    assert not [line for line in seen if "Sign in" in line or "Try" in line or "ffline" in line]
    assert accounts(window) == {"Imported runs": True}
    did("took them", runs=session.store.counts().total)


async def look_again(window: MainWindow) -> None:
    session = await until(lambda: window.session, "the imported runs")
    await until(lambda: session.store.kept_ids(), "what was kept")
    await until(window.is_settled, "the window to be complete")
    did("has them at the next start", runs=session.store.counts().total, tests=len(session.store.projects()) > 0)


def start(story, *arguments: str) -> None:
    """Run the program with somebody in front of it."""

    def sit_down(window: MainWindow) -> None:
        task = asyncio.get_event_loop().create_task(story(window))
        task.add_done_callback(lambda done: stand_up(window, done))

    def stand_up(window: MainWindow, done: asyncio.Task) -> None:
        if not done.cancelled() and (error := done.exception()):
            failed.append(error)
        window.close()

    original = app.MainWindow.complete

    def complete(window: MainWindow, tasks) -> None:
        original(window, tasks)
        app.MainWindow.complete = original
        QTimer.singleShot(0, lambda: sit_down(window))

    app.MainWindow.complete = complete
    assert app.run(parser().parse_args(list(arguments))) == 0


def main() -> int:
    QApplication(["k6desk"])
    start(give, "--demo")
    if not failed:
        start(take, f"--profile={FOLDER / 'profile'}", str(FILE))
        start(look_again, f"--profile={FOLDER / 'profile'}")
    for error in failed:
        traceback.print_exception(error)
    return 1 if failed else 0


sys.exit(main())
