from __future__ import annotations

from datetime import datetime

import httpx
import pytest

STARTED = {
    "config",
    "created",
    "duration",
    "ended",
    "error_code",
    "error_detail",
    "id",
    "k6_archive",
    "load_time",
    "note",
    "organization_id",
    "processing_status",
    "project_id",
    "public_id",
    "result_status",
    "run_process",
    "run_status",
    "script",
    "started",
    "stopped_by_id",
    "test_id",
    "user_id",
    "version",
    "vus",
}
RUN = STARTED | {"export", "is_baseline", "request_builder_config", "vus_per_instance"}


def refused_in_the_older_shape(answer: httpx.Response, status: int) -> list[str]:
    """Check the shape of a legacy error and return the fields it names."""
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert isinstance(error["code"], int)
    assert isinstance(error["message"], str)
    assert error.keys() - {"code", "message"} in ({"errors"}, {"field_errors"})
    return list(error.get("field_errors", {}))


async def runs(legacy, **query):
    answer = await legacy.get("/loadtests/v2/runs", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["meta"] == {"count": len(answer.json()["k6-runs"])}
    return answer.json()["k6-runs"]


@pytest.fixture
def test(world):
    return max(world.tests, key=lambda test: len(world.runs_of_test(test, None, None)))


async def test_a_started_run_is_in_every_api_and_can_be_stopped(legacy, cloud, clock, world, test):
    answer = await legacy.post(f"/loadtests/v2/tests/{test.id}/start-testrun")
    assert answer.status_code == 200
    run = answer.json()["k6-run"]
    assert run.keys() == STARTED
    assert (run["test_id"], run["run_status"], run["result_status"], run["started"]) == (test.id, -2, 0, None)
    path = f"/loadtests/v2/runs/{run['id']}"
    assert (await legacy.get(path)).json()["k6-run"]["id"] == run["id"]
    assert (await cloud.get(f"/test_runs/{run['id']}")).json()["status"] == "created"
    clock.forward(60)
    assert (await legacy.get(f"/cloud/v5/test_runs/{run['id']}")).json()["run_status"] == 2
    assert (await legacy.post(f"{path}/stop")).status_code == 204
    assert (await legacy.get(path)).json()["k6-run"]["run_status"] == 2
    clock.forward(3)
    stopped = (await legacy.get(path)).json()["k6-run"]
    assert (stopped["run_status"], stopped["processing_status"]) == (5, 2)
    assert stopped["stopped_by_id"] == stopped["user_id"]
    assert (await cloud.get(f"/test_runs/{run['id']}")).json()["status_details"]["extra"]["by_user"] == world.user
    refused_in_the_older_shape(await legacy.post(f"{path}/stop"), 409)


async def test_each_start_is_another_run(legacy, test):
    path = f"/loadtests/v2/tests/{test.id}/start-testrun"
    headers = {"K6-Idempotency-Key": "the same"}
    ids = {(await legacy.post(path, headers=headers)).json()["k6-run"]["id"] for _ in range(2)}
    assert len(ids) == 2


async def test_times_have_no_zone_but_in_the_answer_to_a_start(legacy, test):
    for run in await runs(legacy, test_id=test.id):
        assert run.keys() == RUN
        for name in ("created", "started", "ended"):
            assert run[name] is None or datetime.strptime(run[name], "%Y-%m-%dT%H:%M:%S")
    started = (await legacy.post(f"/loadtests/v2/tests/{test.id}/start-testrun")).json()["k6-run"]
    assert datetime.strptime(started["created"], "%Y-%m-%dT%H:%M:%SZ")


async def test_runs_are_those_of_v5(legacy, test):
    old = await runs(legacy, test_id=test.id)
    new = (await legacy.get(f"/cloud/v5/load_tests/{test.id}/test_runs")).json()["value"]
    for name in ("id", "run_status", "processing_status", "result_status", "vus", "duration", "user_id", "script"):
        assert [run[name] for run in old] == [run[name] for run in new]
    assert [run["created"] for run in old] == [run["created"][:19] for run in new]


async def test_runs_are_found_by_ids_and_by_public_id(legacy, world, test):
    every = await runs(legacy, test_id=test.id)
    ids = [every[4]["id"], every[1]["id"]]
    assert await runs(legacy, test_id=test.id, **{"ids[]": ids}) == [every[1], every[4]]
    assert {run["id"] for run in await runs(legacy, **{"ids[]": ids})} == set(ids)
    other = next(one for one in world.tests if one != test)
    assert await runs(legacy, test_id=other.id, **{"ids[]": ids}) == []
    [shared, *_] = [run for one in world.tests for run in await runs(legacy, test_id=one.id) if run["public_id"]]
    assert await runs(legacy, public_id=shared["public_id"]) == [shared]
    assert await runs(legacy, public_id="nobody's") == []
    assert await runs(legacy, public_id=f"shared-{every[1]['id']}") == [run for run in [every[1]] if run["public_id"]]


async def test_select_narrows_the_members(legacy, test):
    found = await runs(legacy, test_id=test.id, **{"$select": "id,test_id,run_status,created"})
    assert {tuple(run) for run in found} == {("created", "id", "run_status", "test_id")}
    answer = await legacy.get(f"/loadtests/v2/runs/{found[0]['id']}", params={"$select": "id"})
    assert answer.json() == {"k6-run": {"id": found[0]["id"]}}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "test_id"),
        ("test_id=x", "test_id"),
        ("test_id=1&test_id=2", "test_id"),
        ("ids[]=1&ids[]=x", "ids[]"),
        ("$test_id=1", "$test_id"),
        ("public_id=a&$select=name", "$select"),
    ],
)
async def test_bad_parameters_are_400_and_named(legacy, query, field):
    assert refused_in_the_older_shape(await legacy.get(f"/loadtests/v2/runs?{query}"), 400) == [field]


async def test_unknown_things_are_404_in_the_older_shape(legacy, test):
    for path in ("/runs/1", "/runs?test_id=1", "/nothing"):
        refused_in_the_older_shape(await legacy.get(f"/loadtests/v2{path}"), 404)
    refused_in_the_older_shape(await legacy.post("/loadtests/v2/runs/1/stop"), 404)
    refused_in_the_older_shape(await legacy.post("/loadtests/v2/tests/1/start-testrun"), 404)
    answer = await legacy.get(f"/loadtests/v2/tests/{test.id}/start-testrun")
    refused_in_the_older_shape(answer, 405)
    assert answer.headers["allow"] == "POST"


async def test_a_test_without_a_script_cannot_be_started(legacy, cloud, world):
    path = f"/projects/{world.projects[0].id}/load_tests"
    created = (await cloud.post(path, files={"name": (None, "Nothing yet")})).json()
    refused_in_the_older_shape(await legacy.post(f"/loadtests/v2/tests/{created['id']}/start-testrun"), 404)


async def test_an_uploaded_script_is_told_as_text(legacy, cloud, world):
    path = f"/projects/{world.projects[0].id}/load_tests"
    script = "export const options = { vus: 3, duration: '1m' };\nexport default function () {}\n// ü\n"
    files = {"name": (None, "Mine"), "script": ("mine.js", script.encode())}
    created = (await cloud.post(path, files=files)).json()
    run = (await legacy.post(f"/loadtests/v2/tests/{created['id']}/start-testrun")).json()["k6-run"]
    assert (run["script"], run["vus"], run["run_process"]) == (script, 3, "UI-Script to Cloud")
