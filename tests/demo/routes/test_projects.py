from __future__ import annotations

import pytest


async def names(cloud, **query):
    return [project["name"] for project in (await cloud.get("/projects", params=query)).json()["value"]]


async def test_projects_have_the_documented_members(cloud, checked, world):
    answer = (await cloud.get("/projects", params={"$count": "true"})).json()
    assert answer.keys() == {"value", "@count"}
    assert answer["@count"] == len(answer["value"]) == len(world.projects)
    for project in answer["value"]:
        checked(project, "project")
        assert (await cloud.get(f"/projects/{project['id']}")).json() == project
    assert [project["is_default"] for project in answer["value"]].count(True) == 1
    assert all(project["id"] < 2**31 for project in answer["value"]), "old k6 CLIs read no larger ones"


async def test_projects_are_found_by_exact_name_and_by_part_of_it(cloud):
    assert await names(cloud, name="Storefront") == ["Storefront"]
    assert await names(cloud, name="store") == []
    assert await names(cloud, name_search="STORE") == ["Storefront"]


async def test_projects_are_ordered_by_several_fields(cloud):
    ascending = await names(cloud, **{"$orderby": "name"})
    assert ascending == sorted(ascending, key=str.casefold)
    assert await names(cloud, **{"$orderby": "name desc,created"}) == ascending[::-1]


async def test_limits_come_alone_and_for_all(cloud, checked, world):
    answer = (await cloud.get("/project-limits")).json()["value"]
    for limits in answer:
        checked(limits, "limits")
        assert (await cloud.get(f"/projects/{limits['project_id']}/limits")).json() == limits
    assert any(limits["vuh_max_per_month"] is None for limits in answer)
    some = [project.id for project in world.projects[1:3]]
    answer = await cloud.get("/project-limits", params={"project_id_in": ",".join(map(str, some))})
    assert [limits["project_id"] for limits in answer.json()["value"]] == some


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/projects?$orderby=id", "$orderby"),
        ("/projects?$orderby=name+down", "$orderby"),
        ("/projects?$top=1001", "$top"),
        ("/projects?$top=many", "$top"),
        ("/projects?$skip=-1", "$skip"),
        ("/projects?$count=yes", "$count"),
        ("/projects?$filter=1", "$filter"),
        ("/projects?name=a&name=b", "name"),
        (f"/projects?name={'x' * 256}", "name"),
        ("/project-limits?project_id_in=1,x", "project_id_in"),
        (f"/project-limits?project_id_in={','.join(['1'] * 31)}", "project_id_in"),
    ],
)
async def test_bad_parameters_are_400_and_named(cloud, refused, path, target):
    assert refused(await cloud.get(path), 400) == target


async def test_unknown_projects_are_404(cloud, refused):
    for path in ("/projects/1", "/projects/1/limits", "/projects/1/load_tests"):
        refused(await cloud.get(path), 404)
