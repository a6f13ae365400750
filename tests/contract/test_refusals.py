"""What the demo cloud refuses, it refuses with a documented status and in the documented shape."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from k6desk.demo.world import World
from tests.contract.conftest import TOKEN
from tests.contract.description import Recorder, check_answer, needed, operations, query_of

pytestmark = needed

UNKNOWN = "987654321"
SCRIPT = b"export default () => {};"
BODIES: dict[str, dict[str, Any]] = {
    "load_tests_script_update": {"content": SCRIPT},
    "projects_load_tests_create": {"data": {"name": "n"}, "files": {"script": SCRIPT}},
}


@pytest.fixture
async def client(url: str, world: World) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Stack-Id": str(world.stack_id), "X-Stack-Url": world.stack_url}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def refused(client: httpx.AsyncClient, recorder: Recorder):
    """`await refused(status, method, path, …)` sends a request that gets this status."""

    async def ask(status: int, method: str, path: str, **sent: Any) -> None:
        answer = await client.request(method, re.sub(r"{\w+}", UNKNOWN, path), **sent)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
        assert answer.json()["error"]["message"]
        check_answer(recorder.exchanges[-1])

    return ask


def body_of(operation: dict[str, Any]) -> dict[str, Any]:
    """A body that is as described, so that it is not what is refused."""
    if "requestBody" not in operation or operation["operationId"] in BODIES:
        return BODIES.get(operation["operationId"], {})
    media = operation["requestBody"]["content"]["application/json"]
    return {"json": next(iter(media["examples"].values()))["value"]}


def existing(world: World, path: str) -> str:
    """The path with the id of something that is there; the world tells those of projects, tests and zones."""
    private = next(zone.id for zone in world.load_zones if not zone.zone.startswith("amazon:"))
    known = {"projects": world.projects[0].id, "load_tests": world.tests[0].id, "load_zones": private}
    return re.sub(r"{(project_)?id}", str(known.get(path.split("/")[3], UNKNOWN)), path)


async def test_without_a_token_everything_is_401(client, refused):
    del client.headers["Authorization"]
    for method, path, operation in operations():
        await refused(401, method, path, **body_of(operation))


@pytest.mark.parametrize("stack_id", ["1", "", "one"])
async def test_in_another_stack_and_in_none_everything_is_403(client, refused, stack_id):
    client.headers.update({"X-Stack-Id": stack_id, "X-Stack-Url": "https://another.grafana.net"})
    for method, path, operation in operations():
        await refused(403, method, path, **body_of(operation))


async def test_what_is_not_there_is_404(refused):
    for method, path, operation in operations():
        if "{" in path:
            await refused(404, method, path, **body_of(operation))


async def test_a_body_that_is_not_json_is_400(refused, world):
    for method, path, operation in operations():
        kinds = operation.get("requestBody", {"content": {}})["content"]
        there = existing(world, path)
        if "application/json" in kinds and UNKNOWN not in there:
            await refused(400, method, there, content=b'{"', headers={"Content-Type": "application/json"})


async def test_a_page_that_is_too_large_is_400(refused, world):
    for method, path, operation in operations():
        if "$top" in query_of(operation):
            await refused(400, method, existing(world, path), params={"$top": 1001})


async def test_a_parameter_that_is_not_described_is_400_where_that_is_described(refused, world):
    for method, path, operation in operations():
        if method == "GET" and "400" in operation["responses"]:
            await refused(400, method, existing(world, path), params={"project": 1})


async def test_a_script_that_cannot_be_had_as_asked_for_is_406(refused, world):
    await refused(406, "GET", f"/cloud/v6/load_tests/{world.tests[0].id}/script", headers={"Accept": "image/png"})
