"""The fields of a schedule, and the moments in them."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, Qt, QTimeZone
from PySide6.QtWidgets import QDateTimeEdit, QSpinBox, QToolButton, QWidget

from k6desk.ui import theme
from k6desk.ui.parts import columns

FORMAT = "ddd d MMM yyyy  HH:mm"


def time_edit(name: str) -> QDateTimeEdit:
    """A date and a time of day with a calendar."""
    edit = QDateTimeEdit()
    edit.setAccessibleName(name)
    edit.setCalendarPopup(True)
    edit.setDisplayFormat(FORMAT)
    return edit


def number(name: str, box: QSpinBox) -> QSpinBox:
    """Give a box for a number its name."""
    box.setAccessibleName(name)
    box.lineEdit().setTextMargins(theme.UNIT, 0, 0, 0)  # where a style sheet has no say
    return box


def day_button(name: str) -> QToolButton:
    """A day that is on or off."""
    button = QToolButton()
    button.setText(name)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def side_by_side(*widgets: QWidget, apart: int = theme.GAP) -> QWidget:
    """Widgets in a row, with the room that is left behind them."""
    made = QWidget()
    row = columns(*widgets)
    row.setSpacing(apart)
    row.addStretch()
    made.setLayout(row)
    return made


def moment(edit: QDateTimeEdit) -> datetime:
    """The moment that is set, to the minute."""
    return datetime.fromtimestamp(edit.dateTime().toSecsSinceEpoch() // 60 * 60, UTC)


def shown_time(at: datetime) -> QDateTime:
    """The moment in the time zone of this computer."""
    return QDateTime.fromSecsSinceEpoch(int(at.timestamp()))


def zone_words() -> str:
    """Which time zone the times are in."""
    return f"in your time zone, {bytes(QTimeZone.systemTimeZoneId().data()).decode()}"
