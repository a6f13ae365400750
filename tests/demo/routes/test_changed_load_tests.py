"""What clients do to load tests."""

from __future__ import annotations

import io
import json
import tarfile

import pytest

JS = b"export const options = { vus: 3, duration: '30s' };\nexport default function () {}\n"


def tar_of(options) -> bytes:
    stored = io.BytesIO()
    with tarfile.open(fileobj=stored, mode="w") as tar:
        content = json.dumps({"options": options}).encode()
        info = tarfile.TarInfo("metadata.json")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return stored.getvalue()


@pytest.fixture
def create(cloud, world):
    """`create("name", b"script")` makes a test in the second project."""

    async def create(name, script=None, project=world.projects[1]):
        files = {"name": (None, name)} | ({"script": ("x", script)} if script is not None else {})
        return await cloud.post(f"/projects/{project.id}/load_tests", files=files)

    return create


async def test_a_created_test_is_there_with_its_script(cloud, create, checked, world):
    for name, script, kind in (("js", JS, "text/javascript"), ("tar", tar_of({"vus": 2}), "application/x-tar")):
        answer = await create(name, script)
        assert answer.status_code == 201
        test = checked(answer.json(), "load test")
        assert (await cloud.get(f"/load_tests/{test['id']}")).json() == test
        listed = (await cloud.get("/load_tests", params={"name": name})).json()["value"]
        assert listed == [test]
        stored = await cloud.get(f"/load_tests/{test['id']}/script")
        assert (stored.content, stored.headers["content-type"].partition(";")[0]) == (script, kind)


async def test_an_empty_test_has_no_script_until_one_is_uploaded(cloud, create, refused, clock):
    test = (await create("empty")).json()
    path = f"/load_tests/{test['id']}"
    refused(await cloud.get(f"{path}/script"), 404)
    refused(await cloud.post(f"{path}/start"), 404)
    clock.forward(60)
    octets = {"Content-Type": "application/octet-stream"}

    async def chunks():
        yield JS[:10]
        yield JS[10:]

    assert (await cloud.put(f"{path}/script", content=chunks(), headers=octets)).status_code == 204
    assert (await cloud.get(f"{path}/script")).content == JS
    assert (await cloud.get(path)).json()["updated"] == test["updated"]
    refused(await cloud.put(f"{path}/script", content=b"", headers=octets), 400)
    refused(await cloud.put(f"{path}/script", content=JS, headers={"Content-Type": "text/javascript"}), 400)


async def test_names_are_unique_in_their_project_only(cloud, create, refused, world):
    assert (await create("twin")).status_code == 201
    refused(await create("twin"), 409)
    other = (await create("twin", project=world.projects[2])).json()
    third = (await create("third")).json()
    refused(await cloud.patch(f"/load_tests/{third['id']}", json={"name": "twin"}), 409)
    move = {"project_id": world.projects[1].id}
    refused(await cloud.put(f"/load_tests/{other['id']}/move", json=move), 409)
    assert (await cloud.patch(f"/load_tests/{other['id']}", json={"name": "alone"})).status_code == 204
    assert (await cloud.put(f"/load_tests/{other['id']}/move", json=move)).status_code == 204
    assert (await cloud.get(f"/load_tests/{other['id']}")).json()["project_id"] == world.projects[1].id


@pytest.mark.parametrize(
    ("form", "target"),
    [
        ({"script": (None, "x")}, "name"),
        ({"name": (None, "")}, "name"),
        ({"name": (None, "x" * 301)}, "name"),
        ({"name": (None, "x"), "k6_version": (None, "new")}, "k6_version"),
        ({"name": (None, "x"), "colour": (None, "red")}, "colour"),
    ],
)
async def test_forms_that_are_not_right_are_400_and_say_where(cloud, world, refused, form, target):
    path = f"/projects/{world.projects[1].id}/load_tests"
    assert refused(await cloud.post(path, files=form), 400) == target
    refused(await cloud.post(path, json={"name": "x"}), 400)
    refused(await cloud.post("/projects/1/load_tests", files={"name": (None, "x")}), 404)


@pytest.mark.parametrize(
    ("change", "target"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"baseline_test_run_id": 1}, "baseline_test_run_id"),
        ({"baseline_test_run_id": "1"}, "baseline_test_run_id"),
        ({"k6_version": 2**63}, "k6_version"),
        ({"project_id": 1}, "project_id"),
    ],
)
async def test_changes_that_are_not_right_are_400_and_change_nothing(cloud, world, refused, change, target):
    path = f"/load_tests/{world.tests[3].id}"
    before = (await cloud.get(path)).json()
    assert refused(await cloud.patch(path, json=change), 400) == target
    assert (await cloud.get(path)).json() == before


async def test_a_baseline_is_a_run_of_the_test_and_goes_with_it(cloud, world, refused):
    test = world.tests[3]
    own, other = world.runs_of_test(test, None, None)[0], world.runs_of_test(world.tests[4], None, None)[0]
    path = f"/load_tests/{test.id}"
    refused(await cloud.patch(path, json={"baseline_test_run_id": world.run_id(other)}), 400)
    for _ in range(2):
        assert (await cloud.patch(path, json={"baseline_test_run_id": world.run_id(own)})).status_code == 204
        assert (await cloud.get(path)).json()["baseline_test_run_id"] == world.run_id(own)
        assert (await cloud.patch(path, json={"baseline_test_run_id": None})).status_code == 204
        assert (await cloud.get(path)).json()["baseline_test_run_id"] is None
    await cloud.patch(path, json={"baseline_test_run_id": world.run_id(own)})
    assert (await cloud.delete(f"/test_runs/{world.run_id(own)}")).status_code == 204
    assert (await cloud.get(path)).json()["baseline_test_run_id"] is None


async def test_a_moved_test_takes_its_runs_along(cloud, world):
    test, target = world.tests[3], world.projects[4]
    runs = (await cloud.get(f"/load_tests/{test.id}/test_runs")).json()["value"]
    script = (await cloud.get(f"/load_tests/{test.id}/script")).content
    assert (await cloud.put(f"/load_tests/{test.id}/move", json={"project_id": target.id})).status_code == 204
    after = (await cloud.get(f"/load_tests/{test.id}/test_runs")).json()["value"]
    assert {run["project_id"] for run in runs} == {world.projects[0].id}
    assert [run["id"] for run in after] == [run["id"] for run in runs]
    assert {run["project_id"] for run in after} == {target.id}
    assert (await cloud.get(f"/load_tests/{test.id}/script")).content == script


async def test_a_deleted_test_takes_its_runs_and_its_schedule_along(cloud, world, clock, refused):
    test = world.tests[1]
    started = (await cloud.post(f"/load_tests/{test.id}/start")).json()
    refused(await cloud.delete(f"/load_tests/{test.id}"), 409)
    schedule = (await cloud.get(f"/load_tests/{test.id}/schedule")).json()
    while world.test(test.id):
        for index in world.runs_of_test(test, None, None)[-5:]:
            await cloud.post(f"/test_runs/{world.run_id(index)}/abort")
        clock.forward(60)
        await cloud.delete(f"/load_tests/{test.id}")
    for path in (f"/load_tests/{test.id}", f"/test_runs/{started['id']}", f"/schedules/{schedule['id']}"):
        refused(await cloud.get(path), 404)
    runs = (await cloud.get("/test_runs")).json()["value"]
    assert test.id not in {run["test_id"] for run in runs}
    clock.forward(7200)
    assert test.id not in {world.test_of_run(index).id for index in world.runs(None, None)[-100:]}
