"""Schedules in words: the rule, the next start, and how far away it is, in the user's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from k6desk.api.plans import WEEKDAYS, Recurrence, Schedule, Timing
from k6desk.ui.text import DAYS, MONTHS, count, local, one_line, when

UNITS = {"HOURLY": "hour", "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def rule(timing: Timing, now: datetime, next_at: datetime | None = None) -> str:
    """The rule: "Every week on Sat and Sun at 08:46, 10 times", "Once, tomorrow 07:00".

    `next_at` tells the hour of the next start, which the clocks may have moved since the first. Words of a newer
    server are shown as they are.
    """
    if timing.cron:
        cron = timing.cron
        return f"Cron {one_line(cron.schedule, 80)} in {one_line(cron.time_zone, 60)}"
    if timing.recurrence:
        return _repeated(timing.recurrence, timing.starts_at, next_at or timing.starts_at, now)
    return f"Once, {ahead(timing.starts_at, now)}"


def next_start(schedule: Schedule, now: datetime) -> str:
    """What comes next: "Next run tomorrow 07:00 · in 14 h", "Paused", "No more runs"."""
    at = schedule.next_run_at
    if not at:
        return "No more runs"
    if not schedule.is_active:
        return f"Paused; otherwise the next run would be {ahead(at, now)}"
    return f"Next run {ahead(at, now)} · {until(at, now)}"


def ahead(at: datetime, now: datetime) -> str:
    """A moment to come in local time: "today 14:03", "tomorrow 07:00", "Tue 18 Nov 14:03", "18 Nov 2027 07:00"."""
    there = local(at)
    days = (there.date() - local(now).date()).days
    if days == 1:
        return f"tomorrow {clock(at)}"
    shown = when(at, now)
    return f"{shown} {clock(at)}" if abs(days) >= 180 else shown


def until(at: datetime, now: datetime) -> str:
    """How far away a moment is: "in 4 min", "in 14 h", "in 3 days"; "due now" when it is not in the future."""
    minutes = (at - now) // timedelta(minutes=1)
    if at <= now:
        return "due now"
    if minutes < 1:
        return "in less than a minute"
    if minutes < 60:
        return f"in {minutes} min"
    if minutes < 48 * 60:
        return f"in {round(minutes / 60)} h"
    return f"in {round(minutes / (24 * 60)):,} days"


def clock(at: datetime) -> str:
    """The time of day: "07:00"."""
    there = local(at)
    return f"{there.hour:02}:{there.minute:02}"


def moves_with_clocks(timing: Timing, now: datetime) -> bool:
    """Whether the starts will be at another hour here when the clocks have changed, since rules are kept in UTC."""
    rule = timing.recurrence
    if rule is None or rule.frequency == "HOURLY":
        return False
    return len({local(now + timedelta(days=days)).utcoffset() for days in range(0, 365, 30)}) > 1


def shifted(days: tuple[str, ...], at: datetime, *, to_utc: bool) -> tuple[str, ...]:
    """Weekdays here as weekdays in UTC, where rules are kept, or the other way round, for starts like the one `at`.

    They differ near midnight, and when the clocks have changed, others do. Days that are not known stay as they are.
    """
    shift = -_days_ahead(at) if to_utc else _days_ahead(at)
    names: list[str] = list(WEEKDAYS)
    moved = [names[(names.index(day) + shift) % 7] if day in names else day for day in days]
    return tuple(sorted(moved, key=lambda day: names.index(day) if day in names else len(names)))


def _repeated(rule: Recurrence, starts_at: datetime, at: datetime, now: datetime) -> str:
    unit = UNITS.get(rule.frequency)
    if unit is None:
        words = f"Every {rule.interval} × {one_line(rule.frequency, 40)}"
    else:
        words = f"Every {unit}" if rule.interval == 1 else f"Every {rule.interval:,} {unit}s"
    there = local(at)
    if rule.by_day or rule.frequency == "WEEKLY":
        words += f" on {_days(shifted(rule.by_day, at, to_utc=False) or (WEEKDAYS[there.weekday()],))}"
    elif rule.frequency == "MONTHLY":
        words += f" on {_day_of_month(starts_at, at)}"
    elif rule.frequency == "YEARLY":
        words += f" on {there.day} {MONTHS[there.month - 1]}"
    words += f" at minute {there.minute:02}" if rule.frequency == "HOURLY" else f" at {clock(at)}"
    if rule.count is not None:
        words += f", {count(rule.count, 'time')}"
    if rule.until:
        words += f", until {ahead(rule.until, now)}"
    return words


def _days_ahead(at: datetime) -> int:
    """By how many days the date here is ahead of that in UTC: -1, 0 or 1."""
    return (local(at).date() - at.astimezone(UTC).date()).days


def _day_of_month(starts_at: datetime, at: datetime) -> str:
    """The day on which a rule that began at `starts_at` starts a run when it does so at the hour of `at`."""
    day = starts_at.astimezone(UTC).day  # the rule's; a next start at the end of a short month has another
    ahead = _days_ahead(at)
    if day + ahead == 0:
        return "the last day of the month"
    if ahead and day + max(ahead, 0) > 28:
        return f"day {day} in UTC or the last one"  # which is not the same day here in every month
    return f"day {day + ahead}" if day + ahead < 29 else f"day {day} or the last one"


def _days(days: tuple[str, ...]) -> str:
    if set(days) == set(WEEKDAYS):
        return "all days"
    if days == WEEKDAYS[:5]:
        return "Mon to Fri"
    names = [DAYS[WEEKDAYS.index(day)] if day in WEEKDAYS else one_line(day, 20) for day in days]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
