"""When a test is to start, as one sets it: once, repeating, or by cron. What is set is read as a `Timing`."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import available_timezones

from PySide6.QtCore import Qt, QTimeZone, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QWidget,
)

from k6desk.api.plans import FREQUENCIES, WEEKDAYS, Recurrence, Timing
from k6desk.core.timing import is_known, read_cron
from k6desk.ui import theme
from k6desk.ui.dialogs.timing_fields import (
    day_button,
    moment,
    number,
    shown_time,
    side_by_side,
    time_edit,
    zone_words,
)
from k6desk.ui.text import DAYS, PlainLabel
from k6desk.ui.timing_words import UNITS, shifted

KINDS = ("Once", "Repeating", "Cron")
ONCE, REPEATING, CRON = range(3)
START_NAMES = ("At", "First at", "Not before")
NEVER, AT_A_TIME, AFTER_RUNS = range(3)
MOST_UNITS, MOST_RUNS = 9_999, 999_999


class TimingForm(QWidget):
    """Only the rows that the chosen kind needs are shown; what was set in the others stays."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kinds = QButtonGroup(self)
        for kind, name in enumerate(KINDS):
            self.kinds.addButton(QRadioButton(name), kind)
        self.start = time_edit("Start")
        self.interval = number("Every how many", QSpinBox(minimum=1, maximum=MOST_UNITS))
        self.unit = QComboBox()
        self.unit.setAccessibleName("Unit")
        self.days = [day_button(name) for name in DAYS]
        self.end = QComboBox()
        self.end.addItems(["Never", "At a time", "After a number of runs"])
        self.end.setAccessibleName("End")
        self.until = time_edit("Last moment")
        self.count = number("Number of runs", QSpinBox(minimum=1, maximum=MOST_RUNS, value=10, suffix=" runs"))
        self.cron = QLineEdit()
        self.cron.setPlaceholderText("minute hour day month weekday, such as 0 7 * * 1-5, or @daily")
        self.cron.setAccessibleName("Cron expression")
        self.zone = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        self.zone.setAccessibleName("Time zone")
        self.zone.addItems(sorted(available_timezones()))
        if completer := self.zone.completer():
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)  # a match inside cannot be completed
            if popup := completer.popup():
                popup.setObjectName("completions")
        self._rows = QFormLayout(self)
        self._arrange()
        self._begin()
        self._connect()
        self._show_rows()

    # -- reading and showing -------------------------------------------------------------------------------------------

    def read(self) -> Timing:
        """What is set. Raises `ValueError` with a sentence for people."""
        starts_at = moment(self.start)
        kind = self.kinds.checkedId()
        if kind == CRON:
            return Timing(starts_at, cron=read_cron(self.cron.text(), self.zone.currentText()))
        if kind == ONCE:
            return Timing(starts_at)
        end = self.end.currentIndex()
        frequency = FREQUENCIES[self.unit.currentIndex()]
        days = tuple(day for day, button in zip(WEEKDAYS, self.days, strict=True) if button.isChecked())
        if frequency == "WEEKLY" and not days:
            raise ValueError("Choose at least one day of the week.")
        rule = Recurrence(
            frequency,
            self.interval.value(),
            shifted(days, starts_at, to_utc=True) if frequency == "WEEKLY" else (),
            moment(self.until) if end == AT_A_TIME else None,
            self.count.value() if end == AFTER_RUNS else None,
        )
        return Timing(starts_at, rule)

    def show_timing(self, timing: Timing) -> bool:
        """Begin with what is set already; False if this form cannot show the rule, or not all of it."""
        rule, cron = timing.recurrence, timing.cron
        if rule and not (is_known(rule) and rule.interval <= MOST_UNITS and (rule.count or 1) <= MOST_RUNS):
            return False
        self.start.setDateTime(shown_time(timing.starts_at))
        self.kinds.button(CRON if cron else REPEATING if rule else ONCE).setChecked(True)
        if cron:
            self.cron.setText(cron.schedule)
            self.zone.setCurrentText(cron.time_zone)
        if rule:
            self.interval.setValue(rule.interval)
            self.unit.setCurrentIndex(list(UNITS).index(rule.frequency))
            days = shifted(rule.by_day, timing.starts_at, to_utc=False) or (self._day_of_start(),)
            for day, button in zip(WEEKDAYS, self.days, strict=True):
                button.setChecked(day in days)
            self.end.setCurrentIndex(AT_A_TIME if rule.until else AFTER_RUNS if rule.count else NEVER)
            if rule.until:
                self.until.setDateTime(shown_time(rule.until))
            self.count.setValue(rule.count or self.count.value())
        return True

    # -- building ------------------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        rows = self._rows
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setHorizontalSpacing(theme.WIDE)
        rows.setVerticalSpacing(theme.GAP)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        week = QWidget()
        row = QHBoxLayout(week)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.UNIT)
        for button in self.days:
            row.addWidget(button)
        row.addStretch()
        self._labels: dict[str, PlainLabel] = {}
        self._fields: dict[str, QWidget] = {}
        for name, field in (
            ("Starts", side_by_side(*self.kinds.buttons(), apart=theme.WIDE)),
            ("At", side_by_side(self.start, PlainLabel(zone_words(), kind="caption", muted=True))),
            ("Every", side_by_side(self.interval, self.unit)),
            ("On", week),
            ("Ends", side_by_side(self.end, self.until, self.count)),
            ("Cron", self.cron),
            ("Time zone", self.zone),
        ):
            self._labels[name] = PlainLabel(name, muted=True)
            self._fields[name] = field
            rows.addRow(self._labels[name], field)
        self._labels["At"].setText(max(START_NAMES, key=len))
        widest = max(label.sizeHint().width() for label in self._labels.values())
        for label in self._labels.values():
            label.setMinimumWidth(widest)  # other rows do not move what stands beside them

    def _begin(self) -> None:
        """The next full hour, repeating every week on its day."""
        soon = datetime.now().astimezone().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        self.start.setDateTime(shown_time(soon))
        self.until.setDateTime(shown_time(soon + timedelta(days=90)))
        self.kinds.button(ONCE).setChecked(True)
        self._name_units(1)
        self.unit.setCurrentIndex(FREQUENCIES.index("WEEKLY"))
        self.days[WEEKDAYS.index(self._day_of_start())].setChecked(True)
        self.zone.setCurrentText(bytes(QTimeZone.systemTimeZoneId().data()).decode())

    def _connect(self) -> None:
        self.kinds.idToggled.connect(self._show_rows)
        self.unit.currentIndexChanged.connect(self._show_rows)
        self.end.currentIndexChanged.connect(self._show_rows)
        self.interval.valueChanged.connect(self._name_units)
        for button in self.days:
            button.toggled.connect(self.changed)
        for signal in (
            self.start.dateTimeChanged,
            self.until.dateTimeChanged,
            self.count.valueChanged,
            self.interval.valueChanged,
            self.cron.textChanged,
            self.zone.currentTextChanged,
        ):
            signal.connect(lambda _: self.changed.emit())

    def _show_rows(self) -> None:
        kind, end = self.kinds.checkedId(), self.end.currentIndex()
        is_weekly = FREQUENCIES[self.unit.currentIndex()] == "WEEKLY"
        shown = {
            "Every": kind == REPEATING,
            "On": kind == REPEATING and is_weekly,
            "Ends": kind == REPEATING,
            "Cron": kind == CRON,
            "Time zone": kind == CRON,
        }
        for name, is_shown in shown.items():
            self._rows.setRowVisible(self._fields[name], is_shown)
        self.setFocusProxy(self.kinds.button(kind))
        self._labels["At"].setText(START_NAMES[kind])
        self.until.setVisible(end == AT_A_TIME)
        self.count.setVisible(end == AFTER_RUNS)
        self.changed.emit()

    def _name_units(self, interval: int) -> None:
        chosen = self.unit.currentIndex()
        for at, unit in enumerate(UNITS.values()):
            words = unit if interval == 1 else f"{unit}s"
            if at < self.unit.count():
                self.unit.setItemText(at, words)
            else:
                self.unit.addItem(words)
        self.unit.setCurrentIndex(max(0, chosen))

    def _day_of_start(self) -> str:
        return WEEKDAYS[self.start.date().dayOfWeek() - 1]
