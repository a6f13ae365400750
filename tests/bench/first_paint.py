"""From the start of the process to the first picture of the window: ours with 100,000 known runs, and an empty one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from harness import Bench, Pair, Setting, report, since_start_ms


@contextmanager
def _set_up(setting: Setting) -> Iterator[Pair]:
    from world import profile_of

    yield Pair(
        setting.variant("k6desk", "first_paint", "k6desk", profile_of(setting, "first paint")),
        setting.variant("bare QMainWindow", "first_paint", "bare"),
    )


BENCH = Bench("first-paint", "process start to first picture, 100,000 runs in the local copy", "ms", 1.4, _set_up)


def k6desk(profile: str) -> None:
    """The program as the command line starts it; its picture must show runs."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QMainWindow

    from k6desk import app
    from k6desk.__main__ import parser
    from k6desk.ui.main_window import MainWindow

    def paint(window: MainWindow, event: QPaintEvent) -> None:
        QMainWindow.paintEvent(window, event)
        QTimer.singleShot(0, window, lambda: end(window))  # when the rest of the window is painted too

    def end(window: MainWindow) -> None:
        elapsed = since_start_ms()
        assert window.workspace
        assert window.workspace.runs.table.runs.rowCount() > 0
        report(elapsed)

    MainWindow.paintEvent = paint  # type: ignore[method-assign]
    app.run(parser().parse_args(["--profile", profile]))


def bare() -> None:
    """The least that a PySide6 program can show."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, self, lambda: report(since_start_ms()))

    application = QApplication([])
    window = Window()
    window.resize(1280, 800)
    window.show()
    application.exec()


if __name__ == "__main__":
    bare() if sys.argv[1] == "bare" else k6desk(sys.argv[2])
