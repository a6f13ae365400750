"""The schedules of the store as rows: test, project, rule, next run, state; the next to start comes first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from k6desk.api.plans import Schedule
from k6desk.core.store import Store
from k6desk.ui import text, timing_words
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, TOOL_TIP, Index

HEADERS = ("Test", "Project", "Starts", "Next run", "State")
TEST, PROJECT, RULE, NEXT, STATE = range(len(HEADERS))
_FAR = datetime.max.replace(tzinfo=UTC)
NOWHERE = QModelIndex()


class SchedulesModel(QAbstractTableModel):
    """Call `refresh` when the store's schedules, tests or projects may have changed."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._rows: list[Schedule] = []

    def refresh(self) -> None:
        """Show the schedules as they are now; what is chosen stays so while the same ones are there."""
        rows = sorted(self._store.schedules(), key=lambda one: (not one.is_active, one.next_run_at or _FAR, one.id))
        if [row.id for row in rows] == [row.id for row in self._rows]:
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, STATE))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row(self, schedule_id: int) -> int | None:
        """The row of a schedule, if it is there."""
        return next((at for at, schedule in enumerate(self._rows) if schedule.id == schedule_id), None)

    def schedule(self, index: Index) -> Schedule | None:
        """The schedule of a row."""
        return self._rows[index.row()] if index.isValid() else None

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        return HEADERS[section] if role == DISPLAY and orientation == Qt.Orientation.Horizontal else None

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if not index.isValid():
            return None
        schedule, column = self._rows[index.row()], index.column()
        if role in {DISPLAY, ACCESSIBLE}:
            return self._words(schedule, column)
        if role == TOOL_TIP:
            at = schedule.next_run_at if column == NEXT else None
            return text.tooltip(text.exact(at) if at else self._words(schedule, column))
        return None

    def _words(self, schedule: Schedule, column: int) -> str:
        test = self._store.test(schedule.test_id)
        now, at = datetime.now(UTC), schedule.next_run_at
        if column == TEST:
            return text.one_line(test.name) if test else f"test {schedule.test_id}"
        if column == PROJECT:
            project = self._store.project(test.project_id) if test else None
            return text.one_line(project.name) if project else "–"
        if column == RULE:
            return timing_words.rule(schedule.timing, now, at)
        if column == STATE:
            return "Over" if not at else "Active" if schedule.is_active else "Paused"
        if not at or not schedule.is_active:
            return "–"
        return f"{timing_words.ahead(at, now)} · {timing_words.until(at, now)}"
