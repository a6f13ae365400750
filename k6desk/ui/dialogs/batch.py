"""How far one thing done to many runs is, and how it went for each. It does not stand in the way."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from k6desk.ui import theme
from k6desk.ui.dialogs.batch_model import Batch
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.field import Problem
from k6desk.ui.dialogs.padded_cells import PaddedCells
from k6desk.ui.text import PlainLabel, count, duration

if TYPE_CHECKING:
    from k6desk.core.tasks import Tasks

WIDTH, HEIGHT = 680, 400
SOON_MS = 400
SECOND_MS = 1000
MOST_REASONS = 3
"""So many different reasons are shown whole; the table has no room for that."""


class BatchDialog(QDialog):
    """Open it with `show_soon()`: what has gone well by then needs no dialog. Closing it stops nothing.

    `has_told` is whether the end could be read here.
    """

    def __init__(self, batch: Batch, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._batch = batch
        self._tasks = tasks
        self.has_told = False
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.show)
        self._seconds = QTimer(self, interval=SECOND_MS)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{batch.verb.name} {count(batch.rowCount(), 'run')}")
        self._title = PlainLabel(kind="title", wrap=True)
        self._bar = QProgressBar(maximum=batch.rowCount())
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._problem = Problem()
        self._again = Button("Try the failed again")
        self._stop = Button("Cancel")
        self._stop.setToolTip("Send no more; what was sent is waited for")
        self._close = QPushButton("Close", default=True)
        self._again.clicked.connect(self._try_again)
        self._stop.clicked.connect(batch.stop)
        self._close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        buttons.addWidget(self._again)
        buttons.addStretch()
        buttons.addWidget(self._stop)
        buttons.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.GAP)
        column.addWidget(self._title)
        column.addWidget(self._bar)
        column.addWidget(self._table(), 1)
        column.addWidget(self._problem)
        column.addLayout(buttons)
        self.resize(WIDTH, HEIGHT)
        self._seconds.timeout.connect(self._refresh)
        batch.moved_on.connect(self._refresh)
        batch.finished.connect(self._end)
        self._refresh()

    def show_soon(self) -> None:
        """Show it when the work takes long, or when not all went well."""
        self._soon.start()

    def _end(self) -> None:
        self._soon.stop()
        self._refresh()
        if not self.isVisible() and self._batch.count("done") == self._batch.rowCount():
            self.reject()
            return
        self.has_told = True
        self.show()

    def _try_again(self) -> None:
        """What was refused or not known; what was held back too, if the user had it stopped."""
        self.has_told = False
        self._batch.start(self._tasks, "refused", "unknown", "not sent")
        self._refresh()

    def _refresh(self) -> None:
        batch = self._batch
        ended = batch.count("done", "refused", "unknown", "not sent")
        working = batch.is_working()
        self._title.setText(
            f"{batch.verb.doing} {count(batch.rowCount(), 'run')}: {count(ended)} so far" if working else batch.sum()
        )
        rest = batch.rest_s()
        (self._seconds.start if rest else self._seconds.stop)()
        self._bar.setValue(ended)
        if rest:
            self._problem.say(f"The server asks to be sent less; k6desk goes on in {duration(ceil(rest))}.")
        else:
            self._problem.say("" if working else "\n".join(batch.reasons()[:MOST_REASONS]))
        self._stop.setVisible(working)
        self._stop.setEnabled(batch.count("waiting") > 0)
        held_back = batch.count("not sent") > 0
        self._again.setText("Go on" if held_back else "Try the failed again")
        self._again.setVisible(not working and (held_back or batch.count("refused", "unknown") > 0))

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._batch)
        table.setAccessibleName("Runs")
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setItemDelegate(PaddedCells(table))
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.ROW)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.resizeSection(0, WIDTH // 4)
        return table
