from __future__ import annotations

import pytest

HOURLY = {"starts": "2026-06-15T15:00:00Z", "recurrence_rule": {"frequency": "HOURLY", "count": 3}}


@pytest.fixture
def test(world):
    return next(test for test in world.tests if test.draft.cadence == 0)


@pytest.fixture
def put(cloud, test):
    async def put(**body):
        return await cloud.post(f"/load_tests/{test.id}/schedule", json=body)

    return put


async def test_the_world_has_schedules_of_every_kind(cloud):
    answer = (await cloud.get("/schedules", params={"$count": "true"})).json()
    assert answer["@count"] == len(answer["value"]) == 5
    for schedule in answer["value"]:
        assert (await cloud.get(f"/schedules/{schedule['id']}")).json() == schedule
        assert (await cloud.get(f"/load_tests/{schedule['load_test_id']}/schedule")).json() == schedule
    assert [schedule["deactivated"] for schedule in answer["value"]].count(True) == 1
    assert [schedule["next_run"] for schedule in answer["value"]].count(None) == 1
    assert any(schedule["cron"] for schedule in answer["value"])
    assert any((schedule["recurrence_rule"] or {}).get("byday") for schedule in answer["value"])


async def test_a_due_schedule_starts_runs_until_its_count(cloud, clock, world, test, put):
    before = len(world.runs_of_test(test, None, None))
    answer = await put(**HOURLY)
    assert (answer.status_code, answer.json()["next_run"]) == (200, "2026-06-15T15:00:00.000Z")
    for hours, started in ((0.49, 0), (0.01, 1), (1, 2), (1, 3), (24, 3)):
        clock.forward(hours * 3600)
        assert len(world.runs_of_test(test, None, None)) - before == started
    runs = (await cloud.get(f"/load_tests/{test.id}/test_runs")).json()["value"][-3:]
    assert [run["created"][:19] for run in runs] == [f"2026-06-15T{hour}:00:00" for hour in (15, 16, 17)]
    assert {run["started_by"] for run in runs} == {None}
    assert (await cloud.get(f"/load_tests/{test.id}/schedule")).json()["next_run"] is None


async def test_setting_a_schedule_overwrites_the_one_before(cloud, put):
    first = (await put(**HOURLY)).json()
    second = (await put(starts="2026-07-01T00:00:00+02:00")).json()
    assert (second["recurrence_rule"], second["starts"]) == (None, "2026-06-30T22:00:00.000Z")
    assert second["id"] == first["id"]
    third = (await put(starts="2026-07-01T00:00:00Z", cron={"schedule": "0 7 * * 1", "time_zone": "UTC"})).json()
    assert third["next_run"] == "2026-07-06T07:00:00.000Z"
    assert (await cloud.get("/schedules?$count=1")).json()["@count"] == 6


async def test_a_deactivated_schedule_starts_nothing(cloud, clock, world, test, put):
    before = len(world.runs_of_test(test, None, None))
    path = f"/schedules/{(await put(**HOURLY)).json()['id']}"
    assert (await cloud.post(f"{path}/deactivate")).status_code == 204
    assert (await cloud.get(path)).json()["deactivated"]
    clock.forward(3600)
    assert len(world.runs_of_test(test, None, None)) == before
    assert (await cloud.get(path)).json()["next_run"] == "2026-06-15T16:00:00.000Z"
    assert (await cloud.post(f"{path}/activate")).status_code == 204
    clock.forward(3600)
    assert len(world.runs_of_test(test, None, None)) == before + 1


async def test_an_expired_schedule_is_not_activated_again(cloud, clock, put, refused):
    path = f"/schedules/{(await put(starts='2026-06-15T15:00:00Z')).json()['id']}"
    clock.forward(3600)
    assert (await cloud.post(f"{path}/deactivate")).status_code == 204
    assert not (await cloud.get(path)).json()["deactivated"]
    refused(await cloud.post(f"{path}/activate"), 409)


async def test_a_deleted_schedule_is_gone(cloud, clock, world, test, put, refused):
    before = len(world.runs_of_test(test, None, None))
    path = f"/schedules/{(await put(**HOURLY)).json()['id']}"
    assert (await cloud.delete(path)).status_code == 204
    for gone in (path, f"/load_tests/{test.id}/schedule", "/schedules/1", "/load_tests/1/schedule"):
        refused(await cloud.get(gone), 404)
    clock.forward(7200)
    assert len(world.runs_of_test(test, None, None)) == before


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ({}, "starts"),
        ({"starts": "2026-07-01T00:00:00"}, "starts"),
        ({"starts": "0001-01-01T00:00:00+14:00"}, "starts"),
        ({"starts": 1}, "starts"),
        ({"recurrence_rule": {"frequency": "MINUTELY"}}, "recurrence_rule.frequency"),
        ({"recurrence_rule": {"frequency": "DAILY", "byday": ["MO"]}}, "recurrence_rule.byday"),
        ({"recurrence_rule": {"frequency": "DAILY", "interval": 0}}, "recurrence_rule.interval"),
        ({"cron": {"schedule": "0 7 * *", "time_zone": "UTC"}}, "cron.schedule"),
        ({"cron": {"schedule": "0 7 * * *", "time_zone": "Mars/Base"}}, "cron.time_zone"),
        ({"cron": {"schedule": "@daily", "time_zone": "UTC"}, "recurrence_rule": {"frequency": "DAILY"}}, "cron"),
    ],
)
async def test_schedules_that_are_not_right_are_400_and_say_where(put, refused, body, target):
    starts = {} if not body else {"starts": "2026-07-01T00:00:00Z"}
    assert refused(await put(**(starts | body)), 400) == target
