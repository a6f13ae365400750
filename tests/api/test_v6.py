from __future__ import annotations

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest

from k6desk.api import wire
from k6desk.api.errors import BadAnswer, Conflict, NotFound, SignedOut, Untrusted
from k6desk.api.models import Node, ZoneNodes
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


async def test_access(cloud):
    client = await cloud(Reply({"stack_id": 12345, "default_project_id": 67890}))
    access = await client.check_access("https://t.grafana.net")
    assert (access.stack_id, access.default_project_id) == (12345, 67890)
    client.server.script = Reply({"error": {"message": "no", "code": "x"}}, 401)
    with pytest.raises(SignedOut):
        await client.check_access("https://t.grafana.net")


async def test_projects_tests_zones_and_limits(cloud):
    bodies = {
        "/cloud/v6/projects": {"value": [{"id": 1, "name": "A", "is_default": True}]},
        "/cloud/v6/load_tests": {"value": [{"id": 2, "project_id": 1, "name": "T"}]},
        "/cloud/v6/load_zones": {"value": [{"id": 3, "name": "US", "k6_load_zone_id": "amazon:us:ashburn"}]},
        "/cloud/v6/projects/1/limits": {"project_id": 1, "vuh_max_per_month": 500},
    }
    client = await cloud(lambda request: Reply(bodies[request.path]))
    assert [page.rows[0].name async for page in client.projects()] == ["A"]
    assert [page.rows[0].name async for page in client.load_tests()] == ["T"]
    assert (await client.load_zones())[0].k6_load_zone_id == "amazon:us:ashburn"
    assert (await client.limits(1)).vuh_max_per_month == 500


async def test_a_run_is_given_as_the_servers_json(cloud):
    client = await cloud(Reply(row(7)))
    assert wire.run_detail(await client.run(2**33 + 7)).run.id == 2**33 + 7
    assert client.server.requests[0].path == f"/cloud/v6/test_runs/{2**33 + 7}"


async def test_no_distribution_is_none_and_other_errors_are_errors(cloud):
    zone = {"percentage": 100, "nodes": [{"size": "m5.large", "public_ip": "3.82.149.214"}]}
    client = await cloud(Reply({"distribution": {"amazon:sa:cape town": zone}}))
    nodes = (Node("m5.large", "3.82.149.214"),)
    assert await client.distribution(1) == (ZoneNodes("amazon:sa:cape town", 100, nodes),)
    client.server.script = Reply({"error": {"message": "no data", "code": "not_found"}}, 404)
    assert await client.distribution(1) is None
    with pytest.raises(NotFound):
        await client.run(1)
    client.server.script = Reply(b"", 302, {"Location": "https://login.example"})
    with pytest.raises(Untrusted):
        await client.distribution(1)


async def test_notes_and_aborts(cloud):
    client = await cloud(Reply(b"", 204))
    await client.set_note(7, 'Ünï "quoted"\n')
    await client.abort(2**63 - 1)
    note, abort = client.server.requests
    assert (note.method, note.path, json.loads(note.body)) == (
        "PATCH",
        "/cloud/v6/test_runs/7",
        {"note": 'Ünï "quoted"\n'},
    )
    assert (abort.method, abort.path, abort.body) == ("POST", f"/cloud/v6/test_runs/{2**63 - 1}/abort", b"")
    client.server.script = Reply({"error": {"message": "Already completed", "code": "conflict"}}, 409)
    with pytest.raises(Conflict) as ended:
        await client.abort(7)
    assert "Already completed" in str(ended.value)


SCRIPT = b"import http from 'k6/http';\n"
TAR = b"data".ljust(257, b"\0") + b"ustar\0" + b"\0" * 761


@pytest.mark.parametrize(
    ("content", "content_type", "is_archive"),
    [
        (SCRIPT, "text/javascript; charset=utf-8", False),
        (SCRIPT, "application/octet-stream", False),
        (SCRIPT, None, False),
        (b"", "text/javascript", False),
        (TAR, "application/x-tar", True),
        (TAR, "text/javascript", True),
        (TAR, None, True),
    ],
)
async def test_a_script_is_what_its_bytes_say(cloud, content, content_type, is_archive):
    client = await cloud(Reply(content, content_type=content_type))
    for script in (await client.run_script(1), await client.test_script(2)):
        assert (script.content, script.is_archive) == (content, is_archive)
    run, test = client.server.requests
    assert (run.path, test.path) == ("/cloud/v6/test_runs/1/script", "/cloud/v6/load_tests/2/script")
    assert run.headers["accept"] == "text/javascript, application/x-tar"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(SCRIPT, content_type="application/x-tar"),
        Reply("<html>Sign in</html>", content_type="text/html"),
        Reply(TAR, content_type="application/x-tar", framing="close"),
        Reply(gzip.compress(TAR)[:-4], headers={"Content-Encoding": "gzip"}, content_type="application/x-tar"),
    ],
    ids=["no archive", "portal", "no end", "half"],
)
async def test_what_may_not_be_the_whole_script_is_refused(cloud, reply):
    client = await cloud(reply)
    with pytest.raises(BadAnswer):
        await client.run_script(1)


async def test_a_scripts_limit_is_its_own(cloud, monkeypatch):
    monkeypatch.setattr("k6desk.api.exchange.JSON_LIMIT", 10)
    client = await cloud(Reply(SCRIPT, content_type="text/javascript"))
    assert (await client.run_script(1)).content == SCRIPT
    monkeypatch.setattr("k6desk.api.exchange.SCRIPT_LIMIT", 10)
    with pytest.raises(BadAnswer, match="larger"):
        await client.run_script(1)
