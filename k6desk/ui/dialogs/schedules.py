"""All schedules of the stack: which tests start by themselves, and when."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QProgressBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from k6desk.api.errors import CloudError
from k6desk.api.plans import Schedule
from k6desk.core.delta import Delta
from k6desk.core.notices import Level
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.detail.parts import columns
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.field import Problem
from k6desk.ui.dialogs.schedules_model import NEXT, PROJECT, STATE, TEST, SchedulesModel
from k6desk.ui.placeholder import Placeholder

SIZE = QSize(920, 460)
READ = -1
"""What is under way: the reading of all, or the change of the schedule with an id."""
WIDTHS = {TEST: 190, PROJECT: 130, NEXT: 200, STATE: 80}
EMPTY = "Choose a test, and set when it starts with “Schedule…” in its menu."


class SchedulesDialog(QDialog):
    """Open it with `open()`. The row of a schedule leads to its test; `tell` is told what fails when it is closed."""

    test_wanted = Signal(object)  # test id
    edit_wanted = Signal(object)  # LoadTest

    def __init__(
        self, session: Session, tasks: Tasks, tell: Callable[[str, Level], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("All schedules")
        self.resize(SIZE)
        self._session = session
        self._tasks = tasks
        self._is_open = True
        self._tell = tell
        self._busy: set[int] = set()
        self.model = SchedulesModel(session.store, self)
        self.table = _table(self.model)
        self._empty = Placeholder(self.table)
        self._empty.setBackgroundRole(QPalette.ColorRole.Base)
        self._empty.setAutoFillBackground(True)
        over_table = QVBoxLayout(self.table)
        over_table.setContentsMargins(0, 0, 0, 0)
        over_table.addWidget(self._empty)
        self._bar = QProgressBar(minimum=0, maximum=0)
        self._problem = Problem()
        self._edit = Button("Edit…")
        self._switch = Button("Pause")
        self._refresh = Button("Refresh")
        self._close = Button("Close")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.WIDE)
        column.setSpacing(theme.GAP)
        for part in (self.table, self._bar, self._problem):
            column.addWidget(part, 1 if part is self.table else 0)
        buttons = columns(self._edit, self._switch, self._refresh, self._close)
        buttons.insertStretch(3)
        column.addLayout(buttons)
        self._connect()
        self._fill()
        self._read()
        self.table.setFocus()

    @property
    def chosen(self) -> Schedule | None:
        """The schedule of the current row."""
        return self.model.schedule(self.table.currentIndex())

    # -- the server ----------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._do(self._session.commands.tests.read_schedules(), READ, "The schedules were not read")

    def _switch_chosen(self) -> None:
        if schedule := self.chosen:
            test = self._session.store.test(schedule.test_id)
            name = text.one_line(test.name, 80) if test else f"test {schedule.test_id}"
            done = "paused" if schedule.is_active else "activated"
            work = self._session.commands.tests.activate_schedule(schedule, active=not schedule.is_active)
            self._do(work, schedule.id, f"The schedule of “{name}” was not {done}, as far as is known")

    def _do(self, work: Coroutine[Any, Any, object], what: int, failed: str) -> None:
        self._problem.say("")
        self._busy.add(what)
        self._tasks.spawn(self._see_through(work, what, failed), name="schedules")
        self._allow()

    async def _see_through(self, work: Coroutine[Any, Any, object], what: int, failed: str) -> None:
        """Not owned by the dialog: what was sent is seen through when it is closed."""
        sentence = ""
        try:
            await work
        except CloudError as error:
            sentence = f"{failed}: {error}"
        if self._is_open:
            self._busy.discard(what)
            if sentence:
                self._problem.say(sentence)
            self._allow()
        elif sentence and what != READ:
            self._tell(sentence, "error")

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _allow(self) -> None:
        schedule = self.chosen
        test = self._session.store.test(schedule.test_id) if schedule else None
        refusal = self._session.commands.refusal_of_test("schedule", test)
        self._edit.setEnabled(test is not None)
        over = schedule is not None and schedule.next_run_at is None
        why_not = refusal or ("This schedule has no more runs to come." if over else None)
        self._switch.setText("Pause" if not schedule or schedule.is_active else "Activate")
        self._switch.setEnabled(why_not is None)
        self._switch.setToolTip(text.tooltip(why_not or ""))
        self._refresh.setEnabled(READ not in self._busy)
        self._bar.setVisible(bool(self._busy))
        is_empty = not self.model.rowCount()
        self._empty.setVisible(is_empty)
        if is_empty and READ in self._busy:
            self._empty.show_words("Asking for schedules…", icon="clock")
        elif is_empty:
            self._empty.show_words("No test starts by itself", EMPTY, icon="clock")

    def _on_changed(self, delta: Delta) -> None:
        if delta.catalogue:
            self._fill()

    def _fill(self) -> None:
        chosen = self.chosen
        self.model.refresh()
        row = self.model.row(chosen.id) if chosen else None
        if self.model.rowCount():
            self.table.selectRow(row or 0)
        self._allow()

    def _go(self) -> None:
        if schedule := self.chosen:
            self.test_wanted.emit(schedule.test_id)
            self.accept()

    def _edit_chosen(self) -> None:
        schedule = self.chosen
        if schedule and (test := self._session.store.test(schedule.test_id)):
            self.edit_wanted.emit(test)

    def _connect(self) -> None:
        self._session.store.changed.connect(self._on_changed)
        self._session.connection.changed.connect(self._allow)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._allow())
        self.table.activated.connect(lambda _: self._go())
        self._edit.clicked.connect(self._edit_chosen)
        self._switch.clicked.connect(self._switch_chosen)
        self._refresh.clicked.connect(self._read)
        self._close.clicked.connect(self.reject)

    def done(self, result: int) -> None:
        self._is_open = False
        super().done(result)


def _table(model: SchedulesModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setObjectName("padded")
    table.setAccessibleName("Schedules")
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(theme.ROW)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    for column, width in WIDTHS.items():
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(column, width)
    return table
