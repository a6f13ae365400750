"""From the start of the process to the first picture: our window with 100,000 known runs, and an empty window."""

from __future__ import annotations

import sys

from figure import report, since_start_ms


def k6desk(profile: str) -> None:
    """The program as the command line starts it, until its table is painted: that must have runs to show."""
    from k6desk.__main__ import load, parser

    run = load()
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QTableView

    from k6desk.ui.runs.table import RunTable

    def paint(table: RunTable, event: QPaintEvent) -> None:
        QTableView.paintEvent(table, event)
        elapsed = since_start_ms()
        assert table.runs.rowCount() > 0
        report(elapsed)

    RunTable.paintEvent = paint  # type: ignore[method-assign]
    run(parser().parse_args(["--profile", profile]))


def bare() -> None:
    """The least that a PySide6 program can show."""
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            report(since_start_ms())

    application = QApplication([])
    window = Window()
    window.resize(1280, 800)
    window.show()
    application.exec()


if __name__ == "__main__":
    bare() if sys.argv[1] == "bare" else k6desk(sys.argv[2])
