"""When a schedule starts its test, worked out here as the server does it, to be shown before it is set.

The server keeps a repeating rule in UTC, its weekdays too; only cron follows the clocks of a time zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import dropwhile
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from dateutil import rrule

from k6desk.api.plans import WEEKDAYS, Cron, Recurrence, Timing

CRON_ALIASES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_FREQUENCIES: dict[str, Literal[0, 1, 2, 3, 4]] = {
    "HOURLY": rrule.HOURLY,
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
_STEPS = {"HOURLY": timedelta(hours=1), "DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}
_SHORTEST_MONTH = 28


def coming(timing: Timing, after: datetime) -> Iterator[datetime]:
    """The starts after a moment, in UTC, as many as there are; none of a rule that is not known here."""
    starts_at = timing.starts_at.astimezone(UTC)
    if timing.cron:
        return _of_cron(timing.cron, max(after, starts_at - timedelta(microseconds=1)))
    if timing.recurrence is None:
        return iter([starts_at] if starts_at > after else [])
    if not is_known(timing.recurrence):
        return iter(())
    return dropwhile(lambda at: at <= after, _of_rule(timing.recurrence, starts_at, after))


def is_known(rule: Recurrence) -> bool:
    """Whether k6desk understands all words of a rule."""
    return rule.frequency in _FREQUENCIES and set(rule.by_day) <= set(WEEKDAYS)


def read_cron(schedule: str, time_zone: str) -> Cron:
    """A cron rule of what was typed. Raises `ValueError` with a sentence for people."""
    schedule, time_zone = " ".join(schedule.split()), time_zone.strip()
    expression = CRON_ALIASES.get(schedule, schedule)
    if not schedule:
        raise ValueError("Enter five fields: minute, hour, day of the month, month, day of the week.")
    if schedule.startswith("@") and schedule not in CRON_ALIASES:
        raise ValueError(f"“{schedule[:40]}” is not one of {', '.join(CRON_ALIASES)}.")
    if (fields := len(expression.split())) != 5:
        raise ValueError(f"Five fields are needed (minute, hour, day, month, weekday); there {_are(fields)}.")
    try:
        CronSim(expression, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        raise ValueError(f"This is not a cron expression: {str(error).lower()}.") from None
    try:
        ZoneInfo(time_zone)
    except (ValueError, OSError, KeyError):  # a name that is no path of a zone raises one or another
        raise ValueError(f"There is no time zone “{time_zone[:60]}”; choose one such as Europe/Paris.") from None
    return Cron(schedule, time_zone)


def _of_cron(cron: Cron, after: datetime) -> Iterator[datetime]:
    for at in CronSim(CRON_ALIASES.get(cron.schedule, cron.schedule), after.astimezone(ZoneInfo(cron.time_zone))):
        yield at.astimezone(UTC)


def _of_rule(rule: Recurrence, starts_at: datetime, after: datetime) -> Iterator[datetime]:
    more: dict[str, Any] = {}
    count, day = rule.count, starts_at.day
    step = _STEPS.get(rule.frequency, timedelta()) * rule.interval
    if step and after > starts_at and not rule.by_day:  # a rule may be years old
        steps = (after - starts_at) // step
        starts_at += step * steps
        count = None if count is None else max(0, count - steps)
    if rule.by_day:
        more["byweekday"] = [WEEKDAYS.index(name) for name in WEEKDAYS if name in rule.by_day]
    elif day > _SHORTEST_MONTH and rule.frequency == "MONTHLY":  # in a month without such a day it is the last one
        more = {"bymonthday": range(_SHORTEST_MONTH, day + 1), "bysetpos": -1}
    elif (starts_at.month, day) == (2, 29) and rule.frequency == "YEARLY":
        more = {"bymonth": 2, "bymonthday": (28, 29), "bysetpos": -1}
    return iter(
        rrule.rrule(
            _FREQUENCIES[rule.frequency],
            dtstart=starts_at,
            interval=rule.interval,
            until=rule.until and rule.until.astimezone(UTC),
            count=count,
            **more,
        )
    )


def _are(fields: int) -> str:
    return "is one" if fields == 1 else f"are {fields}"
