"""Uses k6desk as a person would, with mouse and keyboard, and prints what it did: `drive.py PORT FOLDER`.

It runs `k6desk.program.app.run`, the very start-up of the program; the demo cloud is a process of its own that can be
stopped.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QMessageBox, QPlainTextEdit

from k6desk.__main__ import parser
from k6desk.core.connection import State
from k6desk.core.place import Place
from k6desk.program import app
from k6desk.ui.dialogs.sign_in import SignInDialog
from k6desk.ui.dialogs.start import StartDialog
from k6desk.ui.main_window import MainWindow

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
PROFILE = FOLDER / "profile"
failed: list[BaseException] = []


def did(what: str, **facts: object) -> None:
    print(json.dumps({"did": what, **facts}), flush=True)  # noqa: T201


class Cloud:
    """The demo cloud in a process of its own."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "k6desk.demo", f"--port={PORT}", "--seed=3", "--speed=40", "--exit-with-stdin"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.login = json.loads(self.process.stdout.readline())

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


async def until(condition, what: str, timeout: float = 30.0):
    try:
        async with asyncio.timeout(timeout):
            while not (found := condition()):
                await asyncio.sleep(0.02)
            return found
    except TimeoutError:
        raise AssertionError(f"waited {timeout} s for: {what}") from None


def child(parent, kind, name: str):
    """A visible widget by the name a screen reader says, or its words."""
    for widget in parent.findChildren(kind):
        words = widget.text().replace("&", "") if isinstance(widget, QAbstractButton) else ""
        if widget.isVisible() and name in (widget.accessibleName(), words):
            return widget
    return None


async def press(parent, name: str) -> None:
    button = await until(lambda: child(parent, QAbstractButton, name), f"a button {name!r}")
    await until(button.isEnabled, f"the button {name!r} to be enabled")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


async def strike(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
    """A shortcut, typed wherever the cursor is."""
    window.activateWindow()
    await until(window.isActiveWindow, "the window to be in front")
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def dialog(kind):
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)


async def first_start(window: MainWindow, cloud: Cloud) -> None:
    assert window.session is None
    did("first start")
    await press(window, "Sign in…")
    form = await until(lambda: dialog(SignInDialog), "the sign-in dialog")
    QTest.keyClicks(form.form.stack.line, cloud.login["stack_url"])
    QTest.keyClicks(form.form.token.line, f"Bearer {cloud.login['token']}")
    await press(form, "Advanced")
    QTest.keyClicks(form.form.origin.line, cloud.login["url"])
    await press(form, "Sign in")
    await press(form, "Done")
    session = await until(lambda: window.session, "the account")
    await until(lambda: session.monitor and session.monitor.caught_up, "every run to be read")
    assert (PROFILE / "accounts.toml").exists()
    did("signed in", token=cloud.login["token"])


def running(window: MainWindow):
    return [run for run in window.session.store.unfinished() if run.status == "running"]


async def watch_a_run(window: MainWindow) -> None:
    run = min(await until(lambda: running(window), "a running run"), key=lambda run: run.estimated_duration_s)
    window.go(Place("run", run.id))
    store = window.session.store
    await until(lambda: store.run(run.id).is_finished, "the run to end by itself", 60)
    detail = await until(lambda: store.detail(run.id), "its details")
    assert detail.value.status_history
    did("watched a run to its end", outcome=store.run(run.id).outcome)


async def abort_a_run(window: MainWindow) -> None:
    def longest():
        ours = [run for run in running(window) if run.id and not window.session.store.intent(run.id)]
        return max(
            ours, key=lambda run: run.estimated_duration_s - (time.time() - run.status_since.timestamp()), default=None
        )

    run = await until(longest, "another running run")
    window.go(Place("run", run.id))
    await until(window.actions_["abort"].isEnabled, "abort to be possible")
    await strike(window, Qt.Key.Key_Backspace)
    box = await until(lambda: dialog(QMessageBox), "the question")
    assert str(run.id) in box.informativeText()
    await press(box, "Abort run")
    await until(lambda: window.session.store.run(run.id).is_finished, "the run to be aborted")
    assert window.session.store.run(run.id).outcome == "aborted", window.session.store.run(run.id)
    did("aborted a run")


async def edit_a_note(window: MainWindow) -> int:
    store = window.session.store
    window.go(Place("failed"))
    await until(lambda: window.workspace.runs.table.model().rowCount(), "failed runs")
    window.workspace.runs.focus_table()
    QTest.keyClick(window.workspace.runs.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    run = await until(lambda: window.workspace.run, "a chosen run")
    await strike(window, Qt.Key.Key_E)
    editor = await until(lambda: child(window, QPlainTextEdit, "Note"), "the note's editor")
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, " Cache was cold.")
    QTest.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: store.run(run.id).note.endswith("Cache was cold."), "the note to be saved")
    await until(lambda: store.draft(run.id) is None, "the draft to be forgotten")
    did("edited a note")
    return run.id


async def download_a_script(window: MainWindow) -> None:
    target = FOLDER / "downloads" / "mine"
    target.parent.mkdir()
    await until(window.actions_["script"].isEnabled, "the download to be possible")
    await strike(window, Qt.Key.Key_D)
    chooser = await until(lambda: dialog(QFileDialog), "the file dialog")
    line = chooser.findChild(QLineEdit, "fileNameEdit")
    line.setText(str(target))
    QTest.keyClick(line, Qt.Key.Key_Return)
    saved = await until(lambda: next(target.parent.iterdir(), None), "the file")
    content = saved.read_bytes()
    assert content[257:262] == b"ustar" if saved.suffix == ".tar" else b"export default" in content
    did("downloaded a script", name=saved.name)


async def start_a_test(window: MainWindow) -> None:
    store = window.session.store
    test = store.test(window.workspace.run.test_id)
    before = {run.id for run in store.latest_of_test(test.id, 1000)}
    window.go(Place("test", test.id))
    await until(window.actions_["start"].isEnabled, "the start to be possible")
    await strike(window, Qt.Key.Key_R, CTRL | SHIFT)
    form = await until(lambda: dialog(StartDialog), "the start dialog")
    await press(form, "Start test")
    await until(lambda: dialog(StartDialog) is None, "the dialog to close")
    started = {run.id for run in store.latest_of_test(test.id, 1000)} - before
    ours = next(run for run in map(store.run, sorted(started)) if run.started_by)
    await until(lambda: store.run(ours.id).status != "created", "the started run to go on")
    did("started a test")


async def star_some_runs(window: MainWindow) -> None:
    store, table = window.session.store, window.workspace.runs.table
    window.go(Place("failed"))
    await until(lambda: table.model().rowCount() > 3, "failed runs")
    window.workspace.runs.focus_table()
    QTest.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    for _ in range(2):
        QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    ids = window.workspace.run_ids
    assert len(ids) == 3
    await until(window.actions_["star"].isEnabled, "the stars to be possible")
    if all(store.run(run_id).is_starred for run_id in ids):
        window.actions_["star"].trigger()
        await until(lambda: not any(store.run(run_id).is_starred for run_id in ids), "the stars to go")
    window.actions_["star"].trigger()
    await until(lambda: all(store.run(run_id).is_starred for run_id in ids), "the stars")
    did("starred three runs at once")


async def lose_the_network(window: MainWindow, cloud: Cloud) -> None:
    connection = window.session.connection
    cloud.stop()
    window.actions_["refresh"].trigger()
    await until(lambda: connection.state is State.OFFLINE, "the outage to be noticed")
    window.go(Place("recent"))
    assert window.workspace.runs.table.model().rowCount() > 0
    refusal = window.session.commands.refusal("abort", window.workspace.run)
    assert refusal
    cloud.start()
    window.actions_["refresh"].trigger()
    await until(lambda: connection.state is State.LIVE, "the connection to come back")
    did("lost the network and got it back")


async def drive(window: MainWindow, cloud: Cloud) -> None:
    await first_start(window, cloud)
    await watch_a_run(window)
    await abort_a_run(window)
    await edit_a_note(window)
    await download_a_script(window)
    await start_a_test(window)
    await star_some_runs(window)
    await lose_the_network(window, cloud)
    cloud.freeze()
    window.actions_["refresh"].trigger()
    await asyncio.sleep(0)
    window.close()


async def drive_again(window: MainWindow, _cloud: Cloud) -> None:
    session = await until(lambda: window.session, "the account of last time")
    await until(lambda: session.connection.state is State.LIVE, "the token to come from the keyring")
    did("started again with the token from the keyring")
    window.close()


def start(story, cloud: Cloud) -> float:
    """Run the program with somebody in front of it; gives the seconds from closing its window to its end."""
    closed: list[float] = []

    def sit_down() -> None:
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible())
        window.closed.connect(lambda: closed.append(time.monotonic()))
        task = asyncio.get_event_loop().create_task(story(window, cloud))
        task.add_done_callback(lambda done: stand_up(window, done))

    def stand_up(window: MainWindow, done: asyncio.Task) -> None:
        if not done.cancelled() and (error := done.exception()):
            failed.append(error)
            window.grab().save(str(FOLDER / "failed.png"))
            window.close()

    options = parser().parse_args([f"--profile={PROFILE}", "--size=1280x800"])
    timer = QTimer(singleShot=True, interval=0)
    timer.timeout.connect(sit_down)
    original = app.MainWindow.complete

    def complete(window: MainWindow, tasks) -> None:
        original(window, tasks)
        app.MainWindow.complete = original
        timer.start()

    app.MainWindow.complete = complete
    status = app.run(options)
    assert status == 0
    return time.monotonic() - closed[0]


def main() -> int:
    QApplication(["k6desk"])
    cloud = Cloud()
    try:
        seconds = start(drive, cloud)
        if not failed:
            did("quit in mid-request", seconds=round(seconds, 2))
            cloud.process.send_signal(signal.SIGCONT)
            start(drive_again, cloud)
    finally:
        os.kill(cloud.process.pid, signal.SIGCONT)
        cloud.stop()
    for error in failed:
        traceback.print_exception(error)
    return 1 if failed else 0


sys.exit(main())
