"""From a keystroke in the filter to the repainted table: ours, and the one that Qt's examples show."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from figure import report

TYPED = ("c", "ch", "che")


def k6desk(profile: str, runs: int) -> None:
    """The filter line of the real window, over all runs."""
    from program import drive

    from k6desk.core.place import Place
    from k6desk.core.store import Store
    from k6desk.ui.main_window import MainWindow

    async def script(window: MainWindow, store: Store) -> None:
        window.go(Place("all"))
        view = window.workspace.runs
        table = view.table
        assert table.runs.rowCount() == runs
        table.viewport().repaint()
        taken, left = 0.0, runs
        for words in TYPED:
            began = time.perf_counter()
            view.filter.line.setText(words)
            table.viewport().repaint()
            taken += time.perf_counter() - began
            assert 0 < table.runs.rowCount() <= left
            left = table.runs.rowCount()
        assert left < runs
        shown = "\n".join(_shown(table, row) for row in (0, left // 2, left - 1))
        assert shown.casefold().count(TYPED[-1]) >= 3, shown
        report(taken * 1000)

    drive(Path(profile), script)


def naive(cache: str, runs: int) -> None:
    """The same texts in a QStandardItemModel behind a QSortFilterProxyModel."""
    from PySide6.QtCore import QSortFilterProxyModel, Qt  # noqa: TID251 - this is what we compare with
    from PySide6.QtGui import QStandardItem, QStandardItemModel
    from PySide6.QtWidgets import QApplication, QTableView

    from k6desk.core.store import Store
    from k6desk.data.cache import Cache
    from k6desk.data.library import Library
    from k6desk.ui.runs.columns import COLUMNS

    application = QApplication([])
    store = Store(Cache(Path(cache)), Library(None))
    now = datetime.now(UTC)
    model = QStandardItemModel(0, len(COLUMNS))
    for run in Cache(Path(cache)).newest_runs(runs):
        model.appendRow([QStandardItem(column.say(run, store, now)) for column in COLUMNS])
    proxy = QSortFilterProxyModel()
    proxy.setFilterKeyColumn(-1)
    proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    proxy.setSourceModel(model)
    table = QTableView()
    table.setModel(proxy)
    table.resize(1000, 700)
    table.show()
    application.processEvents()
    assert proxy.rowCount() == runs
    taken = 0.0
    for words in TYPED:
        began = time.perf_counter()
        proxy.setFilterFixedString(words)
        table.viewport().repaint()
        taken += time.perf_counter() - began
    assert 0 < proxy.rowCount() < runs
    report(taken * 1000)


def _shown(table: object, row: int) -> str:
    run = table.runs.run(row)
    test, project = table.runs.store.test(run.test_id), table.runs.store.project(run.project_id)
    return f"{test.name} {project.name} {run.status} {run.result} {run.started_by} {run.note}"


if __name__ == "__main__":
    {"k6desk": k6desk, "naive": naive}[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
