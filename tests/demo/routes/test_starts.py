from __future__ import annotations

import pytest

JS = b"export const options = { vus: 3, duration: '30s', thresholds: { checks: ['rate>0.9'] } };\n"


@pytest.fixture
async def test_id(cloud, world):
    path = f"/projects/{world.projects[1].id}/load_tests"
    return (await cloud.post(path, files={"name": (None, "mine"), "script": ("s", JS)})).json()["id"]


async def start(cloud, test_id, key=None):
    answer = await cloud.post(f"/load_tests/{test_id}/start", headers={"K6-Idempotency-Key": key} if key else {})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_started_run_does_what_its_script_says(cloud, test_id, checked, clock, world):
    run = await start(cloud, test_id, "key")
    assert run.pop("test_run_details_page_url") == f"{world.stack_url}/a/k6-app/runs/{run['id']}"
    assert checked(run, "run")["status"] == "created"
    assert (run["started_by"], run["max_vus"], run["estimated_duration"]) == (world.user, 3, 30)
    assert run["options"]["thresholds"] == {"checks": ["rate>0.9"]}
    seen = []
    while run["ended"] is None:
        seen.append(run["status"])
        clock.forward(1)
        run = (await cloud.get(f"/test_runs/{run['id']}")).json()
        assert len(seen) < 120
    assert list(dict.fromkeys(seen)) == ["created", "queued", "initializing", "running", "processing_metrics"]
    assert (run["status"], run["result"], run["execution_duration"]) == ("completed", "passed", 30)
    assert run["cost"]["total_vuh"] == pytest.approx(0.03)
    assert (await cloud.get(f"/load_tests/{test_id}/test_runs")).json()["value"] == [run]
    assert (await cloud.get("/test_runs")).json()["value"][-1]["id"] >= 0


async def test_a_key_gives_the_same_run_for_ten_minutes(cloud, test_id, clock, world):
    first = await start(cloud, test_id, "k")
    clock.forward(599)
    assert (await start(cloud, test_id, "k"))["id"] == first["id"]
    assert (await start(cloud, test_id, "l"))["id"] != first["id"]
    assert (await start(cloud, world.tests[0].id, "k"))["id"] != first["id"]
    clock.forward(1)
    assert (await start(cloud, test_id, "k"))["id"] != first["id"]
    assert (await start(cloud, test_id))["id"] != (await start(cloud, test_id))["id"]


async def test_a_run_keeps_the_script_that_it_was_started_with(cloud, test_id):
    run = await start(cloud, test_id)
    octets = {"Content-Type": "application/octet-stream"}
    await cloud.put(f"/load_tests/{test_id}/script", content=b"// new", headers=octets)
    assert (await cloud.get(f"/test_runs/{run['id']}/script")).content == JS
    assert (await start(cloud, test_id))["options"] == {}


async def test_a_run_over_the_limits_is_aborted_by_the_validation(cloud, test_id, clock, world):
    await cloud.patch(f"/projects/{world.projects[1].id}/limits", json={"vu_max_per_test": 2})
    run = await start(cloud, test_id)
    clock.forward(60)
    run = (await cloud.get(f"/test_runs/{run['id']}")).json()
    assert (run["status"], run["result"], run["cost"]) == ("aborted", "error", None)
    assert "3 virtual users" in run["result_details"]["message"]


async def test_every_test_of_the_world_may_be_started(cloud, world):
    for test in world.tests:
        options = (await start(cloud, test.id))["options"]
        answer = await cloud.post("/validate_options", json={"options": options})
        assert answer.status_code == 200, answer.text


async def test_the_estimate_is_what_the_options_need(cloud, world):
    body = {"options": {"vus": 60, "duration": "1h"}, "project_id": world.projects[2].id}
    answer = (await cloud.post("/validate_options", json=body)).json()
    assert (answer["vuh_usage"], answer["breakdown"]["reduction_rate_breakdown"]) == (60, None)
    answer = (await cloud.post("/validate_options", json=body | {"is_local_execution": True})).json()
    assert (answer["vuh_usage"], answer["breakdown"]["reduction_rate"]) == (45, 25)


@pytest.mark.parametrize(
    ("options", "target"),
    [
        ({"stages": [{"duration": "1m", "target": 2000}]}, "options.vus"),
        ({"vus": 1, "duration": "3h"}, "options.duration"),
        ({"cloud": {"distribution": {"a": {"loadZone": "nowhere", "percent": 100}}}}, "options.cloud.distribution"),
        (
            {"cloud": {"distribution": {"a": {"loadZone": "quickpizza-onprem-plz", "percent": 100}}}},
            "options.cloud.distribution",
        ),
        ({"vus": "many", "duration": "1m"}, "options.scenarios.default.vus"),
        ({"cloud": {"projectID": 1}}, "options.cloud.projectID"),
    ],
)
async def test_options_that_cannot_run_are_validation_errors_with_targets(cloud, refused, options, target):
    answer = await cloud.post("/validate_options", json={"options": options})
    refused(answer, 400)
    assert answer.json()["error"]["code"] == "validation_error"
    assert target in [detail["target"] for detail in answer.json()["error"]["details"]]
