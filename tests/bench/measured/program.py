"""k6desk itself, driven by a coroutine inside its own event loop once its window is complete."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from k6desk.__main__ import load, parser

run = load()  # before all else of Qt, as the command line does

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.ui.main_window import MainWindow

LOOK_MS = 20


def drive(profile: Path, script: Callable[[MainWindow, Store], Coroutine[Any, Any, None]]) -> None:
    """Run k6desk offline on a profile; the script reports and thereby ends it."""
    application = QApplication(sys.argv[:1])
    tasks = Tasks(_fail)
    look = QTimer(application, interval=LOOK_MS)

    def begin() -> None:
        window = next((one for one in application.topLevelWidgets() if isinstance(one, MainWindow)), None)
        if window and window.session and window.session.store.is_indexed:
            look.stop()
            tasks.spawn(script(window, window.session.store), name="the script")

    look.timeout.connect(begin)
    look.start()
    run(parser().parse_args(["--offline", "--profile", str(profile)]))


def _fail(error: BaseException, _name: str) -> None:
    traceback.print_exception(error)
    sys.stderr.flush()
    os._exit(1)
