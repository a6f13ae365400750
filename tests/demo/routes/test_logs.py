"""The live log over a real web socket."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from k6desk.demo.server import create_app, serve
from tests.demo.conftest import LEGACY_TOKEN, TOKEN


def opened(url, run_id, *, token=TOKEN, start="0", scheme="token", named=None, **headers):
    return connect(
        f"ws{url.removeprefix('http')}/api/v1/tail?query=%7Btest_run_id%3D%22{run_id}%22%7D&start={start}",
        additional_headers={
            "Authorization": f"{scheme} {token}",
            "X-K6TestRun-Id": str(named or run_id),
            **headers,
        },
        proxy=None,
    )


@pytest.fixture
def run_id(world):
    """The newest run that has ended."""
    now = world.now()
    return world.run_id(next(i for i in reversed(world.runs(None, None)) if world.state(world.plan(i), now).outcome))


@pytest.fixture
def running_id(world):
    now = world.now()
    return world.run_id(
        next(i for i in reversed(world.runs(None, None)) if world.state(world.plan(i), now).status == "running")
    )


async def values(socket) -> list[list[str]]:
    return [value for stream in json.loads(await socket.recv())["streams"] for value in stream["values"]]


async def read_on(socket) -> None:
    while True:
        await socket.recv()


@pytest.mark.parametrize("token", [TOKEN, LEGACY_TOKEN])
async def test_what_was_written_is_told_and_then_it_is_quiet(url, run_id, token):
    async with opened(url, run_id, token=token) as socket:
        assert await values(socket)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read_on(socket), 0.6)


async def test_it_goes_on_from_a_time(url, run_id):
    async with opened(url, run_id) as socket:
        first, second, *_ = await values(socket)
    async with opened(url, run_id, start=int(first[0]) + 1) as socket:
        assert (await values(socket))[0] == second


async def test_what_is_written_is_told(url, running_id, clock):
    async with opened(url, running_id) as socket:
        before = await values(socket)
        clock.forward(120)
        after = await values(socket)
    assert int(after[0][0]) >= int(before[-1][0])
    assert not {text for _, text in after} & {text for _, text in before if "order" in text}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"token": "wrong"}, 401),
        ({"scheme": "Bearer"}, 401),
        ({"named": 7}, 403),
        ({"X-Stack-Id": "1"}, 403),
        ({"start": "soon"}, 400),
    ],
)
async def test_what_is_wrong_is_refused_before_anything_is_told(url, run_id, changes, status):
    with pytest.raises(InvalidStatus) as caught:
        await opened(url, run_id, **changes)
    assert caught.value.response.status_code == status


async def test_a_run_that_is_not_there_has_no_log(url):
    with pytest.raises(InvalidStatus) as caught:
        await opened(url, 7)
    assert caught.value.response.status_code == 404


async def test_faults_are_those_of_the_other_requests(url, run_id, faults):
    faults.rate_limit = 0.01
    with pytest.raises(InvalidStatus) as caught:
        await opened(url, run_id)
    assert caught.value.response.status_code == 429
    assert int(caught.value.response.headers["Retry-After"]) > 0


async def test_a_socket_breaks_on_request(url, run_id, faults):
    faults.log_messages = 1
    async with opened(url, run_id) as socket:
        await socket.recv()
        with pytest.raises(ConnectionClosedError):
            await read_on(socket)


async def test_leaving_cuts_open_sockets_at_once(world, running_id):
    async with serve(create_app(world, token=TOKEN)) as url:
        socket = await opened(url, running_id)
        await socket.recv()
        begun = time.perf_counter()
    assert time.perf_counter() - begun < 0.5
    await socket.wait_closed()
