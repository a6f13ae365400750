from __future__ import annotations

import pytest


async def test_load_tests_have_the_documented_members_and_times_that_go_can_read(cloud, checked):
    answer = (await cloud.get("/load_tests", params={"$count": "1"})).json()
    assert answer["@count"] == len(answer["value"]) == 40
    for test in answer["value"]:
        checked(test, "load test")
        assert test["created"].endswith("Z")
        assert test["updated"].endswith("Z")
    test = answer["value"][3]
    assert (await cloud.get(f"/load_tests/{test['id']}")).json() == test
    assert any(test["id"] > 2**53 for test in answer["value"])


async def test_the_tests_of_all_projects_are_all_tests(cloud, world):
    of_projects = []
    for project in world.projects:
        tests = (await cloud.get(f"/projects/{project.id}/load_tests")).json()["value"]
        assert {test["project_id"] for test in tests} == {project.id}
        of_projects += tests
    assert of_projects == (await cloud.get("/load_tests")).json()["value"]


@pytest.mark.parametrize("field", ["id", "project_id", "created", "updated"])
async def test_load_tests_are_ordered_by_every_documented_field(cloud, field):
    for direction, reverse in (("", False), (" desc", True)):
        answer = await cloud.get("/load_tests", params={"$orderby": field + direction})
        values = [test[field] for test in answer.json()["value"]]
        assert values == sorted(values, reverse=reverse)


async def test_pages_follow_each_other_by_their_links(cloud):
    answer = (await cloud.get("/load_tests", params={"$orderby": "name desc", "$top": "15"})).json()
    seen = [test["id"] for test in answer["value"]]
    while "@nextLink" in answer:
        assert answer["@nextLink"].startswith("http://127.0.0.1:")
        answer = (await cloud.get(answer["@nextLink"])).json()
        seen += [test["id"] for test in answer["value"]]
    whole = (await cloud.get("/load_tests", params={"$orderby": "name desc"})).json()["value"]
    assert seen == [test["id"] for test in whole]


async def test_load_tests_are_found_by_exact_name(cloud):
    answer = await cloud.get("/load_tests", params={"name": "アプリ起動 スモークテスト"})
    assert len(answer.json()["value"]) == 1
    assert (await cloud.get("/load_tests", params={"name": "Checkout"})).json() == {"value": []}


async def test_scripts_are_javascript_or_archives(cloud, world):
    types = set()
    for test in world.tests:
        answer = await cloud.get(f"/load_tests/{test.id}/script")
        kind = answer.headers["content-type"].partition(";")[0]
        types.add(kind)
        assert (answer.content[257:262] == b"ustar") == (kind == "application/x-tar")
    assert types == {"text/javascript", "application/x-tar"}


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("text/*", 200),
        ("application/x-tar, text/javascript;q=0.5", 200),
        ("application/x-tar", 406),
        ("text/javascript;q=0, application/json", 406),
    ],
)
async def test_scripts_honour_the_accept_header(cloud, world, refused, accept, status):
    test = next(test for test in world.tests if test.draft.shape == "script")
    answer = await cloud.get(f"/load_tests/{test.id}/script", headers={"Accept": accept})
    assert answer.status_code == status
    if status == 406:
        refused(answer, 406)


async def test_unknown_load_tests_are_404(cloud, refused):
    for path in ("/load_tests/1", "/load_tests/1/script", "/load_tests/1/test_runs"):
        refused(await cloud.get(path), 404)


async def test_orders_that_are_not_documented_are_400(cloud, refused):
    assert refused(await cloud.get("/load_tests?$orderby=baseline_test_run_id"), 400) == "$orderby"
