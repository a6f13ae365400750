from __future__ import annotations

import json

import pytest

from k6desk.demo.catalogue import RAMP_TEST
from k6desk.demo.uploads import draft_of, read_script

ROW = {"id", "testrun_id", "name", "stat", "value", "calculated_value", "tainted"}


async def thresholds(client, run_id):
    answer = await client.get("/loadtests/v2/thresholds", params={"test_run_id": run_id})
    assert answer.status_code == 200, answer.text
    rows = answer.json()["k6-thresholds"]
    assert all(row.keys() == ROW and row["testrun_id"] == run_id for row in rows)
    return {(row["name"], row["stat"]): (row["value"], row["calculated_value"], row["tainted"]) for row in rows}


async def test_the_checkout_ramp_missed_its_first_threshold_only(legacy, world):
    test = next(test for test in world.tests if test.name == RAMP_TEST)
    runs = map(world.plan, reversed(world.runs_of_test(test, None, None)))
    run = next(run for run in runs if (state := world.state(run, world.now())).outcome and not state.passed)
    assert await thresholds(legacy, world.run_id(run.index)) == {
        ("http_req_duration", "p(95)<300"): (300, pytest.approx(310.27, abs=0.01), True),
        ("http_req_failed", "rate<0.05"): (0.05, pytest.approx(83 / 2980), False),
        ("checks", "rate>0.95"): (0.95, pytest.approx(4387 / 4470), False),
    }


async def test_thresholds_without_samples_and_ones_that_cannot_be_read_are_not_crossed(legacy, world, clock):
    options = {
        "vus": 3,
        "duration": "1m",
        "thresholds": {
            "http_reqs": ["count>10", "rate>=100000"],
            "http_req_duration{name:nothing}": [{"threshold": "p(95)<1", "abortOnFail": True}],
            "no_such_metric": ["avg<1"],
            "iteration_duration": ["med>1", "wrong<1", "rate<1", "count>1"],
        },
    }
    script = read_script(f"export const options = {json.dumps(options)};\n".encode())
    test = world.create_test(world.projects[0].id, draft_of("Uploaded", script), script, None)
    run = world.start(test)
    run_id = world.run_id(run.index)
    assert all(value is None and not tainted for _, value, tainted in (await thresholds(legacy, run_id)).values())
    clock.forward(3600)
    found = await thresholds(legacy, run_id)
    assert found["http_reqs", "count>10"][1] > 10
    assert found["http_reqs", "rate>=100000"][2] is True
    assert found["http_req_duration{name:nothing}", "p(95)<1"] == (1, None, False)
    assert found["no_such_metric", "avg<1"] == (1, None, False)
    assert found["iteration_duration", "med>1"][1] > 1000
    assert found["iteration_duration", "wrong<1"] == (None, None, False)
    assert found["iteration_duration", "rate<1"] == found["iteration_duration", "count>1"] == (1, None, False)


async def test_they_are_told_to_both_tokens_and_unknown_runs_have_none(cloud, legacy):
    assert await thresholds(legacy, 1) == {}
    root = str(cloud.base_url).removesuffix("/cloud/v6/")
    assert (await cloud.get(f"{root}/loadtests/v2/thresholds?test_run_id=1")).json() == {"k6-thresholds": []}
    for query in ({}, {"test_run_id": "x"}, {"test_run_id": 1, "page": 1}):
        assert (await legacy.get("/loadtests/v2/thresholds", params=query)).status_code == 400
