from __future__ import annotations

import pytest


async def rows(cloud, path="/test_runs", **query):
    answer = await cloud.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["value"]


async def live(cloud, status="running"):
    return next(run for run in reversed(await rows(cloud)) if run["status"] == status)


@pytest.fixture
def busiest(world):
    return max(world.tests, key=lambda test: len(world.runs_of_test(test, None, None)))


async def test_runs_have_the_documented_members_oldest_first(cloud, checked):
    answer = (await cloud.get("/test_runs", params={"$count": "true"})).json()
    runs = [checked(run, "run") for run in answer["value"]]
    assert answer["@count"] == len(runs)
    assert "@nextLink" not in answer
    assert runs[0]["created"] < runs[-1]["created"]
    assert runs[0]["created"].startswith("2024")
    for run in runs[::50]:
        assert (await cloud.get(f"/test_runs/{run['id']}")).json() == run


@pytest.mark.parametrize("top", [1, 7, 250, 1000])
async def test_pages_add_up_to_the_whole_list(cloud, top):
    whole = [run["id"] for run in await rows(cloud)][-700:]
    skip = len(await rows(cloud)) - len(whole[-3 * top :])
    answer = (await cloud.get("/test_runs", params={"$top": str(top), "$skip": str(skip)})).json()
    seen = [run["id"] for run in answer["value"]]
    while "@nextLink" in answer:
        answer = (await cloud.get(answer["@nextLink"])).json()
        assert len(answer["value"]) <= top
        seen += [run["id"] for run in answer["value"]]
    assert seen == whole[-3 * top :]


async def test_next_links_keep_the_filters(cloud):
    middle = (await rows(cloud))[300]["created"]
    query = {"created_after": middle, "$top": "2", "$count": "true"}
    first = (await cloud.get("/test_runs", params=query)).json()
    second = (await cloud.get(first["@nextLink"])).json()
    assert second["@count"] == first["@count"] == len(await rows(cloud)) - 300
    assert second["value"] == (await rows(cloud))[302:304]


async def test_nothing_is_an_empty_page_with_the_count(cloud, world):
    answer = (await cloud.get("/test_runs?$top=0&$count=true")).json()
    assert answer == {"value": [], "@count": len(world.runs(None, None))}
    assert (await cloud.get("/test_runs?$skip=100000")).json() == {"value": []}


async def test_created_after_includes_and_created_before_excludes(cloud):
    runs = await rows(cloud)
    low, high = runs[100]["created"], runs[110]["created"]
    found = await rows(cloud, created_after=low, created_before=high)
    assert [run["id"] for run in found] == [run["id"] for run in runs[100:110]]
    assert [run["id"] for run in await rows(cloud, created_after=runs[-1]["created"])] == [runs[-1]["id"]]
    with_offset = low.removesuffix("Z") + "+00:00"
    assert await rows(cloud, created_after=with_offset, created_before=high) == found


async def test_runs_of_a_test_can_be_turned_round_and_narrowed(cloud, busiest):
    path = f"/load_tests/{busiest.id}/test_runs"
    runs = await rows(cloud, path)
    assert {run["test_id"] for run in runs} == {busiest.id}
    assert await rows(cloud, path, **{"$orderby": "created desc"}) == runs[::-1]
    assert await rows(cloud, path, created_after=runs[2]["created"], created_before=runs[5]["created"]) == runs[2:5]
    starred, others = await rows(cloud, path, is_starred="1"), await rows(cloud, path, is_starred="false")
    assert all(run["is_starred"] for run in starred)
    assert not any(run["is_starred"] for run in others)
    assert len(starred) + len(others) == len(runs)


@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("$orderby=created", "$orderby"),
        ("is_starred=true", "is_starred"),
        ("status=running", "status"),
        ("$top=1001", "$top"),
        ("created_after=yesterday", "created_after"),
        ("created_before=", "created_before"),
        ("created_after=2026-01-01T00:00:00+00:00", "created_after"),
    ],
)
async def test_bad_parameters_are_400_and_named(cloud, refused, query, target):
    assert refused(await cloud.get(f"/test_runs?{query}"), 400) == target


async def test_bad_parameters_of_a_tests_runs_are_400(cloud, refused, busiest):
    path = f"/load_tests/{busiest.id}/test_runs"
    assert refused(await cloud.get(f"{path}?$orderby=id"), 400) == "$orderby"
    assert refused(await cloud.get(f"{path}?is_starred=maybe"), 400) == "is_starred"


async def test_unknown_runs_are_404(cloud, refused):
    refused(await cloud.get("/test_runs/1"), 404)
    refused(await cloud.patch("/test_runs/1", json={"note": ""}), 404)
    refused(await cloud.post("/test_runs/1/abort"), 404)
    for part in ("distribution", "script"):
        refused(await cloud.get(f"/test_runs/1/{part}"), 404)


async def test_notes_are_kept_and_listed(cloud):
    for run in ((await rows(cloud))[-100], await live(cloud)):
        note = "first line\nzweite Zeile 🍕 <b>"
        answer = await cloud.patch(f"/test_runs/{run['id']}", json={"note": note})
        assert (answer.status_code, answer.content) == (204, b"")
        listed = next(item for item in await rows(cloud) if item["id"] == run["id"])
        assert listed == run | {"note": note}
        await cloud.patch(f"/test_runs/{run['id']}", json={"note": ""})
        assert (await cloud.get(f"/test_runs/{run['id']}")).json()["note"] == ""


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"note": null}', b'{"note": "a", "starred": true}', b'{"note": "\xff"}']
)
async def test_bad_bodies_are_400(cloud, refused, body):
    run = (await rows(cloud))[-100]
    refused(await cloud.patch(f"/test_runs/{run['id']}", content=body), 400)
    assert (await cloud.get(f"/test_runs/{run['id']}")).json()["note"] == run["note"]


async def test_aborting_ends_a_run_soon_in_the_users_name(cloud, clock, world, refused):
    run = await live(cloud)
    assert (await cloud.post(f"/test_runs/{run['id']}/abort")).status_code == 204
    assert (await cloud.get(f"/test_runs/{run['id']}")).json()["status"] == "running"
    clock.forward(3)
    for after in (
        (await cloud.get(f"/test_runs/{run['id']}")).json(),
        next(item for item in await rows(cloud) if item["id"] == run["id"]),
    ):
        assert (after["status"], after["result"]) == ("aborted", "error")
        assert after["status_details"]["extra"]["by_user"] == world.user
        assert float(after["cost"]["total_vuh"]) < float(run["cost"]["total_vuh"])
    refused(await cloud.post(f"/test_runs/{run['id']}/abort"), 409)


async def test_distribution_lists_the_machines_of_every_zone(cloud):
    run = next(run for run in reversed(await rows(cloud)) if run["distribution"] and len(run["distribution"]) == 4)
    answer = (await cloud.get(f"/test_runs/{run['id']}/distribution")).json()["distribution"]
    assert {zone: part["percentage"] for zone, part in answer.items()} == {
        zone["load_zone"]: zone["percent"] for zone in run["distribution"]
    }
    for part in answer.values():
        assert part["nodes"]
        assert all(node.keys() == {"size", "public_ip"} for node in part["nodes"])


async def test_there_is_no_distribution_before_a_start_nor_for_local_runs(cloud, refused):
    runs = await rows(cloud)
    local = next(run for run in runs if run["distribution"] is None and run["options"])
    refused(await cloud.get(f"/test_runs/{local['id']}/distribution"), 404)
    rejected = next(run for run in runs if run["options"] is None)
    refused(await cloud.get(f"/test_runs/{rejected['id']}/distribution"), 404)


async def test_the_script_of_a_run_is_the_frozen_one(cloud, world):
    test = next(test for test in world.tests if test.name == "Home page smoke")
    runs = await rows(cloud, f"/load_tests/{test.id}/test_runs")
    today = (await cloud.get(f"/load_tests/{test.id}/script")).content
    frozen = [(await cloud.get(f"/test_runs/{run['id']}/script")).content for run in (runs[0], runs[-1])]
    assert frozen[0] != today == frozen[1]


async def test_runs_advance_and_new_ones_begin_by_themselves(cloud, clock):
    before = await rows(cloud)
    clock.forward(3600)
    after = {run["id"]: run for run in await rows(cloud)}
    assert len(after) > len(before) + 10
    moved = [run for run in before if run["ended"] is None and after[run["id"]]["ended"] is not None]
    assert moved
    assert all(after[run["id"]] == run for run in before if run["ended"] is not None)
