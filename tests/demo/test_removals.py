from __future__ import annotations

from contextlib import asynccontextmanager

import httpx
import pytest

from k6desk.demo.server import create_app, serve


@pytest.fixture
def server(world):
    """`server("v2", "v5")` is a client of a server that has dropped these."""

    @asynccontextmanager
    async def start(*removed):
        app = create_app(world, token="t", legacy_token="l", removed=set(removed))
        headers = {"Authorization": "Bearer t", "X-Stack-Id": str(world.stack_id)}
        async with serve(app) as url, httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
            yield client

    return start


@pytest.fixture
def run_id(world):
    return world.run_id(world.runs(None, None)[-50])


async def test_nothing_is_removed_unless_asked_for(server, run_id, world):
    async with server() as client:
        for change in ("save", "unsave"):
            assert (await client.post(f"/cloud/v6/test_runs/{run_id}/{change}")).status_code == 204
        answer = await client.patch(f"/cloud/v6/load_tests/{world.tests[0].id}", json={"baseline_test_run_id": None})
        assert answer.status_code == 204
        assert (await client.get("/cloud/v5/projects")).status_code == 200
        assert (await client.get(f"/loadtests/v2/runs/{run_id}")).status_code == 200


async def test_saving_and_unsaving_are_removed_like_paths_that_nobody_serves(server, refused, run_id):
    async with server("save") as client:
        saved = await client.post(f"/cloud/v6/test_runs/{run_id}/save")
        refused(saved, 404)
        assert saved.json() == (await client.post("/cloud/v6/nothing")).json()
        assert (await client.post(f"/cloud/v6/test_runs/{run_id}/unsave")).status_code == 204
        assert (await client.post(f"/cloud/v6/test_runs/{run_id}/star")).status_code == 204
    async with server("unsave") as client:
        refused(await client.post(f"/cloud/v6/test_runs/{run_id}/unsave"), 404)


async def test_a_removed_baseline_is_gone_and_the_name_can_be_changed(server, refused, world):
    test = world.tests[0]
    path = f"/cloud/v6/load_tests/{test.id}"
    async with server("baseline") as client:
        for body in ({"baseline_test_run_id": None}, {"name": "New", "baseline_test_run_id": 1}):
            assert refused(await client.patch(path, json=body), 410) == "baseline_test_run_id"
        assert (await client.get(path)).json()["name"] == test.name
        assert (await client.patch(path, json={"name": "Renamed " + "x" * 200})).status_code == 204
        assert (await client.get(path)).json()["name"] == "Renamed " + "x" * 200
        for body in (b"{", b"[]", b"\xff"):
            refused(await client.patch(path, content=body), 400)


async def test_a_removed_v2_is_gone_and_a_removed_v5_is_not_found(server, refused, run_id, world):
    test_id = world.tests[0].id
    async with server("v2") as client:
        for method, path in (("GET", f"runs/{run_id}"), ("POST", f"tests/{test_id}/start-testrun"), ("GET", "nothing")):
            answer = await client.request(method, f"/loadtests/v2/{path}")
            assert answer.status_code == 410
            assert isinstance(answer.json()["error"]["code"], int)
        assert (await client.get(f"/cloud/v5/test_runs/{run_id}")).status_code == 200
    async with server("v5") as client:
        refused(await client.get(f"/cloud/v5/test_runs/{run_id}"), 404)
        assert (await client.get(f"/loadtests/v2/runs/{run_id}")).status_code == 200


async def test_removed_thresholds_are_not_found_and_the_rest_of_v2_stays(server, run_id):
    async with server("thresholds") as client:
        assert (await client.get(f"/loadtests/v2/thresholds?test_run_id={run_id}")).status_code == 404
        assert (await client.get(f"/loadtests/v2/runs/{run_id}")).status_code == 200
    async with server() as client:
        assert (await client.get(f"/loadtests/v2/thresholds?test_run_id={run_id}")).status_code == 200


async def test_whose_token_is_wrong_does_not_learn_what_is_removed(server):
    async with server("v2", "v5") as client:
        for path in ("/cloud/v5/projects", "/loadtests/v2/runs"):
            assert (await client.get(path, headers={"Authorization": "Token wrong"})).status_code == 401
