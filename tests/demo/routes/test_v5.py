from __future__ import annotations

from datetime import datetime

import pytest

PROJECT = {"created", "id", "is_default", "name", "organization_id", "updated"}
TEST = {"created", "id", "name", "project_id", "project_name", "updated"}
RUN = {
    "config",
    "created",
    "delete_status",
    "deleted",
    "duration",
    "ended",
    "error_code",
    "error_detail",
    "id",
    "is_baseline",
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
    "vus",
}


async def ask(legacy, path, **query):
    answer = await legacy.get(f"/cloud/v5{path}", params={f"${name}": value for name, value in query.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def rows(legacy, path, **query):
    return (await ask(legacy, path, **query))["value"]


async def every_run(legacy, world, **query):
    return [run for test in world.tests for run in await rows(legacy, f"/load_tests/{test.id}/test_runs", **query)]


@pytest.fixture
def busiest(world):
    return max(world.tests, key=lambda test: len(world.runs_of_test(test, None, None)))


async def test_projects_and_tests_are_those_of_v6_in_the_older_shape(legacy, cloud):
    projects = await rows(legacy, "/projects")
    known = (await cloud.get("/projects")).json()["value"]
    assert [(one["id"], one["name"]) for one in projects] == [(one["id"], one["name"]) for one in known]
    for project in projects:
        assert project.keys() == PROJECT
        tests = await rows(legacy, f"/projects/{project['id']}/load_tests")
        known = (await cloud.get(f"/projects/{project['id']}/load_tests")).json()["value"]
        assert [(one["id"], one["name"]) for one in tests] == [(one["id"], one["name"]) for one in known]
        for test in tests:
            assert test.keys() == TEST
            assert (test["project_id"], test["project_name"]) == (project["id"], project["name"])
            assert await ask(legacy, f"/load_tests/{test['id']}") == test


async def test_runs_have_the_documented_members(legacy, busiest):
    runs = await rows(legacy, f"/load_tests/{busiest.id}/test_runs")
    for run in runs:
        assert run.keys() == RUN
        assert run["config"].keys() == {"agent_access_token", "archive"}
        for name in ("created", "started", "ended"):
            assert run[name] is None or datetime.strptime(run[name], "%Y-%m-%dT%H:%M:%S.%fZ")
    assert await ask(legacy, f"/test_runs/{runs[0]['id']}") == runs[0]


async def test_statuses_are_the_numbers_of_the_words_that_v6_has(legacy, cloud, world):
    v6 = {run["id"]: run for run in (await cloud.get("/test_runs")).json()["value"]}
    old = await every_run(legacy, world)
    assert {run["id"] for run in old} == v6.keys()
    numbers = {"created": -2, "queued": 0, "initializing": 1, "running": 2, "processing_metrics": 3, "completed": 3}
    for run in old:
        new = v6[run["id"]]
        assert (run["test_id"], run["project_id"], run["note"]) == (new["test_id"], new["project_id"], new["note"])
        assert (run["ended"] is None) == (new["status"] in ("created", "queued", "initializing", "running"))
        if new["status"] == "aborted":
            assert run["run_status"] in (4, 5, 6, 7, 8, 9)
            assert (run["run_status"] == 5) == (run["stopped_by_id"] is not None)
        else:
            assert run["run_status"] == numbers[new["status"]]
        if new["result"] in ("passed", "failed"):
            assert run["result_status"] == ("passed", "failed").index(new["result"])
            assert run["error_code"] is None
        if new["status"] in ("running", "processing_metrics"):
            assert (run["processing_status"], run["result_status"]) == (1, 0)
        if new["status"] == "completed":
            assert run["processing_status"] == 2
        if run["started"] is None:
            assert run["processing_status"] == 0
        if new["result"] == "error" and run["run_status"] != 5:
            assert run["error_detail"] == new["result_details"]["message"]
    assert {run["run_status"] for run in old} >= {2, 3, 4, 5, 6, 7, 8, 9}
    assert {run["processing_status"] for run in old} == {0, 1, 2, 3}


async def test_scripts_are_text_unless_they_are_archives(legacy, cloud, world):
    seen = set()
    for test in world.tests:
        for run in await rows(legacy, f"/load_tests/{test.id}/test_runs", top="1"):
            script = await cloud.get(f"/test_runs/{run['id']}/script")
            seen.add(plain := script.headers["content-type"].startswith("text/javascript"))
            assert run["script"] == (script.text if plain else "")
    assert seen == {True, False}


async def test_there_is_a_secret_that_must_not_leak_in_every_run(legacy, world):
    secrets = [run["config"]["agent_access_token"] for run in await every_run(legacy, world, select="config")]
    assert len(set(secrets)) == len(secrets)
    assert all("nobody-should-see" in secret for secret in secrets)


async def test_the_count_is_a_text_and_pages_add_up(legacy, busiest):
    path = f"/load_tests/{busiest.id}/test_runs"
    whole = await rows(legacy, path, orderby="created desc", select="id,created")
    assert whole == sorted(whole, key=lambda run: run["created"], reverse=True)
    query = {"orderby": "created desc", "select": "id,created", "filter": "id gt 0"}
    answer = await ask(legacy, path, **query, count="true", top="7")
    seen = answer["value"]
    while "@nextLink" in answer:
        answer = (await legacy.get(answer["@nextLink"])).json()
        assert answer["@count"] == str(len(whole))
        seen += answer["value"]
    assert seen == whole


async def test_the_documented_filters_find_what_they_say(legacy, cloud, world, busiest):
    project = world.projects[0]
    tests = await rows(legacy, f"/projects/{project.id}/load_tests")
    named = await rows(legacy, f"/projects/{project.id}/load_tests", filter="contains(name,'API')")
    assert named == [test for test in tests if "API" in test["name"]] != []
    runs = await every_run(legacy, world)
    assert await every_run(legacy, world, filter="run_status eq 5") == [run for run in runs if run["run_status"] == 5]
    half = runs[300]["created"]
    found = await every_run(legacy, world, filter=f"(run_status gt 3 or result_status eq 1) and created lt {half}")
    assert found == [
        run for run in runs if (run["run_status"] > 3 or run["result_status"] == 1) and run["created"] < half
    ]
    unfinished = await every_run(legacy, world, filter="ended eq null", select="ended")
    assert unfinished
    assert all(run == {"ended": None} for run in unfinished)


async def test_several_orders_apply_one_after_the_other(legacy, busiest):
    runs = await rows(legacy, f"/load_tests/{busiest.id}/test_runs", orderby="run_status desc, user_id, id desc")
    keys = [(-run["run_status"], run["user_id"] is not None, run["user_id"] or 0, -run["id"]) for run in runs]
    assert keys == sorted(keys)
    assert len({run["run_status"] for run in runs}) > 1


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("$filter=run_status eq 5 and", "$filter"),
        ("$filter=name eq 'x'", "$filter"),
        ("$select=id,name", "$select"),
        ("$orderby=config", "$orderby"),
        ("$orderby=name", "$orderby"),
        ("$top=1001", "$top"),
        ("name=x", "name"),
    ],
)
async def test_bad_parameters_are_400_and_named(legacy, refused, busiest, query, target):
    assert refused(await legacy.get(f"/cloud/v5/load_tests/{busiest.id}/test_runs?{query}"), 400) == target


async def test_one_thing_takes_select_only(legacy, refused, busiest):
    path = f"/load_tests/{busiest.id}"
    assert await ask(legacy, path, select="name,id") == {"id": busiest.id, "name": busiest.name}
    assert refused(await legacy.get(f"/cloud/v5{path}?$filter=id eq 1"), 400) == "$filter"


async def test_unknown_things_are_404_and_nothing_can_be_written(legacy, refused, busiest):
    for path in ("/projects/1/load_tests", "/load_tests/1", "/load_tests/1/test_runs", "/test_runs/1", "/schedules"):
        refused(await legacy.get(f"/cloud/v5{path}"), 404)
    refused(await legacy.delete(f"/cloud/v5/load_tests/{busiest.id}"), 405)
