"""What clients do to runs."""

from __future__ import annotations

import pytest

from k6desk.demo.world import MOST_SAVED


@pytest.fixture
def ended(world):
    """The ids of runs that are over, the newest first."""
    now = world.now()
    return [
        world.run_id(index)
        for index in reversed(world.runs(None, None)[-200:])
        if world.state(world.plan(index), now).outcome
    ]


async def get(cloud, run_id):
    return (await cloud.get(f"/test_runs/{run_id}")).json()


async def listed(cloud, run_id):
    return next((run for run in (await cloud.get("/test_runs")).json()["value"] if run["id"] == run_id), None)


async def test_a_deleted_run_vanishes_from_every_list(cloud, ended, refused, world):
    run = await get(cloud, ended[0])
    count = (await cloud.get("/test_runs?$count=1&$top=0")).json()["@count"]
    assert (await cloud.delete(f"/test_runs/{run['id']}")).status_code == 204
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/abort"), ("POST", "/star")):
        body = {"json": {"note": ""}} if method == "PATCH" else {}
        refused(await cloud.request(method, f"/test_runs/{run['id']}{path}", **body), 404)
    assert await listed(cloud, run["id"]) is None
    of_test = (await cloud.get(f"/load_tests/{run['test_id']}/test_runs")).json()["value"]
    assert run["id"] not in [other["id"] for other in of_test]
    assert (await cloud.get("/test_runs?$count=1&$top=0")).json()["@count"] == count - 1
    window = {"created_after": run["created"], "created_before": run["created"]}
    assert (await cloud.get("/test_runs", params=window)).json() == {"value": []}


async def test_a_run_that_goes_on_is_not_deleted(cloud, refused):
    run = next(run for run in (await cloud.get("/test_runs")).json()["value"] if run["status"] == "running")
    refused(await cloud.delete(f"/test_runs/{run['id']}"), 409)
    assert (await get(cloud, run["id"]))["status"] == "running"


async def test_stars_are_kept_and_listed(cloud, ended):
    plain = [run for run in [await get(cloud, run_id) for run_id in ended[:50]] if not run["is_starred"]]
    run = plain[0]
    for starred, mark in ((True, "star"), (True, "star"), (False, "unstar")):
        assert (await cloud.post(f"/test_runs/{run['id']}/{mark}")).status_code == 204
        assert await listed(cloud, run["id"]) == run | {"is_starred": starred}
        found = (await cloud.get(f"/load_tests/{run['test_id']}/test_runs?is_starred=1")).json()["value"]
        assert (run["id"] in [other["id"] for other in found]) == starred


async def test_a_saved_run_does_not_expire_and_there_is_room_for_some(cloud, ended, refused, world):
    before = await get(cloud, ended[0])
    saved = sum(run["retention_expiry"] is None for run in (await cloud.get("/test_runs")).json()["value"])
    for run_id in ended[: MOST_SAVED - saved]:
        assert (await cloud.post(f"/test_runs/{run_id}/save")).status_code == 204
    assert (await get(cloud, ended[0])) == before | {"retention_expiry": None}
    refused(await cloud.post(f"/test_runs/{ended[30]}/save"), 409)
    assert (await cloud.post(f"/test_runs/{ended[0]}/save")).status_code == 204
    assert (await cloud.post(f"/test_runs/{ended[0]}/unsave")).status_code == 204
    assert await get(cloud, ended[0]) == before
    assert (await cloud.post(f"/test_runs/{ended[30]}/save")).status_code == 204


async def test_what_has_expired_cannot_be_saved(cloud, ended, refused, clock):
    clock.forward(91 * 86_400)
    refused(await cloud.post(f"/test_runs/{ended[0]}/save"), 409)
