"""What is going to run, and what it may cost: schedules, estimates, labels. Field names as in `models`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from msgspec import Struct

from k6desk.api.models import Cost

Frequency = Literal["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQUENCIES: tuple[Frequency, ...] = get_args(Frequency)
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


class Recurrence(Struct, frozen=True):
    """A rule that repeats the start: every `interval` units of `frequency`, on the days `by_day`.

    It ends at the time `until` or after `count` runs, if one of them is given.

    `frequency` and `by_day` are words of the server, which may be newer than the ones known here.
    """

    frequency: str
    interval: int = 1
    by_day: tuple[str, ...] = ()
    until: datetime | None = None
    count: int | None = None


class Cron(Struct, frozen=True):
    """A rule in cron's five fields, in an IANA time zone."""

    schedule: str
    time_zone: str


class Timing(Struct, frozen=True):
    """When a test is to start: once, or by one of the two kinds of rule."""

    starts_at: datetime
    recurrence: Recurrence | None = None
    cron: Cron | None = None


class Schedule(Struct, frozen=True):
    """The one schedule that a load test may have. `next_run_at` is None when nothing is to come."""

    id: int
    test_id: int
    timing: Timing
    is_active: bool = True
    next_run_at: datetime | None = None
    created_by: str | None = None


class Estimate(Struct, frozen=True):
    """What a run with certain options would cost, from `validate_options`: VUH and how they come about."""

    vuh: float | None
    cost: Cost


class LabelKey(Struct, frozen=True):
    """A label that the projects of a stack can have."""

    id: int
    key: str
    description: str = ""


class Label(Struct, frozen=True):
    """A project's value of a label."""

    key: str
    value: str
