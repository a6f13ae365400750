"""Every error that nobody handled, from wherever it comes: into the log, and one notice that says what failed."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from PySide6.QtGui import QGuiApplication

from k6desk.core.notices import Notice, Notices
from k6desk.program import log

logger = logging.getLogger("k6desk")


class Reporter:
    """The one place that hears of bugs. The program goes on; the same bug is said once."""

    def __init__(self, notices: Notices, on_interrupt: Callable[[], object]) -> None:
        self._notices = notices
        self._on_interrupt = on_interrupt

    def install(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear of errors in slots and in tasks; `Tasks` reports its own."""
        sys.excepthook = self._report_exception
        loop.set_exception_handler(self._report_context)

    def report(self, error: BaseException, name: str) -> None:
        """Log an error of the thing with this name, and say that it failed."""
        logger.error("%s failed", name, exc_info=error)
        self._notices.show(
            Notice(
                f"bug:{type(error).__name__}:{name}",
                f"Something in k6desk failed ({name}). Your data is safe, and the rest goes on.",
                "error",
                "Copy details",
                self.copy_diagnostics,
            )
        )

    def copy_diagnostics(self) -> None:
        """Put what a report of a bug needs on the clipboard, without secrets."""
        QGuiApplication.clipboard().setText(log.diagnostics())
        self._notices.show(Notice("diagnostics", "Versions and the last log lines were copied.", "info", passing=True))

    def _report_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._on_interrupt()
        else:
            self.report(error, "an action")

    def _report_context(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.report(context.get("exception") or RuntimeError(context.get("message", "")), "a task")
