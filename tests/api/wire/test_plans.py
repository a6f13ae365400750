from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from k6desk.api.models import Cost
from k6desk.api.plans import Cron, Estimate, Label, LabelKey, Recurrence, Schedule, Timing
from k6desk.api.wire import plans
from tests.api.wire.samples import SCHEDULE, page_of

STARTS = datetime(2026, 4, 6, 7, tzinfo=UTC)


def test_a_schedule_is_read_with_its_rule_its_end_and_its_next_start():
    until, soon = datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 4, 8, 7, tzinfo=UTC)
    assert plans.schedule(json.dumps(SCHEDULE).encode()) == Schedule(
        id=2**60,
        test_id=7,
        timing=Timing(STARTS, Recurrence("WEEKLY", 2, ("MO", "WE"), until, 20)),
        is_active=False,
        next_run_at=soon,
        created_by="a@example.com",
    )


def test_a_schedule_may_start_once_or_by_cron():
    once = SCHEDULE | {"recurrence_rule": None, "next_run": None, "created_by": None}
    cron = {"recurrence_rule": None, "cron": {"schedule": "@daily", "time_zone": "Europe/Vienna"}}
    page, link = plans.schedules_page(page_of(once, SCHEDULE | cron))
    assert (page.rows[0].timing, page.rows[0].next_run_at) == (Timing(STARTS), None)
    assert page.rows[1].timing == Timing(STARTS, cron=Cron("@daily", "Europe/Vienna"))
    assert link is None


@pytest.mark.parametrize(
    "odd",
    [
        {"recurrence_rule": "weekly"},
        {"recurrence_rule": {}},
        {"recurrence_rule": {"frequency": "DAILY", "until": "soon"}},
        {"recurrence_rule": {"frequency": "DAILY", "count": "5"}},
        {"recurrence_rule": {"frequency": "DAILY", "interval": 0}},
        {"recurrence_rule": {"frequency": "WEEKLY", "byday": ["MO", 3]}},
        {"cron": {"schedule": "@daily"}},
        {"deactivated": None},
        {"starts": "0001-01-01T00:00:00Z"},
        {"next_run": 5},
        {"id": 2**63},
    ],
)
def test_a_schedule_read_by_half_would_be_another_one_so_it_is_counted(odd):
    page, _ = plans.schedules_page(page_of(SCHEDULE | odd, SCHEDULE))
    assert (len(page.rows), page.unreadable) == (1, 1)


def test_words_newer_than_k6desk_are_kept():
    rule = {"frequency": "LUNAR", "byday": ["XX"]}
    timing = plans.schedule(json.dumps(SCHEDULE | {"recurrence_rule": rule}).encode()).timing
    assert timing.recurrence == Recurrence("LUNAR", 1, ("XX",))


def test_an_estimate_has_numbers_that_may_be_strings_and_may_be_absent():
    breakdown = {"protocol_vuh": "6.75", "base_total_vuh": 10, "reduction_rate": 32.5}
    breakdown["reduction_rate_breakdown"] = {"local_run": 25, "volume": "10"}
    told = plans.estimate(json.dumps({"vuh_usage": 6.75, "breakdown": breakdown}).encode())
    assert told == Estimate(6.75, Cost(6.75, 10, 6.75, None, 32.5, {"local_run": 25, "volume": 10}))
    assert plans.estimate(b'{"vuh_usage": null}') == Estimate(None, Cost())


def test_labels():
    keys = plans.label_keys(
        page_of({"id": 1, "key": "team"}, {"id": 2, "key": "env", "description": "Where"}, {"id": 3})
    )
    assert keys == [LabelKey(1, "team"), LabelKey(2, "env", "Where")]
    assert plans.labels(page_of({"key": "team", "value": "web"}, {"key": "env"})) == [Label("team", "web")]
