"""What clients do to projects, their limits and their load zones."""

from __future__ import annotations

import pytest


async def test_a_project_is_created_renamed_and_deleted(cloud, checked, refused):
    answer = await cloud.post("/projects", json={"name": "New"})
    assert answer.status_code == 201
    project = checked(answer.json(), "project")
    path = f"/projects/{project['id']}"
    limits = (await cloud.get(f"{path}/limits")).json()
    assert set(limits.values()) == {project["id"], None}
    refused(await cloud.post("/projects", json={"name": "New"}), 409)
    assert (await cloud.patch(path, json={"name": "Newer"})).status_code == 204
    refused(await cloud.patch(path, json={"name": "Storefront"}), 409)
    assert (await cloud.get(path)).json()["name"] == "Newer"
    assert (await cloud.delete(path)).status_code == 204
    refused(await cloud.get(path), 404)


@pytest.mark.parametrize("name", ["", "x" * 256, None, 1])
async def test_names_that_are_not_right_are_400(cloud, world, refused, name):
    assert refused(await cloud.post("/projects", json={"name": name}), 400) == "name"
    assert refused(await cloud.patch(f"/projects/{world.projects[1].id}", json={"name": name}), 400) == "name"


async def test_bodies_must_say_that_they_are_json(cloud, refused):
    refused(await cloud.post("/projects", content=b'{"name": "New"}'), 400)
    refused(await cloud.post("/projects", content=b"{", headers={"Content-Type": "application/json"}), 400)
    refused(await cloud.post("/projects", json={"name": "New", "owner": "me"}), 400)


async def test_a_deleted_project_takes_everything_along(cloud, world, clock, refused):
    project = world.projects[1]
    tests = world.tests_of(project.id)
    await cloud.post(f"/load_tests/{tests[0].id}/start")
    refused(await cloud.delete(f"/projects/{project.id}"), 409)
    for _ in range(50):
        for run in (await cloud.get("/test_runs")).json()["value"]:
            if run["project_id"] == project.id and run["ended"] is None:
                await cloud.post(f"/test_runs/{run['id']}/abort")
        clock.forward(20)
        if (await cloud.delete(f"/projects/{project.id}")).status_code == 204:
            break
    refused(await cloud.get(f"/load_tests/{tests[0].id}"), 404)
    assert project.id not in {run["project_id"] for run in (await cloud.get("/test_runs")).json()["value"]}
    assert world.schedules.of_test(tests[1].id) is None


async def test_the_default_project_stays(cloud, world, refused):
    refused(await cloud.delete(f"/projects/{world.projects[0].id}"), 403)


async def test_limits_are_changed_one_by_one(cloud, world, refused):
    path = f"/projects/{world.projects[0].id}/limits"
    before = (await cloud.get(path)).json()
    change = {"vu_max_per_test": 7, "vuh_max_per_month": None}
    assert (await cloud.patch(path, json=change)).status_code == 204
    assert (await cloud.get(path)).json() == before | change
    for wrong in ({"vu_max_per_test": 0}, {"vu_max_per_test": "7"}, {"vu_max": 7}):
        assert refused(await cloud.patch(path, json=wrong), 400) == next(iter(wrong))


async def test_private_load_zones_are_allowed_from_both_ends(cloud, world, refused):
    zone = next(zone for zone in (await cloud.get("/load_zones")).json()["value"] if not zone["public"])
    of_zone, (first, second, third, *_) = f"/load_zones/{zone['id']}/allowed_projects", world.projects
    of_project = f"/projects/{first.id}/allowed_load_zones"
    assert third.id in [project["id"] for project in (await cloud.get(of_zone)).json()["value"]]
    assert (await cloud.get(of_project)).json() == {"value": []}
    answer = await cloud.put(of_project, json={"value": [{"id": zone["id"]}]})
    assert answer.json() == (await cloud.get(of_project)).json() == {"value": [zone]}
    answer = await cloud.put(of_zone, json={"value": [{"id": second.id}]})
    assert answer.json() == {"value": [{"id": second.id, "name": second.name}]}
    assert (await cloud.get(of_project)).json() == {"value": []}
    refused(await cloud.put(of_project, json={"value": [{"id": 1}]}), 400)
    refused(await cloud.put(of_zone, json={"value": [{"id": 1}]}), 400)
    refused(await cloud.put(of_zone, json={"value": [1]}), 400)
    refused(await cloud.get("/load_zones/1/allowed_projects"), 404)
