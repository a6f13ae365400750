"""The demo cloud under requests that schemathesis makes up from the official description, right ones and wrong ones.

Nothing may be answered with a server error, nor with a status, a content type or a body that the description does not
have. Each operation gets a world of its own and the same requests every time.
"""

from __future__ import annotations

import asyncio
import json
import threading
import zlib
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from k6desk.demo.server import create_app, serve
from k6desk.demo.world import World
from tests.contract.conftest import TOKEN
from tests.contract.description import PATH, description

if not PATH.exists():
    pytest.skip("the official description is not beside this checkout", allow_module_level=True)

EXAMPLES = 8
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
LISTS = {
    "projects": "projects",
    "load_tests": "load_tests",
    "test_runs": "test_runs?created_after=2026-06-15T00:00:00Z",
    "schedules": "schedules",
    "labels": "labels",
}
"""Where the ids of existing things are, by the word before the id in a path."""
NAMED = {"project_id": "projects", "baseline_test_run_id": "test_runs", "key_id": "labels"}
"""The properties of bodies that are ids, and of what."""

schema = schemathesis.openapi.from_dict(deepcopy(description()), config=schemathesis.Config(seed=1))


class Demo:
    """A demo cloud that serves from a thread of its own, and the ids of what it has."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.headers = {
            "Authorization": f"Bearer {TOKEN}",
            "X-Stack-Id": str(world.stack_id),
            "X-Stack-Url": world.stack_url,
        }
        self.url = ""
        self.ids: dict[str, list[Any]] = {}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Demo:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def find(self) -> None:
        """Learn the ids of what there is."""
        with httpx.Client(base_url=f"{self.url}/cloud/v6/", headers=self.headers, trust_env=False) as client:
            for kind, address in LISTS.items():
                self.ids[kind] = [item["id"] for item in _rows(client, address)]
            self.ids["load_zones"] = [zone["id"] for zone in _rows(client, "load_zones") if not zone["public"]]
            self.ids["keys"] = [label["key"] for label in _rows(client, "labels")]

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with serve(create_app(self._world, token=TOKEN)) as self.url:
            self._ready.set()
            await self._stop.wait()

    def existing(self, kind: str, value: Any, draw: int) -> Any:
        """For three of four draws the id of something that exists."""
        ids = self.ids[kind]
        return ids[draw // 4 % len(ids)] if draw % 4 else value


def _rows(client: httpx.Client, address: str) -> list[dict[str, Any]]:
    return client.get(address).raise_for_status().json()["value"]


@pytest.fixture
def demo(world: World) -> Iterator[Demo]:
    with Demo(world) as demo:
        demo.find()
        yield demo


# What is made up is not made smaller when it fails: the world would not be the same any more.
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_is_answered_as_described(demo: Demo, case: schemathesis.Case):
    sent = [part for part in (case.path_parameters, case.query, case.body) if isinstance(part, dict | list)]
    draw = zlib.crc32(json.dumps(sent, default=str, sort_keys=True).encode())
    words = case.operation.path.split("/")
    for name, value in (case.path_parameters or {}).items():
        kind = "keys" if name == "key" else words[words.index(f"{{{name}}}") - 1]
        case.path_parameters[name] = demo.existing(kind, value, draw)
    case.body = _with_ids(case.body, demo, draw)
    response = case.call(base_url=demo.url, headers=demo.headers)
    case.validate_response(response, checks=CHECKS)


def _with_ids(value: Any, demo: Demo, draw: int) -> Any:
    if isinstance(value, list):
        return [_with_ids(item, demo, draw + place) for place, item in enumerate(value)]
    if isinstance(value, dict):
        return {
            name: demo.existing(NAMED[name], item, draw) if name in NAMED else _with_ids(item, demo, draw)
            for name, item in value.items()
        }
    return value
