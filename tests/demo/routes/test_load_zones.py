from __future__ import annotations


async def test_load_zones_are_public_or_private(cloud, checked):
    zones = [checked(zone, "load zone") for zone in (await cloud.get("/load_zones")).json()["value"]]
    assert {zone["public"] for zone in zones} == {True, False}
    assert any(" " in zone["k6_load_zone_id"] for zone in zones)
    assert not all(zone["available"] for zone in zones)


async def test_one_load_zone_is_found_by_its_k6_name(cloud):
    answer = await cloud.get("/load_zones", params={"k6_load_zone_id": "amazon:sa:cape town"})
    assert [zone["name"] for zone in answer.json()["value"]] == ["Africa (Cape Town)"]


async def test_this_list_has_no_pages(cloud, refused):
    assert refused(await cloud.get("/load_zones?$top=1"), 400) == "$top"
