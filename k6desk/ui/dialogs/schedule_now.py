"""The schedule that a test has now: in words, with what can be done to it."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.api.plans import Schedule
from k6desk.ui import text, theme, timing_words
from k6desk.ui.dialogs.button import Button
from k6desk.ui.parts import columns, say, wrapping

NONE = "This test does not start by itself."
REALLY = "Delete this schedule? The test then starts only when somebody starts it."
OVER = "This schedule has no more runs to come."


class ScheduleNow(QWidget):
    """Asks in place before it tells that the user wants to delete the schedule."""

    switch_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schedule: Schedule | None = None
        self._rule = wrapping()
        self._next = wrapping(muted=True)
        self._pause = Button()
        self._delete = Button("Delete…")
        really = wrapping()
        really.setText(REALLY)
        self._no = Button("Keep it")
        self._yes = Button("Delete schedule")
        self._changing, self._asking = QWidget(), QWidget()
        self._changing.setLayout(columns(self._next, self._pause, self._delete, stretch=0))
        self._asking.setLayout(columns(really, self._no, self._yes, stretch=0))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        for part in (self._rule, self._changing, self._asking):
            column.addWidget(part)
        self._pause.clicked.connect(self.switch_wanted)
        self._delete.clicked.connect(self._ask)
        self._no.clicked.connect(self._keep)
        self._yes.clicked.connect(self.delete_wanted)

    def show_schedule(self, schedule: Schedule | None) -> None:
        """Show this one; None when the test has none."""
        self._schedule = schedule
        self._asking.hide()
        self._changing.setVisible(schedule is not None)
        if schedule is None:
            say(self._rule, NONE)
            return
        now, at = datetime.now(UTC), schedule.next_run_at
        say(self._rule, timing_words.rule(schedule.timing, now, at))
        by = f"\nSet by {text.one_line(schedule.created_by, 80)}" if schedule.created_by else ""
        say(self._next, timing_words.next_start(schedule, now) + by, text.exact(at) if at else "")
        self._pause.setText("Pause" if schedule.is_active else "Activate")

    def allow(self, refusal: str | None) -> None:
        """Enable what can be done, or say why nothing can."""
        over = OVER if self._schedule and self._schedule.next_run_at is None else None
        for button, why_not in ((self._pause, refusal or over), (self._delete, refusal), (self._yes, refusal)):
            button.setEnabled(why_not is None)
            button.setToolTip(text.tooltip(why_not or ""))

    def _ask(self) -> None:
        self._changing.hide()
        self._asking.show()
        self._no.setFocus()

    def _keep(self) -> None:
        self._asking.hide()
        self._changing.show()
        self._delete.setFocus()
