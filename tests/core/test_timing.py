"""When schedules start their tests: what is foretold is what the demo cloud would do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from k6desk.api.plans import Cron, Recurrence, Timing
from k6desk.core.timing import coming, is_known, read_cron
from k6desk.demo import schedules as demo

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)  # a Saturday


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


def foretold(timing: Timing, most: int = 4, after: datetime = NOW) -> list[datetime]:
    return list(islice(coming(timing, after), most))


def test_once_is_once_and_only_in_the_future():
    later = at("2026-11-22T07:00")
    assert foretold(Timing(later)) == [later]
    assert foretold(Timing(at("2026-11-20T07:00"))) == []


def test_months_without_such_a_day_take_their_last():
    monthly = Timing(at("2027-01-31T07:00"), Recurrence("MONTHLY"))
    assert [start.date().isoformat() for start in foretold(monthly)] == [
        "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"
    ]  # fmt: skip
    leap_day = Timing(at("2028-02-29T07:00"), Recurrence("YEARLY"))
    assert [start.date().isoformat() for start in foretold(leap_day, 2)] == ["2028-02-29", "2029-02-28"]


RULES = [
    Recurrence("HOURLY", 7),
    Recurrence("DAILY", 2, count=20),
    Recurrence("DAILY", until=at("2026-11-24T00:00")),
    Recurrence("WEEKLY", by_day=("SA", "SU")),
    Recurrence("WEEKLY", 2, ("MO", "FR"), count=9),
    Recurrence("WEEKLY"),
    Recurrence("MONTHLY"),
    Recurrence("MONTHLY", 5, count=3),
    Recurrence("YEARLY"),
]


@pytest.mark.parametrize("starts", [at("2026-10-31T08:46"), at("2026-11-29T23:10"), at("2024-02-29T01:00")])
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_rules_are_foretold_as_the_server_keeps_them(rule, starts):
    same = demo.Recurrence(rule.frequency, rule.interval, rule.by_day or None, rule.until, rule.count)
    kept = demo.Schedule(1, 2, starts, same)
    expected, moment = [], NOW
    while len(expected) < 4 and (found := kept.next_after(moment)):
        expected.append(found)
        moment = found
    assert foretold(Timing(starts, rule)) == expected


def test_a_start_itself_counts_for_cron_too():
    start = at("2026-11-23T07:00")
    assert foretold(Timing(start, cron=Cron("0 7 * * *", "UTC")), 2) == [start, start + timedelta(days=1)]


def test_cron_keeps_its_hour_when_the_clocks_change():
    timing = Timing(NOW, cron=Cron("0 7 * * *", "Europe/Berlin"))
    around = foretold(timing, 3, at("2027-03-26T12:00"))  # clocks go forward on the 28th
    assert [start.hour for start in around] == [6, 5, 5]


def test_a_time_that_the_clocks_skip_is_not_lost():
    starts = foretold(Timing(NOW, cron=Cron("30 2 28 3 *", "Europe/Berlin")), 1, at("2027-03-01T00:00"))
    assert starts[0].date().isoformat() == "2027-03-28"


def test_an_old_rule_is_foretold_at_once():
    old = Timing(at("1900-01-01T00:30"), Recurrence("HOURLY"))
    assert foretold(old, 1) == [at("2026-11-21T10:30")]


def test_a_rule_that_is_over_and_one_that_nobody_knows_foretell_nothing():
    assert foretold(Timing(at("2020-01-01T00:00"), Recurrence("DAILY", count=3))) == []
    strange = Recurrence("FORTNIGHTLY")
    assert not is_known(strange)
    assert foretold(Timing(NOW, strange)) == []


@pytest.mark.parametrize(
    ("schedule", "zone", "said"),
    [
        ("", "UTC", "Enter five fields"),
        ("0 7 * *", "UTC", "there are 4"),
        ("0 7 * * * *", "UTC", "there are 6"),
        ("0 25 * * *", "UTC", "not a cron expression: bad hour"),
        ("@fortnightly", "UTC", "@fortnightly"),
        ("0 7 * * *", "Mars/Olympus", "Mars/Olympus"),
        ("0 7 * * *", "", "no time zone"),
        ("0 7 * * *", "../../etc/passwd", "no time zone"),
    ],
)
def test_what_is_wrong_with_cron_is_one_sentence(schedule, zone, said):
    with pytest.raises(ValueError, match=said):
        read_cron(schedule, zone)


def test_cron_is_read_with_its_spaces_folded():
    assert read_cron("  0  7 * * 1-5 ", " Europe/Paris ") == Cron("0 7 * * 1-5", "Europe/Paris")
    assert read_cron("@daily", "UTC") == Cron("@daily", "UTC")
