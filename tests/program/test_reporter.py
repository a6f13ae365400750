import asyncio
import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from k6desk.core.notices import Notices
from k6desk.program.reporter import Reporter


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def reporter(notices, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    return Reporter(notices, lambda: interrupts.append(True))


interrupts: list[bool] = []


def said(notices):
    return [notice.text for notice in notices.current()]


def test_a_bug_is_said_once_and_logged_with_its_trace(reporter, notices, caplog):
    for _ in range(3):
        reporter.report(ZeroDivisionError("by zero"), "index the runs")
    assert len(said(notices)) == 1
    assert "index the runs" in said(notices)[0]
    assert caplog.records[0].exc_info


async def test_an_error_of_a_task_that_nobody_awaits_is_heard(reporter, notices):
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    reporter.install(loop)
    try:
        reporter._report_context(loop, {"message": "lost", "exception": LookupError("gone")})
    finally:
        loop.set_exception_handler(before)
    assert "a task" in said(notices)[0]


def test_ctrl_c_ends_the_program_and_is_no_bug(reporter, notices):
    reporter._report_exception(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert interrupts == [True]
    assert said(notices) == []


def test_details_are_copied_without_secrets(reporter, notices):
    reporter.copy_diagnostics()
    assert "PySide6" in QGuiApplication.clipboard().text()
    assert notices.current()[0].passing


@pytest.mark.qt_no_exception_capture
async def test_an_error_in_a_slot_is_heard(reporter, notices, until):
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    reporter.install(loop)

    def fail() -> None:
        raise ValueError("in a slot")

    timer = QTimer(singleShot=True, interval=0)
    timer.timeout.connect(fail)
    timer.start()
    try:
        await until(lambda: said(notices))
    finally:
        loop.set_exception_handler(before)
    assert "an action" in said(notices)[0]
