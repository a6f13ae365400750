from __future__ import annotations

import asyncio
import time

import httpx

from k6desk.demo.faults import Faults
from k6desk.demo.server import create_app, serve


async def test_leaving_cuts_hanging_requests_and_idle_connections_at_once(world):
    app = create_app(world, token="t", faults=Faults(latency_s=0))
    hanging = create_app(world, token="t", faults=Faults(latency_s=60))
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.TaskGroup() as tasks:
        async with serve(app) as url, serve(hanging) as hanging_url:
            assert (await client.get(url)).status_code == 200

            async def ask() -> None:
                try:
                    await client.get(hanging_url)
                except httpx.TransportError:
                    return
                raise AssertionError("a hanging request was answered")

            tasks.create_task(ask())
            await asyncio.sleep(0.05)
            begun = time.perf_counter()
        assert time.perf_counter() - begun < 0.5


async def test_the_port_is_free_again_afterwards(world):
    async with serve(create_app(world, token="t")) as url:
        port = httpx.URL(url).port
    async with serve(create_app(world, token="t"), port) as again, httpx.AsyncClient(trust_env=False) as client:
        assert again == url
        assert "demo" in (await client.get(again)).text


async def test_unknown_paths_and_methods_are_refused_in_the_documented_shape(cloud, refused):
    refused(await cloud.get("/nothing"), 404)
    refused(await cloud.get("/test_runs/abc"), 404)
    answer = await cloud.put("/projects")
    refused(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    refused(await cloud.put(f"/test_runs/{2**40}"), 405)


async def test_head_is_get_without_the_body(cloud):
    answer = await cloud.head("/load_zones")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) == len((await cloud.get("/load_zones")).content)


async def test_answers_on_a_kept_connection_do_not_wait_for_acknowledgements(cloud):
    await cloud.get("/load_zones")
    begun = time.perf_counter()
    for _ in range(20):
        await cloud.get("/load_zones")
    assert time.perf_counter() - begun < 0.5
