"""The cloud of a token without a stack: what it asks of the old APIs, and what becomes of their answers."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from k6desk.api.errors import BadAnswer, Conflict, NotFound, NotOffered, Refused, SignedOut
from k6desk.api.wire import runs
from tests.api.conftest import CANARY
from tests.api.faultserver import Reply, Request

START = datetime(2026, 4, 6, 19, tzinfo=UTC)
RUN_COLUMNS = (
    "id,test_id,project_id,created,started,ended,duration,vus,note,run_status,processing_status,result_status,"
    "error_code,error_detail,stopped_by_id,user_id"
)


def row(number: int, test_id: int = 1, **more) -> dict:
    created = (START + timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
    return {"id": number, "test_id": test_id, "project_id": 7, "run_status": 2, "created": created} | more


def query_of(request: Request) -> dict[str, str]:
    return {name: value for name, (value, *_) in parse_qs(urlsplit(request.target).query).items()}


def no(status: int) -> Reply:
    return Reply({"error": {"message": "no", "code": status}}, status)


class Account:
    """Two projects, three tests and their runs; `gone` is what answers with a status instead."""

    def __init__(self) -> None:
        self.gone: dict[str, int] = {}
        self.runs = {1: [row(1), row(5)], 2: [row(2, 2), row(3, 2)], 3: []}

    def __call__(self, request: Request) -> Reply:
        for start, status in self.gone.items():
            if request.path.startswith(start):
                return no(status)
        match request.path.split("/")[1:]:
            case ["cloud", "v5", "projects"]:
                return Reply({"value": [{"id": 7, "name": "A"}, {"id": 8, "name": "B"}]})
            case ["cloud", "v5", "projects", project, "load_tests"]:
                ids = {"7": [1, 2], "8": [3]}[project]
                tests = [{"id": each, "project_id": int(project), "name": f"T{each}"} for each in ids]
                return Reply({"@count": str(len(ids)), "value": tests})
            case ["cloud", "v5", "load_tests", test, "test_runs"]:
                return Reply({"@count": str(len(self.runs[int(test)])), "value": self.runs[int(test)]})
            case ["cloud", "v5", "test_runs", run] | ["loadtests", "v2", "runs", run]:
                found = row(int(run), script="export default () => {}")
                return Reply({"k6-run": found} if "v2" in request.path else found)
            case ["loadtests", "v2", "runs"]:
                asked = parse_qs(urlsplit(request.target).query)
                wanted = {int(each) for each in asked.get("ids[]", [])}
                listed = [one for one in self.runs[int(asked["test_id"][0])] if not wanted or one["id"] in wanted]
                return Reply({"k6-runs": listed, "meta": {"count": len(listed)}})
        return no(404)


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
async def client(legacy, account):
    return await legacy(account)


async def test_requests_carry_the_token_in_the_old_way_and_no_stack(legacy):
    client = await legacy(Reply({"value": [{"id": 5276, "name": "Heavy tests"}]}))
    access = await client.check_access("")
    assert (access.stack_id, access.default_project_id) == (0, 5276)
    (request,) = client.server.requests
    assert request.headers["authorization"] == f"Token {CANARY}"
    assert "x-stack-id" not in request.headers
    assert (request.path, query_of(request)) == ("/cloud/v5/projects", {"$top": "1", "$orderby": "id"})


async def test_a_token_that_sees_no_project_is_good_and_a_refused_one_is_not(legacy):
    client = await legacy(Reply({"value": []}))
    assert (await client.check_access("")).default_project_id == 0
    client.server.script = no(401)
    with pytest.raises(SignedOut):
        await client.check_access("")


# -- reading by v5 -----------------------------------------------------------------------------------------------------


async def test_the_runs_of_all_tests_come_oldest_first_and_only_those_of_the_time_are_asked_for(client):
    pages = [page async for page in client.runs(created_after=START, created_before=START + timedelta(hours=1))]
    assert [[run.id for run in page.rows] for page in pages] == [[1, 2, 3, 5]]
    asked = [request for request in client.server.requests if request.path.endswith("test_runs")]
    assert {request.path for request in asked} == {f"/cloud/v5/load_tests/{test}/test_runs" for test in (1, 2, 3)}
    for request in asked:
        assert query_of(request) == {
            "$select": RUN_COLUMNS,
            "$filter": "created ge 2026-04-06T19:00:00.000000Z and created lt 2026-04-06T20:00:00.000000Z",
            "$orderby": "created",
            "$top": "1000",
            "$count": "true",
        }


async def test_a_poll_asks_each_known_test_once_and_says_so(client):
    assert client.requests_per_poll == 1
    [page async for page in client.load_tests()]
    assert client.requests_per_poll == 3
    client.server.requests.clear()
    [page async for page in client.runs()]
    assert len(client.server.requests) == 3
    [page async for page in client.load_tests(8)]
    assert client.requests_per_poll == 3


async def test_a_test_or_project_deleted_meanwhile_does_not_stop_the_reading(client, account):
    account.gone = {"/cloud/v5/load_tests/1/": 404}
    assert [run.id async for page in client.runs() for run in page.rows] == [2, 3]
    account.gone = {"/cloud/v5/projects/7/": 404}
    assert [test.id async for page in client.load_tests() for test in page.rows] == [3]
    with pytest.raises(NotFound):
        [page async for page in client.load_tests(7)]


async def test_a_failing_list_is_a_failure_of_the_poll(client, account):
    account.gone = {"/cloud/v5/load_tests/2/": 503}
    with pytest.raises(Refused):
        [page async for page in client.runs()]


async def test_a_poll_that_is_cancelled_leaves_nothing_behind(client, until):
    [page async for page in client.load_tests()]
    client.server.script = Reply(silent=True)
    client.server.requests.clear()

    async def read():
        return [page async for page in client.runs()]

    before = asyncio.all_tasks()
    task = asyncio.get_running_loop().create_task(read())
    await until(lambda: len(client.server.requests) == 3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert {other for other in asyncio.all_tasks() - before if "FaultServer" not in repr(other)} == set()


async def test_the_runs_of_a_test_come_newest_first_with_their_json_and_never_by_star(client):
    (page,) = [page async for page in client.test_runs(2, keep_raw=True)]
    (request,) = client.server.requests
    assert query_of(request)["$orderby"] == "created desc"
    assert (query_of(request)["$top"], "$filter" in query_of(request)) == ("200", False)
    assert {json.loads(raw)["status"] for raw in page.raw.values()} == {"running"}
    with pytest.raises(NotOffered, match="star"):
        [page async for page in client.test_runs(2, starred=True)]


async def test_the_server_searches_names_in_every_project(client):
    assert [test.id async for page in client.search_load_tests("it's") for test in page.rows] == [1, 2, 3]
    asked = [request for request in client.server.requests if request.path.endswith("load_tests")]
    assert [query_of(request)["$filter"] for request in asked] == ["contains(name,'it''s')"] * 2
    assert query_of(asked[0])["$select"] == "id,project_id,name,created,updated"


async def test_projects_and_tests_are_found_by_name_and_id(client):
    [page async for page in client.projects(name="O'Neil")]
    [page async for page in client.projects(name_search="ne")]
    [page async for page in client.load_tests(7, name="T1")]
    assert (await client.project(8)).name == "B"
    asked = [query_of(request)["$filter"] for request in client.server.requests]
    assert asked == ["name eq 'O''Neil'", "contains(name,'ne')", "name eq 'T1'", "id eq 8"]
    with pytest.raises(NotFound):
        await client.project(9)


async def test_one_test(legacy):
    client = await legacy(Reply({"id": 3535, "project_id": 7, "name": "Cart", "created": "2020-07-20T09:32:46.07Z"}))
    assert (await client.load_test(3535)).name == "Cart"
    (request,) = client.server.requests
    assert (request.path, query_of(request)) == (
        "/cloud/v5/load_tests/3535",
        {"$select": "id,project_id,name,created,updated"},
    )


async def test_a_run_is_given_in_the_shape_of_v6(client):
    detail = runs.run_detail(await client.run(4))
    assert (detail.run.id, detail.run.status) == (4, "running")
    (request,) = client.server.requests
    assert (request.path, query_of(request)) == ("/cloud/v5/test_runs/4", {"$select": RUN_COLUMNS})


async def test_a_runs_script_is_its_text(client):
    script = await client.run_script(4)
    assert (script.content, script.is_archive) == (b"export default () => {}", False)
    assert query_of(client.server.requests[0]) == {"$select": "id,script"}
    client.server.script = Reply({"id": 4, "script": ""})
    with pytest.raises(NotFound, match="no script"):
        await client.run_script(4)


async def test_what_the_old_apis_do_not_know_is_nothing(client):
    assert await client.distribution(4) is None
    assert await client.load_zones() == []
    assert client.server.requests == []


# -- v2 ----------------------------------------------------------------------------------------------------------------


async def test_start_and_stop_are_one_post_each(legacy):
    client = await legacy(Reply({"k6-run": row(9, run_status=0, config={"token": "x"})}))
    started = runs.run_detail(await client.start(3535, "key"))
    assert (started.run.id, started.run.status) == (9, "queued")
    await client.abort(9)
    asked = [(request.method, request.target, request.body) for request in client.server.requests]
    assert asked == [
        ("POST", "/loadtests/v2/tests/3535/start-testrun", b""),
        ("POST", "/loadtests/v2/runs/9/stop", b""),
    ]
    client.server.script = no(409)
    with pytest.raises(Conflict):
        await client.abort(9)


async def test_a_start_whose_answer_names_no_run_is_a_bad_answer(legacy):
    client = await legacy(Reply({}))
    with pytest.raises(BadAnswer):
        runs.run_detail(await client.start(1, ""))


@pytest.mark.parametrize("status", [404, 405, 410])
async def test_a_run_that_v5_does_not_have_is_asked_of_v2(client, account, status):
    account.gone = {"/cloud/v5/test_runs": status}
    assert runs.run_detail(await client.run(4)).run.id == 4
    assert (await client.run_script(4)).content.startswith(b"export")
    assert query_of(client.server.requests[1]) == {"$select": RUN_COLUMNS}
    account.gone["/loadtests"] = 404
    with pytest.raises(Refused) as refused:
        await client.run(4)
    assert refused.value.status == status


async def test_another_refusal_of_v5_is_no_reason_to_ask_v2(client, account):
    account.gone = {"/cloud/v5/test_runs": 403}
    with pytest.raises(Refused):
        await client.run(4)
    assert len(client.server.requests) == 1


@pytest.mark.parametrize("status", [405, 410])
async def test_when_the_lists_of_v5_are_gone_v2_lists_only_what_is_wanted(client, account, status):
    account.gone = {"/cloud/v5/load_tests": status}
    after, before = START + timedelta(minutes=2), START + timedelta(minutes=5)
    found = [page async for page in client.runs(created_after=after, created_before=before, keep_raw=True)]
    assert [[run.id for run in page.rows] for page in found] == [[2, 3]]
    assert set(found[0].raw) == {2, 3}
    asked = [request for request in client.server.requests if request.path == "/loadtests/v2/runs"]
    assert [query_of(request) for request in asked if "ids[]" not in request.target] == [
        {"test_id": test, "$select": "id,created"} for test in ("1", "2", "3")
    ]
    (rest,) = [request for request in asked if "ids[]" in request.target]
    assert parse_qs(urlsplit(rest.target).query) == {"test_id": ["2"], "ids[]": ["2", "3"], "$select": [RUN_COLUMNS]}
    (page,) = [page async for page in client.test_runs(1)]
    assert [run.id for run in page.rows] == [5, 1]
    assert [page.rows async for page in client.test_runs(3)] == [[]]


async def test_v2_is_asked_for_a_hundred_runs_at_once(client, account):
    account.gone = {"/cloud/v5/load_tests": 410}
    account.runs[1] = [row(number) for number in range(250)]
    assert [len(page.rows) async for page in client.test_runs(1)] == [100, 100, 50]


async def test_the_run_of_a_public_link(legacy):
    client = await legacy(Reply({"k6-runs": [row(4)], "meta": {"count": 1}}))
    assert [run.id for run in (await client.shared_run("a b/c")).rows] == [4]
    (request,) = client.server.requests
    assert (request.path, query_of(request)) == (
        "/loadtests/v2/runs",
        {"public_id": "a b/c", "$select": RUN_COLUMNS},
    )
