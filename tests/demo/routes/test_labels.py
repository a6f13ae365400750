from __future__ import annotations

import pytest


@pytest.fixture
def path(world):
    return f"/projects/{world.projects[0].id}/labels"


async def keys(cloud):
    return {label["key"]: label for label in (await cloud.get("/labels")).json()["value"]}


async def test_keys_are_added_changed_and_deleted(cloud, refused, path, world):
    answer = await cloud.post("/labels", json={"value": [{"key": "region", "description": "Where"}, {"key": "a/b"}]})
    assert answer.status_code == 201
    assert {label["key"] for label in answer.json()["value"]} == {"team", "tier", "environment", "region", "a/b"}
    region = (await keys(cloud))["region"]
    answer = await cloud.patch(f"/labels/{region['id']}", json={"description": None})
    assert answer.json() == region | {"description": None}
    refused(await cloud.patch(f"/labels/{region['id']}", json={"key": "team"}), 409)
    refused(await cloud.post("/labels", json={"value": [{"key": "team"}]}), 409)
    refused(await cloud.post("/labels", json={"value": [{"key": "x"}, {"key": "x"}]}), 400)
    refused(await cloud.post("/labels", json={"value": [{"key": f"k{n}"} for n in range(96)]}), 409)
    team = (await keys(cloud))["team"]
    await cloud.patch(f"/labels/{team['id']}", json={"key": "crew"})
    assert (await cloud.get(f"/projects/{world.projects[0].id}")).json()["labels"] == {"crew": "checkout", "tier": "1"}
    assert (await cloud.delete(f"/labels/{team['id']}")).status_code == 204
    assert (await cloud.get(path)).json() == {"value": [{"key": "tier", "value": "1"}]}
    refused(await cloud.delete(f"/labels/{team['id']}"), 404)


async def test_the_labels_of_a_project_are_replaced_as_a_whole(cloud, refused, path):
    team = (await keys(cloud))["team"]
    wanted = {"value": [{"key_id": team["id"], "value": "search"}, {"key": "environment", "value": "live"}]}
    answer = (await cloud.put(path, json=wanted)).json()["value"]
    assert [(label["key"], label["value"]) for label in answer] == [("team", "search"), ("environment", "live")]
    assert (await cloud.delete(f"{path}/team")).status_code == 204
    refused(await cloud.delete(f"{path}/team"), 404)
    assert (await cloud.get(path)).json() == {"value": [{"key": "environment", "value": "live"}]}
    for wrong in (
        {"key": "nobody", "value": "x"},
        {"value": "x"},
        {"key": "team", "key_id": team["id"], "value": "x"},
        {"key": "team", "value": "two words"},
        {"key": "team", "value": ""},
    ):
        refused(await cloud.put(path, json={"value": [wrong]}), 400)
    refused(await cloud.put(path, json={"value": [{"key": "team", "value": "x"}] * 2}), 400)
    assert (await cloud.put(path, json={"value": []})).json() == {"value": []}
