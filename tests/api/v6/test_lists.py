from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.api.faultserver import Reply, Request


def row(number: int) -> dict:
    created = (datetime(2024, 6, 1, tzinfo=UTC) + timedelta(minutes=number)).isoformat()
    return {"id": 2**33 + number, "test_id": 1, "project_id": 1, "status": "completed", "created": created}


def query_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.target).query))


def listing(length: int, link: str | None = None):
    """A server of runs; `link` is its `@nextLink` on every page, for ever."""

    def answer(request: Request) -> Reply:
        query = query_of(request)
        skip, top = int(query.get("$skip", 0)), int(query.get("$top", 1000))
        body = {"value": [row(number) for number in range(skip, min(skip + top, length))]}
        if query.get("$count") == "true":
            body["@count"] = length
        return Reply(body | ({"@nextLink": link} if link else {}))

    return answer


async def test_runs_come_page_by_page_with_the_bounds_asked_for(cloud):
    client = await cloud(listing(25))
    after = datetime(2024, 6, 1, 2, tzinfo=timezone(timedelta(hours=2)))
    pages = [page async for page in client.runs(created_after=after, page_size=10)]
    assert [run.id - 2**33 for page in pages for run in page.rows] == list(range(25))
    assert [page.total for page in pages] == [25, None, None]
    first = query_of(client.server.requests[0])
    assert first == {"created_after": "2024-06-01T00:00:00.000000Z", "$top": "10", "$count": "true"}
    assert all(query_of(request)["created_after"] == first["created_after"] for request in client.server.requests)
    assert {request.path for request in client.server.requests} == {"/cloud/v6/test_runs"}


async def test_the_runs_of_a_test_come_newest_first(cloud):
    client = await cloud(listing(3))
    (page,) = [page async for page in client.test_runs(2**40, keep_raw=True)]
    (request,) = client.server.requests
    assert request.path == f"/cloud/v6/load_tests/{2**40}/test_runs"
    assert query_of(request) == {"$orderby": "created desc", "$top": "200", "$count": "true"}
    assert {json.loads(raw)["id"] for raw in page.raw.values()} == set(page.raw) == {run.id for run in page.rows}


@pytest.mark.parametrize("path", ["/cloud/v6/test_runs?$skip=5", "/steal", "/cloud/v6/../x", ""])
async def test_a_server_whose_next_link_names_another_host_for_ever_learns_nothing(cloud, evil, path):
    for has_count in (True, False):
        listed = listing(25, f"{evil.origin}{path}")

        def answer(request, listed=listed, has_count=has_count):
            reply = listed(request)
            if not has_count:
                reply.body.pop("@count", None)
            return reply

        client = await cloud(answer)
        pages = [page async for page in client.runs(page_size=10)]
        assert len(client.server.requests) < 10
        assert not pages[-1].complete
        if has_count:
            assert {run.id - 2**33 for page in pages for run in page.rows} == set(range(25))


async def test_a_list_reader_that_is_cancelled_leaves_no_task_and_a_usable_client(cloud, until):
    def answer(request):
        return Reply(silent=True) if "$skip" in request.target else listing(100)(request)

    client = await cloud(answer)

    async def read():
        return [page async for page in client.runs(page_size=10)]

    before = asyncio.all_tasks()
    task = asyncio.get_running_loop().create_task(read())
    await until(lambda: len(client.server.requests) == 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert {other for other in asyncio.all_tasks() - before if "FaultServer" not in repr(other)} == set()
    client.server.script = listing(3)
    assert [len(page.rows) async for page in client.runs()] == [3]
