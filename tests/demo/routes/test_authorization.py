from __future__ import annotations

import pytest


async def test_auth_turns_a_stack_url_into_ids(cloud, world):
    for url in (world.stack_url, world.stack_url + "/"):
        answer = await cloud.get("/auth", headers={"X-Stack-Url": url})
        assert answer.json() == {"stack_id": world.stack_id, "default_project_id": world.projects[0].id}


async def test_auth_refuses_other_stacks_and_none(cloud, refused):
    refused(await cloud.get("/auth", headers={"X-Stack-Url": "https://other.grafana.net"}), 403)
    assert refused(await cloud.get("/auth"), 400) == "X-Stack-Url"


@pytest.mark.parametrize("authorization", ["Bearer wrong", "Token token-of-this-test", "token-of-this-test", ""])
@pytest.mark.parametrize("path", ["/auth", "/projects", "/test_runs/1", "/nothing"])
async def test_wrong_tokens_are_401_everywhere(cloud, refused, authorization, path):
    refused(await cloud.get(path, headers={"Authorization": authorization}), 401)


async def test_a_missing_token_is_401(cloud, refused):
    del cloud.headers["Authorization"]
    refused(await cloud.get("/projects"), 401)


async def test_another_stack_is_403_and_none_is_400(cloud, refused):
    refused(await cloud.get("/projects", headers={"X-Stack-Id": "1"}), 403)
    assert refused(await cloud.get("/projects", headers={"X-Stack-Id": "one"}), 400) == "X-Stack-Id"
    del cloud.headers["X-Stack-Id"]
    assert refused(await cloud.get("/projects"), 400) == "X-Stack-Id"
