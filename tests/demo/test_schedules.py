from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cronsim import CronSimError
from dateutil.rrule import DAILY, HOURLY, WEEKLY, rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from k6desk.demo.schedules import WEEKDAYS, Cron, Recurrence, Schedule, Schedules, check_cron

START = datetime(2026, 1, 31, 8, 30, 15, 500_000, UTC)


def starts(rule, count, starts=START):
    """The first starts by a rule."""
    schedule = Schedule(1, 1, starts, *((rule, None) if isinstance(rule, Recurrence) else (None, rule)))
    found, at = [], starts - timedelta(seconds=1)
    while len(found) < count and (at := schedule.next_after(at)):
        found.append(at)
    return found


@settings(deadline=None)
@given(
    st.sampled_from([("HOURLY", HOURLY), ("DAILY", DAILY), ("WEEKLY", WEEKLY)]),
    st.integers(1, 5),
    st.lists(st.sampled_from(WEEKDAYS), max_size=4),
    st.none() | st.integers(1, 30),
    st.none() | st.integers(0, 5000),
    st.integers(0, 100_000),
)
def test_rules_are_those_of_calendars(frequency, interval, by_day, count, until_h, after_h):
    name, constant = frequency
    by_day = by_day if name == "WEEKLY" else []
    until = None if until_h is None else START + timedelta(hours=until_h)
    rule = Recurrence(name, interval, tuple(by_day) or None, until, count)
    # The library wants no more than one end at once; both hold here.
    dates = rrule(
        constant, START, interval, byweekday=[WEEKDAYS.index(day) for day in by_day] or None, count=count, cache=False
    )
    at = START + timedelta(hours=after_h - 1000)
    wanted = dates.after(at)
    if wanted and until and wanted > until:
        wanted = None
    # It cuts microseconds off.
    found = Schedule(1, 1, START.replace(microsecond=0), rule).next_after(at)
    assert found == wanted


def test_months_without_the_day_use_their_last_one():
    assert [at.date().isoformat() for at in starts(Recurrence("MONTHLY"), 5)] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
    ]
    leap = datetime(2028, 2, 29, tzinfo=UTC)
    assert [at.day for at in starts(Recurrence("YEARLY"), 5, leap)] == [29, 28, 28, 28, 29]


def test_a_rule_ends_after_its_count_or_at_its_time():
    assert len(starts(Recurrence("HOURLY", count=3), 99)) == 3
    assert len(starts(Recurrence("HOURLY", until=START + timedelta(hours=3)), 99)) == 4
    assert starts(Recurrence("HOURLY", count=3, until=START - timedelta(hours=1)), 99) == []


@pytest.mark.parametrize("frequency", ["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
def test_rules_of_any_age_and_size_are_answered_at_once(frequency):
    old = Schedule(1, 1, datetime(1, 1, 1, tzinfo=UTC), Recurrence(frequency))
    assert START < old.next_after(START) <= START + timedelta(days=366)
    for interval in (10**9, 2**63 - 1):
        assert Schedule(1, 1, START, Recurrence(frequency, interval)).next_after(START) is None
    last = Schedule(1, 1, datetime.max.replace(tzinfo=UTC), Recurrence(frequency))
    assert last.next_after(START) is None or last.next_after(START) == last.starts


def test_cron_is_in_the_time_of_its_zone_and_begins_with_its_start():
    berlin = Cron("30 8 * * *", "Europe/Berlin")
    winter, summer = datetime(2026, 3, 28, 7, 30, tzinfo=UTC), datetime(2026, 3, 29, 6, 30, tzinfo=UTC)
    assert starts(berlin, 2, winter) == [winter, summer]
    assert starts(Cron("@daily", "UTC"), 1) == [datetime(2026, 2, 1, tzinfo=UTC)]
    assert starts(Cron("0 0 29 2 *", "UTC"), 1) == [datetime(2028, 2, 29, tzinfo=UTC)]
    assert starts(Cron("0 0 * * *", "Asia/Tokyo"), 1, datetime.max.replace(tzinfo=UTC)) == []


@pytest.mark.parametrize("schedule", ["", "* * * *", "0 * * * * *", "60 * * * *", "@reboot", "0 0 30 2 *", "x y z 1 2"])
def test_what_is_no_cron_expression_is_said(schedule):
    with pytest.raises(CronSimError):
        check_cron(Cron(schedule, "UTC"))


def test_what_is_due_comes_in_order_and_waits_for_its_next_time():
    schedules = Schedules()
    schedules.set(1, START + timedelta(minutes=90), Recurrence("HOURLY", count=2), None, START)
    once = schedules.set(2, START + timedelta(minutes=100), None, None, START)
    paused = schedules.set(3, START, Recurrence("HOURLY"), None, START)
    assert schedules.activate(paused, False, START)
    due = []
    while schedules.next_due().year < 9999:
        at = schedules.next_due()
        due.append((schedules.take_due().test_id, (at - START).total_seconds() / 60))
    assert due == [(1, 90), (2, 100), (1, 150)]
    assert not schedules.activate(once, True, START + timedelta(days=1))
