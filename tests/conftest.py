"""What every test shares: one QApplication, asyncio on Qt's loop, and nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")

import pytest
import pytestqt.plugin
import qasync
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QMessageBox

PATIENCE_S = 30.0
"""What is waited for comes at once, but not on a machine that does much else."""


@pytest.fixture(scope="session", autouse=True)
def _application(qapp: QApplication) -> QApplication:
    """The application exists before pytest-asyncio makes a loop on it, and outlives every window."""
    qapp.setQuitOnLastWindowClosed(False)
    return qapp


_loops: list[qasync.QEventLoop] = []


class _Loop(qasync.QEventLoop):
    """qasync lets Qt work once more after it has stopped; tasks that wake then must still find their loop."""

    def run_until_complete(self, future):
        try:
            return super().run_until_complete(future)
        finally:
            asyncio.events._set_running_loop(None)

    def _after_run_forever(self):
        super()._after_run_forever()
        asyncio.events._set_running_loop(self)


def _make_loop() -> qasync.QEventLoop:
    _loops[:] = [loop for loop in _loops if not loop.is_closed()]
    _loops.append(_Loop(QApplication.instance()))
    return _loops[-1]


def pytest_asyncio_loop_factories(config, item):
    """Coroutine tests run where the program runs: on Qt's event loop."""
    return {"qt": _make_loop}


def _process_events_between_phases(original=pytestqt.plugin._process_events) -> None:
    """pytest-qt lets Qt work between the phases of a test; tasks that woke then would find no running loop."""
    if all(loop.is_closed() for loop in _loops):
        original()


pytestqt.plugin._process_events = _process_events_between_phases


@pytest.fixture
def emitted():
    """`await emitted(signal)` waits for a signal and gives its arguments."""

    async def wait(signal, timeout: float = PATIENCE_S) -> tuple:
        future = asyncio.get_running_loop().create_future()

        def on(*arguments) -> None:
            if not future.done():
                future.set_result(arguments)

        signal.connect(on)
        try:
            return await asyncio.wait_for(future, timeout)
        finally:
            with contextlib.suppress(RuntimeError):
                signal.disconnect(on)

    return wait


@pytest.fixture
def until():
    """`await until(condition)` lets the loop run until the condition holds."""

    async def wait(condition, timeout: float = PATIENCE_S) -> None:
        async with asyncio.timeout(timeout):
            while not condition():
                await asyncio.sleep(0.005)

    return wait


def pytest_collection_finish() -> None:
    """Garbage is sought after each test and at no other time: in another thread it would take widgets with it."""
    gc.disable()


@pytest.fixture(autouse=True)
def _nothing_lost(monkeypatch):
    """A task's error that nobody awaited fails the test instead of going to a log."""
    gc.collect()
    gc.freeze()  # What is there before a test, modules mostly, is no garbage: to look through it took most of the time.
    lost: list[dict] = []
    for kind in (qasync._QEventLoop, asyncio.BaseEventLoop):
        if "call_exception_handler" in vars(kind):
            monkeypatch.setattr(kind, "call_exception_handler", lambda self, context: lost.append(context))
    yield
    gc.collect()
    assert not lost, f"errors that nobody handled: {lost}"


@pytest.fixture(autouse=True)
def _no_nested_loops(monkeypatch):
    """A modal loop inside a coroutine kills other tasks silently, so nothing may start one."""

    def refuse(*_arguments, **_keywords):
        raise AssertionError("exec() starts a nested event loop; use open() or popup()")

    for kind in (QDialog, QMessageBox, QMenu):
        monkeypatch.setattr(kind, "exec", refuse)
    for name in ("question", "warning", "information", "critical"):
        monkeypatch.setattr(QMessageBox, name, refuse)


@pytest.fixture(autouse=True)
def _nothing_left_open(_nothing_lost):
    """Windows of a test end with it, also hidden ones: the next style sheet would dress all that are there."""
    yield
    left = [w for w in QGuiApplication.topLevelWindows() if w.isVisible()]
    widgets = QApplication.topLevelWidgets()
    visible = [w for w in widgets if w.isVisible()]
    for widget in widgets:
        widget.close()
        widget.deleteLater()
    for window in left:
        window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not visible, f"windows left open: {visible}"


def assert_plain_text(widget) -> None:
    """Every label below a widget shows text as it is: a name with `<img>` in it stays a name."""
    from PySide6.QtCore import Qt

    for label in widget.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText, f"{label!r} would guess at rich text: {label.text()!r}"


def live_timers(widget) -> list[QTimer]:
    """The timers below a widget that are running."""
    return [timer for timer in widget.findChildren(QTimer) if timer.isActive()]
