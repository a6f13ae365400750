"""Schedules in words."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.plans import Cron, Recurrence, Schedule, Timing
from k6desk.ui import timing_words

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)  # a Saturday
START = datetime(2026, 11, 22, 7, 46, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone can be set on POSIX only")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def move_to(monkeypatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (None, "Once, tomorrow 08:46"),
        (Recurrence("HOURLY"), "Every hour at minute 46"),
        (Recurrence("DAILY", 2), "Every 2 days at 08:46"),
        (Recurrence("WEEKLY", 1, ("SA", "SU"), count=10), "Every week on Sat and Sun at 08:46, 10 times"),
        (Recurrence("WEEKLY", 1, ("MO", "TU", "WE", "TH", "FR")), "Every week on Mon to Fri at 08:46"),
        (Recurrence("WEEKLY"), "Every week on Sun at 08:46"),
        (Recurrence("MONTHLY"), "Every month on day 22 at 08:46"),
        (Recurrence("YEARLY", until=NOW + timedelta(days=9)), "Every year on 22 Nov at 08:46, until Mon 30 Nov 10:30"),
        (Recurrence("FORTNIGHTLY", 3, ("XX", "MO")), "Every 3 × FORTNIGHTLY on Mon and XX at 08:46"),
    ],
)
def test_rules(rule, words):
    assert timing_words.rule(Timing(START, rule), NOW) == words


SUMMER = datetime(2026, 6, 28, 22, 30, tzinfo=UTC)  # Monday 00:30 in Berlin
WINTER = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)  # Sunday 23:30


@pytest.mark.parametrize(
    ("rule", "starts_at", "next_at", "words"),
    [
        (Recurrence("WEEKLY", 1, ("SU",)), SUMMER, SUMMER, "Every week on Mon at 00:30"),
        (Recurrence("WEEKLY", 1, ("SU",)), SUMMER, WINTER, "Every week on Sun at 23:30"),
        (
            Recurrence("MONTHLY"),
            SUMMER,
            SUMMER.replace(day=28),
            "Every month on day 28 in UTC or the last one at 00:30",
        ),
        (Recurrence("MONTHLY"), SUMMER, WINTER, "Every month on day 28 at 23:30"),
        (Recurrence("MONTHLY"), SUMMER.replace(day=9), SUMMER, "Every month on day 10 at 00:30"),
        (Recurrence("MONTHLY"), SUMMER.replace(day=30), WINTER, "Every month on day 30 or the last one at 23:30"),
    ],
)
def test_days_go_with_the_hour_when_the_clocks_have_changed(rule, starts_at, next_at, words):
    assert timing_words.rule(Timing(starts_at, rule), NOW, next_at) == words


def test_the_first_of_a_month_may_be_the_last_one_here(monkeypatch):
    move_to(monkeypatch, "America/New_York")
    timing = Timing(datetime(2026, 7, 1, 1, 0, tzinfo=UTC), Recurrence("MONTHLY"))
    assert timing_words.rule(timing, NOW) == "Every month on the last day of the month at 21:00"


def test_cron_is_shown_as_it_is():
    assert timing_words.rule(Timing(START, cron=Cron("0 7 * * 1", "Asia/Tokyo")), NOW) == "Cron 0 7 * * 1 in Asia/Tokyo"


def test_the_hour_is_that_of_the_next_start():
    summer = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    timing = Timing(summer, Recurrence("DAILY"))
    assert timing_words.rule(timing, NOW) == "Every day at 09:00"
    assert timing_words.rule(timing, NOW, datetime(2026, 11, 22, 7, 0, tzinfo=UTC)) == "Every day at 08:00"


def test_weekdays_are_those_of_the_user(monkeypatch):
    move_to(monkeypatch, "Asia/Tokyo")
    friday_night = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # Saturday morning in Tokyo
    timing = Timing(friday_night, Recurrence("WEEKLY", 1, ("FR",)))
    assert timing_words.rule(timing, NOW) == "Every week on Sat at 08:00"
    assert timing_words.shifted(("MO", "SA"), friday_night, to_utc=True) == ("FR", "SU")
    assert timing_words.shifted(("FR", "SU"), friday_night, to_utc=False) == ("MO", "SA")


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=-5), "due now"),
        (timedelta(seconds=20), "in less than a minute"),
        (timedelta(minutes=4, seconds=10), "in 4 min"),
        (timedelta(hours=14), "in 14 h"),
        (timedelta(days=3), "in 3 days"),
    ],
)
def test_how_far_away(ahead, words):
    assert timing_words.until(NOW + ahead, NOW) == words


def test_what_comes_next():
    schedule = Schedule(1, 2, Timing(START), next_run_at=START)
    assert timing_words.next_start(schedule, NOW) == "Next run tomorrow 08:46 · in 22 h"
    paused = Schedule(1, 2, Timing(START), is_active=False, next_run_at=START)
    assert timing_words.next_start(paused, NOW).startswith("Paused")
    assert timing_words.next_start(Schedule(1, 2, Timing(START)), NOW) == "No more runs"


def test_only_repeating_rules_move_with_the_clocks(monkeypatch):
    assert timing_words.moves_with_clocks(Timing(START, Recurrence("DAILY")), NOW)
    assert not timing_words.moves_with_clocks(Timing(START, Recurrence("HOURLY")), NOW)
    assert not timing_words.moves_with_clocks(Timing(START, cron=Cron("0 7 * * *", "Europe/Berlin")), NOW)
    move_to(monkeypatch, "Asia/Tokyo")
    assert not timing_words.moves_with_clocks(Timing(START, Recurrence("DAILY")), NOW)


def test_a_distant_moment_has_its_year_and_hour():
    assert timing_words.ahead(datetime(2028, 1, 2, 7, 0, tzinfo=UTC), NOW) == "2 Jan 2028 08:00"
