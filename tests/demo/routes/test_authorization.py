from __future__ import annotations

import httpx
import pytest

from k6desk.demo.server import create_app, serve


async def test_auth_turns_a_stack_url_into_ids(cloud, world):
    for url in (world.stack_url, world.stack_url + "/"):
        answer = await cloud.get("/auth", headers={"X-Stack-Url": url})
        assert answer.json() == {"stack_id": world.stack_id, "default_project_id": world.projects[0].id}


async def test_auth_refuses_other_stacks_and_none(cloud, refused):
    refused(await cloud.get("/auth", headers={"X-Stack-Url": "https://other.grafana.net"}), 403)
    refused(await cloud.get("/auth"), 403)


@pytest.mark.parametrize("authorization", ["Bearer wrong", "Token token-of-this-test", "token-of-this-test", ""])
@pytest.mark.parametrize("path", ["/auth", "/projects", "/test_runs/1", "/nothing"])
async def test_wrong_tokens_are_401_everywhere(cloud, refused, authorization, path):
    refused(await cloud.get(path, headers={"Authorization": authorization}), 401)


async def test_a_missing_token_is_401(cloud, refused):
    del cloud.headers["Authorization"]
    refused(await cloud.get("/projects"), 401)


async def test_another_stack_or_none_is_403(cloud, refused):
    for stack_id in ("1", "one", ""):
        refused(await cloud.get("/projects", headers={"X-Stack-Id": stack_id}), 403)
    del cloud.headers["X-Stack-Id"]
    refused(await cloud.get("/projects"), 403)


@pytest.mark.parametrize("scheme", ["Token", "Bearer"])
async def test_the_legacy_token_opens_the_legacy_apis_without_a_stack(legacy, world, scheme):
    headers = {"Authorization": legacy.headers["Authorization"].replace("Token", scheme)}
    assert (await legacy.get("/cloud/v5/projects", headers=headers)).status_code == 200
    path = f"/loadtests/v2/runs?test_id={world.tests[0].id}"
    assert (await legacy.get(path, headers=headers)).status_code == 200


@pytest.mark.parametrize("scheme", ["Token", "Bearer"])
async def test_v6_does_not_know_the_legacy_token(legacy, refused, world, scheme):
    headers = {
        "Authorization": legacy.headers["Authorization"].replace("Token", scheme),
        "X-Stack-Id": str(world.stack_id),
        "X-Stack-Url": world.stack_url,
    }
    for path in ("/auth", "/projects", "/test_runs", "/nothing"):
        refused(await legacy.get(f"/cloud/v6{path}", headers=headers), 401)


async def test_a_stacks_token_needs_its_stack_in_the_legacy_apis_too(cloud, refused, world):
    v5, v2 = "/cloud/v5/projects", f"/loadtests/v2/runs?test_id={world.tests[0].id}"
    for path in (v5, v2):
        assert (await cloud.get(cloud.base_url.join(path))).status_code == 200
        assert (await cloud.get(cloud.base_url.join(path), headers={"X-Stack-Id": "1"})).status_code == 403
    del cloud.headers["X-Stack-Id"]
    refused(await cloud.get(cloud.base_url.join(v5)), 403)
    answer = await cloud.get(cloud.base_url.join(v2))
    assert answer.status_code == 403
    assert isinstance(answer.json()["error"]["code"], int)


@pytest.mark.parametrize("authorization", ["Token wrong", "Basic legacy-token-of-this-test", "Token", "Token  x", ""])
async def test_wrong_tokens_are_401_in_the_legacy_apis(legacy, refused, authorization):
    headers = {"Authorization": authorization}
    refused(await legacy.get("/cloud/v5/projects", headers=headers), 401)
    answer = await legacy.get("/loadtests/v2/runs", headers=headers)
    assert answer.status_code == 401
    assert isinstance(answer.json()["error"]["code"], int)


async def test_without_a_legacy_token_none_is_accepted(world):
    async with serve(create_app(world, token="t")) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        for authorization in ("", "Token", "Token None", "Bearer t"):
            answer = await client.get("/cloud/v5/projects", headers={"Authorization": authorization})
            assert answer.status_code == (403 if authorization == "Bearer t" else 401)
