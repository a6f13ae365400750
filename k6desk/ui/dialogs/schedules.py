"""All schedules of the stack: which tests start by themselves, and when."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from k6desk.api.plans import Schedule
from k6desk.core.delta import Delta
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.dialogs.asking import Asking, Tell
from k6desk.ui.dialogs.button import Button
from k6desk.ui.dialogs.frame import Frame
from k6desk.ui.dialogs.schedule_now import OVER
from k6desk.ui.dialogs.schedule_words import schedule_words, switched
from k6desk.ui.dialogs.schedules_model import NEXT, PROJECT, STATE, TEST, SchedulesModel
from k6desk.ui.parts import columns
from k6desk.ui.placeholder import Placeholder

SIZE = QSize(920, 460)
WIDTHS = {TEST: 190, PROJECT: 130, NEXT: 200, STATE: 80}
EMPTY = "Choose a test, and set when it starts with “Schedule…” in its menu."


class SchedulesDialog(Frame):
    """Open it with `open()`. The row of a schedule leads to its test; `tell` is told what fails when it is closed."""

    test_wanted = Signal(object)  # test id
    edit_wanted = Signal(object)  # LoadTest

    def __init__(self, session: Session, tasks: Tasks, tell: Tell, parent: QWidget | None = None) -> None:
        super().__init__("All schedules", parent)
        self.resize(SIZE)
        self._session = session
        self._is_reading = False
        self._switch_had_focus = False
        self.model = SchedulesModel(session.store, self)
        self.table = _table(self.model)
        self._empty = Placeholder(self.table)
        self._empty.setBackgroundRole(QPalette.ColorRole.Base)
        self._empty.setAutoFillBackground(True)
        over_table = QVBoxLayout(self.table)
        over_table.setContentsMargins(0, 0, 0, 0)
        over_table.addWidget(self._empty)
        self.asking = Asking(tasks, tell)
        self.asking.changed.connect(self._allow)
        self.finished.connect(self.asking.close_for_good)
        self._edit = Button("Edit…")
        self._switch = Button("Pause")
        self._refresh = Button("Refresh")
        self._close = Button("Close")
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self.asking)
        buttons = columns(self._edit, self._switch, self._refresh, self._close)
        buttons.insertStretch(3)
        self.column.addLayout(buttons)
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
        self._is_reading = True
        self.asking.complain("")
        read, failed = self._session.commands.tests.read_schedules(), "The schedules were not read"
        self.asking.ask(read, "", failed, self._end_reading, otherwise=self._end_reading)
        self._allow()

    def _end_reading(self, _: object) -> None:
        self._is_reading = False
        self._allow()

    def _switch_chosen(self) -> None:
        if schedule := self.chosen:
            test = self._session.store.test(schedule.test_id)
            name = text.one_line(test.name, 80) if test else f"test {schedule.test_id}"
            active = not schedule.is_active
            work = self._session.commands.tests.activate_schedule(schedule, active=active)
            self._switch_had_focus = self._switch.hasFocus()
            words = schedule_words(name, switched(active))
            self.asking.see_through(work, words, self._give_focus_back, otherwise=self._give_focus_back)

    def _give_focus_back(self, _: object) -> None:
        """The button lost it when it was disabled."""
        self._allow()
        if self._switch_had_focus:
            self._switch.setFocus()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _allow(self) -> None:
        schedule = self.chosen
        test = self._session.store.test(schedule.test_id) if schedule else None
        refusal = self._session.commands.refusal_of_test("schedule", test)
        self._edit.setEnabled(test is not None)
        over = schedule is not None and schedule.next_run_at is None
        why_not = refusal or (OVER if over else None)
        self._switch.setText("Pause" if not schedule or schedule.is_active else "Activate")
        self._switch.setEnabled(why_not is None)
        self._switch.setToolTip(text.tooltip(why_not or ""))
        self._refresh.setEnabled(not self._is_reading)
        is_empty = not self.model.rowCount()
        self._empty.setVisible(is_empty)
        if is_empty and self._is_reading:
            self._empty.show_words("Asking for schedules…", icon="clock")
        elif is_empty:
            self._empty.show_words("No test starts by itself", EMPTY, icon="clock")

    def _on_changed(self, delta: Delta) -> None:
        if delta.catalogue:
            self._fill()

    def _fill(self) -> None:
        """Show what there is; one that is gone takes the choice with it, so that no other is paused in its place."""
        chosen, was_empty = self.chosen, not self.model.rowCount()
        at = self.table.verticalScrollBar().value()
        self.model.refresh()
        row = 0 if was_empty else self.model.row(chosen.id) if chosen else None
        if row is None:
            self.table.selectionModel().clear()
        elif self.table.currentIndex().row() != row:
            self.table.selectRow(row)
        self.table.verticalScrollBar().setValue(at)
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
