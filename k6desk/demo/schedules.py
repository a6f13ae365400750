"""When tests are to start: once, by a recurrence rule, or by cron. All instants are real time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from dateutil.relativedelta import relativedelta

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_FIRST_SCHEDULE = 71_300
_UNITS = {"HOURLY": "hours", "DAILY": "days", "MONTHLY": "months", "YEARLY": "years"}
_NEVER = datetime.max.replace(tzinfo=UTC)
_MOST = 10**8
"""More hours than there are until the end of the calendar."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every `interval` units; `by_day` belongs to weeks, which begin on Monday. `count` has the first start in it."""

    frequency: str
    interval: int = 1
    by_day: tuple[str, ...] | None = None
    until: datetime | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields or an alias, in the time of a zone."""

    schedule: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """The schedule of a test; without a rule it starts once. `created_by` is None when it was not a person."""

    id: int
    test_id: int
    starts: datetime
    recurrence: Recurrence | None = None
    cron: Cron | None = None
    is_active: bool = True
    created_by: str | None = None

    def next_after(self, at: datetime) -> datetime | None:
        """The first start after an instant; None when there is none to come."""
        if self.cron:
            return _next_of_cron(self.cron, self.starts, at)
        if self.recurrence:
            return _next_of_rule(self.recurrence, self.starts, at)
        return self.starts if self.starts > at else None


class Schedules:
    """The schedules that there are, at most one for each test, and when each is due next."""

    def __init__(self) -> None:
        self._all: dict[int, Schedule] = {}
        self._due: dict[int, datetime] = {}
        self._count = 0

    def all(self) -> list[Schedule]:
        """All schedules, the oldest first."""
        return list(self._all.values())

    def get(self, schedule_id: int) -> Schedule | None:
        """A schedule by its id."""
        return self._all.get(schedule_id)

    def of_test(self, test_id: int) -> Schedule | None:
        """The schedule of a test."""
        return next((schedule for schedule in self._all.values() if schedule.test_id == test_id), None)

    def set(
        self,
        test_id: int,
        starts: datetime,
        rule: Recurrence | Cron | None,
        created_by: str | None,
        now: datetime,
    ) -> Schedule:
        """A new schedule in place of the one that the test may have."""
        old = self.of_test(test_id)
        schedule = Schedule(
            old.id if old else self._new_id(),
            test_id,
            starts,
            rule if isinstance(rule, Recurrence) else None,
            rule if isinstance(rule, Cron) else None,
            created_by=created_by,
        )
        self._put(schedule, now)
        return schedule

    def activate(self, schedule: Schedule, active: bool, now: datetime) -> bool:
        """Let a schedule start runs again, or no longer; False when it is over."""
        if schedule.next_after(now) is None:
            return False
        self._put(replace(schedule, is_active=active), now)
        return True

    def remove(self, schedule: Schedule) -> None:
        """Forget a schedule."""
        del self._all[schedule.id]
        self._due.pop(schedule.id, None)

    def next_due(self) -> datetime:
        """When something is due next; the end of the calendar when nothing is."""
        return min(self._due.values(), default=_NEVER)

    def take_due(self) -> Schedule:
        """The schedule that is due next; after that it waits for its following time."""
        schedule_id, at = min(self._due.items(), key=lambda item: item[1])
        schedule = self._all[schedule_id]
        self._put(schedule, at)
        return schedule

    def _put(self, schedule: Schedule, at: datetime) -> None:
        self._all[schedule.id] = schedule
        due = schedule.next_after(at) if schedule.is_active else None
        if due:
            self._due[schedule.id] = due
        else:
            self._due.pop(schedule.id, None)

    def _new_id(self) -> int:
        self._count += 1
        return _FIRST_SCHEDULE + 11 * self._count + (2**32 if self._count % 3 == 0 else 0)


def check_cron(cron: Cron) -> None:
    """Raise CronSimError, with a sentence, when it is no cron expression of five fields or an alias."""
    expression = ALIASES.get(cron.schedule, cron.schedule)
    if len(expression.split()) != 5:
        raise CronSimError("It must have five fields, or be an alias such as @daily.")
    CronSim(expression, datetime(2000, 1, 1, tzinfo=UTC))


def _next_of_cron(cron: Cron, starts: datetime, at: datetime) -> datetime | None:
    # A moment earlier, because the start itself counts.
    after = max(at, starts - timedelta(microseconds=1))
    try:
        local = after.astimezone(ZoneInfo(cron.time_zone))
        return next(CronSim(ALIASES.get(cron.schedule, cron.schedule), local)).astimezone(UTC)
    except (StopIteration, OverflowError):
        return None


def _next_of_rule(rule: Recurrence, starts: datetime, at: datetime) -> datetime | None:
    # The starts only grow, so the next one is found without going through all of them: a rule may be centuries old.
    start = _starts_of_week(rule, starts) if rule.frequency == "WEEKLY" else _starts_of_unit(rule, starts)
    most = _MOST if rule.count is None else min(rule.count, _MOST)
    number = bisect_right(range(most), at, key=start)
    found = start(number)
    return None if number == most or found == _NEVER or (rule.until and found > rule.until) else found


def _starts_of_unit(rule: Recurrence, starts: datetime) -> Callable[[int], datetime]:
    """The n-th start. In a month that has no such day it is the last one."""
    unit = _UNITS[rule.frequency]

    def start(number: int) -> datetime:
        try:
            return starts + relativedelta(**{unit: number * rule.interval})  # type: ignore[arg-type]
        except (ValueError, OverflowError):
            return _NEVER

    return start


def _starts_of_week(rule: Recurrence, starts: datetime) -> Callable[[int], datetime]:
    """The n-th start on one of the days, of which the first week may have lost some."""
    days = sorted({WEEKDAYS.index(day) for day in rule.by_day or (WEEKDAYS[starts.weekday()],)})
    lost = sum(day < starts.weekday() for day in days)

    def start(number: int) -> datetime:
        week, place = divmod(number + lost, len(days))
        try:
            return starts + timedelta(weeks=week * rule.interval, days=days[place] - starts.weekday())
        except OverflowError:
            return _NEVER

    return start
