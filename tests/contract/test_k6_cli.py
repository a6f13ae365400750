"""The official k6 CLI (2.x) against the demo cloud, played request by request as its sources send them.

What the sources say (`internal/cloudapi/v6` and `internal/cmd/cloud*.go` of k6, and the Go client generated from the
official description):

- Every request has `Authorization: Bearer`, `User-Agent: k6cloud/<version>` and `Accept: application/json`, also where
  the answer has no body. `login` sends `X-Stack-Url` to `/auth`, everything else `X-Stack-Id`, a 32-bit number.
- Ids are int32 in k6 2.0 and 2.1, and int64 in clients made from 1.9.9 of the description and later. So that any of
  them works, what the CLI meets on its way must have small ids.
- An answer is read by its Content-Type, which must be some JSON, into a model whose described properties must all be
  there (null will do); an answer that cannot be read is not reported when its status is 2xx: the model is left empty,
  and the CLI goes on with the id 0. `time.Time` takes RFC 3339 only, so every time of a load test, a project and a run
  needs a zone. Any status below 300 is success; 200, 201 and 204 are not told apart.
- An error is shown by `message`, `code` and `details`, all as JSON; a body that is not JSON loses its words.
- Lists are asked for with `$skip` and `$top=1000` until there is no `@nextLink`; the link itself is never followed.
- `upload` and `run` first validate the options, with the script's options as they are and the project beside them, and
  ignore the answer; then create the test as multipart (`name`, and the archive as the file `script` without a useful
  name). On 409 they take the first test that the list of the project has under exactly this name (`$top=1`) and replace
  its script as `application/octet-stream`.
- `run` starts with `K6-Idempotency-Key`: 16 hex digits, shows `test_run_details_page_url`, and asks for
  the run every 2 s until its status is `completed` or `aborted`. There is no progress in the API: it is the time since
  the `running` entry of `status_history`, divided by `estimated_duration`. `failed` means thresholds (exit code 99),
  `error` any other failure, and `by_user` of the `aborted` entry "Aborted (by user)".
- Ctrl-C aborts the run once and goes on asking; 409 means that it had ended, and is no error.
- 429 and 5xx are tried again, three times at most.
- Logs are tailed from another host unless `--show-logs=false`; that this fails is only reported.
"""

from __future__ import annotations

import io
import itertools
import json
import secrets
import tarfile
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from k6desk.demo.faults import Faults
from k6desk.demo.server import create_app, serve
from k6desk.demo.world import World
from tests.contract import go_models as go
from tests.contract.description import PATH, Recorder, check_answer, check_request
from tests.live_session import Clock, account, clock, faults, go_live, session, tasks, token, world

__all__ = ["account", "clock", "faults", "go_live", "session", "tasks", "token", "world"]

SCRIPT = b"import http from 'k6/http';\nexport const options = {vus: 1, duration: '10s'};\nexport default () => {};\n"
POLL_S = 2


RECORDED = PATH.parents[1] / "data" / "archives"
UNSET = """
    paused iterations stages scenarios executionSegment executionSegmentSequence noSetup setupTimeout noTeardown
    teardownTimeout handleSummaryTimeout rps maxRedirects userAgent batch batchPerHost httpDebug insecureSkipTLSVerify
    tlsCipherSuites tlsVersion tlsAuth throw thresholds blacklistIPs blockHostnames hosts noConnectionReuse
    noVUConnectionReuse minIterationDuration ext summaryTimeUnit tags metricSamplesBufferSize noCookiesReset
    discardResponseBodies features
"""
OPTIONS = dict.fromkeys(UNSET.split()) | {
    "vus": 1,
    "duration": "10s",
    "dns": {"ttl": None, "select": None, "policy": None},
    "summaryTrendStats": ["avg", "min", "med", "max", "p(90)", "p(95)"],
    "systemTags": ["check", "error", "group", "method", "name", "status", "url"],
    "cloud": {"name": "script.js", "token": "token-of-this-test", "projectID": 0},
}
"""A script's options as Go writes them: all of them, null where the script says nothing."""


def archive(script: bytes = SCRIPT) -> bytes:
    """What the CLI makes of a script."""
    metadata = {"type": "js", "options": OPTIONS, "filename": "file:///s.js", "pwd": "file:///", "k6version": "2.2.0"}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in (("metadata.json", json.dumps(metadata).encode()), ("data", script)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("file/s.js")
        link.type, link.linkname = tarfile.LNKTYPE, "data"
        tar.addfile(link)
    return buffer.getvalue()


def options_of(content: bytes) -> dict[str, Any]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return json.load(tar.extractfile("metadata.json"))["options"]


class Cli:
    """The CLI's commands. Each answer is read as strictly as Go reads it."""

    def __init__(self, client: httpx.AsyncClient, stack_id: int) -> None:
        self._client = client
        self._stack = {"X-Stack-Id": str(stack_id)}

    async def login(self, stack_url: str) -> dict[str, Any]:
        return await self._ask("GET", "/auth", go.AUTHENTICATION, headers={"X-Stack-Url": stack_url})

    async def everything(self, path: str, model: go.Reader) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for skip in itertools.count(0, 1000):
            page = await self._ask("GET", path, go.page_of(model), params={"$skip": skip, "$top": 1000})
            rows += page["value"]
            if not page.get("@nextLink"):
                break
            assert page["value"]
        return rows

    async def zones(self) -> list[dict[str, Any]]:
        return (await self._ask("GET", "/load_zones", go.page_of(go.LOAD_ZONE)))["value"]

    async def upload(self, project_id: int, name: str, content: bytes) -> dict[str, Any]:
        body = {"options": options_of(content), "project_id": project_id}
        await self._ask("POST", "/validate_options", go.ESTIMATE, json=body)
        path = f"/projects/{project_id}/load_tests"
        sent = {"data": {"name": name}, "files": {"script": ("script", content, "application/octet-stream")}}
        answer = await self._send("POST", path, **sent)
        if answer.status_code != 409:
            return self._read(answer, go.LOAD_TEST)
        self._read(answer, go.REFUSAL, 409)
        found = await self._ask("GET", path, go.page_of(go.LOAD_TEST), params={"name": name, "$top": 1})
        (test,) = found["value"]
        assert test["name"] == name
        binary = {"Content-Type": "application/octet-stream"}
        await self._ask("PUT", f"/load_tests/{test['id']}/script", None, content=_chunks(content), headers=binary)
        return test

    async def start(self, test_id: int, key: str = "") -> dict[str, Any]:
        headers = {"K6-Idempotency-Key": key or secrets.token_hex(8)}
        return await self._ask("POST", f"/load_tests/{test_id}/start", go.STARTED, headers=headers)

    async def fetch(self, run_id: int) -> dict[str, Any]:
        return await self._ask("GET", f"/test_runs/{run_id}", go.RUN)

    async def abort(self, run_id: int) -> bool:
        answer = await self._send("POST", f"/test_runs/{run_id}/abort")
        if answer.status_code == 409:
            self._read(answer, go.REFUSAL, 409)
            return False
        self._read(answer, None)
        return True

    async def _ask(self, method: str, path: str, model: go.Reader | None, **sent: Any) -> dict[str, Any]:
        return self._read(await self._send(method, path, **sent), model)

    async def _send(self, method: str, path: str, **sent: Any) -> httpx.Response:
        headers = sent.pop("headers", {})
        stack = {} if path == "/auth" else self._stack
        return await self._client.request(method, f"/cloud/v6{path}", headers=stack | headers, **sent)

    def _read(self, answer: httpx.Response, model: go.Reader | None, status: int | None = None) -> dict[str, Any]:
        assert answer.is_success if status is None else answer.status_code == status, answer.text
        if model is None:
            return {}
        assert answer.headers["Content-Type"].startswith("application/json")
        model(answer.json())
        return answer.json()


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


@pytest.fixture
def recorder(world: World, token: str, faults: Faults) -> Recorder:
    return Recorder(create_app(world, token=token, faults=faults))


@pytest.fixture
async def server(recorder: Recorder) -> AsyncIterator[str]:
    async with serve(recorder) as url:
        yield url


@pytest.fixture
async def cli(server: str, recorder: Recorder, token: str, world: World) -> AsyncIterator[Cli]:
    """The CLI; afterwards all that was said is compared with the official description, if that is there."""
    headers = {
        "Authorization": f"Bearer {token}",
        "User-Agent": "k6cloud/2.2.0",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
    }
    async with httpx.AsyncClient(base_url=server, headers=headers, trust_env=False) as client:
        yield Cli(client, world.stack_id)
    for exchange in recorder.exchanges if PATH.exists() else ():
        check_request(exchange)
        check_answer(exchange)


async def test_login_and_the_lists(cli: Cli, world: World):
    access = await cli.login(world.stack_url)
    assert access["stack_id"] == world.stack_id
    projects = await cli.everything("/projects", go.PROJECT)
    default = next(project for project in projects if project["is_default"])
    assert default["id"] == access["default_project_id"]
    assert await cli.everything(f"/projects/{default['id']}/load_tests", go.LOAD_TEST)
    assert any(zone["public"] for zone in await cli.zones())


async def test_upload_makes_a_test_and_the_next_time_replaces_its_script(cli: Cli, world: World):
    project_id = (await cli.login(world.stack_url))["default_project_id"]
    test = await cli.upload(project_id, "script.js", archive())
    again = await cli.upload(project_id, "script.js", archive(SCRIPT + b"// changed\n" * 500))
    assert again["id"] == test["id"]
    names = [item["name"] for item in await cli.everything(f"/projects/{project_id}/load_tests", go.LOAD_TEST)]
    assert names.count("script.js") == 1


async def test_run_goes_through_the_statuses_to_its_end(cli: Cli, world: World, clock: Clock):
    project_id = (await cli.login(world.stack_url))["default_project_id"]
    test = await cli.upload(project_id, "script.js", archive())
    started = await cli.start(test["id"])
    assert started["test_run_details_page_url"].startswith(f"{world.stack_url}/a/k6-app/runs/{started['id']}")
    seen = [started["status"]]
    for _ in range(300):
        clock.forward(POLL_S)
        run = await cli.fetch(started["id"])
        seen += [run["status"]] if run["status"] != seen[-1] else []
        if run["status"] == "running":
            assert run["estimated_duration"] > 0
            assert any(entry["type"] == "running" for entry in run["status_history"])
        if run["status"] in ("completed", "aborted"):
            break
    assert seen[0] == "created"
    assert "running" in seen
    assert (seen[-1], run["result"]) == ("completed", "passed")
    assert run["execution_duration"] > 0


@pytest.mark.parametrize("name", ["login-smoke.tar", "checkout-multi-file.tar"])
async def test_archives_of_a_real_k6_can_be_run(cli: Cli, world: World, name: str):
    if not RECORDED.exists():
        pytest.skip("the recorded archives are not beside this checkout")
    project_id = (await cli.login(world.stack_url))["default_project_id"]
    content = (RECORDED / name).read_bytes()
    test = await cli.upload(project_id, name, content)
    started = await cli.start(test["id"])
    real, shown = options_of(content), started["options"]
    assert all(
        shown.get(key) == real[key] for key in ("vus", "duration", "stages", "thresholds") if real[key] is not None
    )


async def test_a_start_whose_answer_was_lost_is_the_same_run(cli: Cli, world: World):
    project_id = (await cli.login(world.stack_url))["default_project_id"]
    test = await cli.upload(project_id, "script.js", archive())
    key = secrets.token_hex(8)
    assert (await cli.start(test["id"], key))["id"] == (await cli.start(test["id"], key))["id"]


async def test_ctrl_c_aborts_the_run(cli: Cli, world: World, clock: Clock):
    project_id = (await cli.login(world.stack_url))["default_project_id"]
    test = await cli.upload(project_id, "script.js", archive())
    run_id = (await cli.start(test["id"]))["id"]
    clock.forward(POLL_S)
    assert await cli.abort(run_id)
    for _ in range(30):
        clock.forward(POLL_S)
        if (run := await cli.fetch(run_id))["status"] == "aborted":
            break
    aborted = next(entry for entry in run["status_history"] if entry["type"] == "aborted")
    assert aborted["extra"]["by_user"]
    assert not await cli.abort(run_id)


async def test_a_run_that_the_cli_started_is_in_an_open_session_after_one_list_poll(
    cli, world, go_live, until, monkeypatch
):
    session = go_live()
    await until(lambda: session.monitor.caught_up, 20)
    project_id = (await cli.login(world.stack_url))["default_project_id"]
    test = await cli.upload(project_id, "script.js", archive())
    run_id = (await cli.start(test["id"]))["id"]
    polls = []
    ask = session._cloud.runs
    monkeypatch.setattr(session._cloud, "runs", lambda **bounds: polls.append(bounds) or ask(**bounds))
    session.monitor.poke()
    await until(lambda: session.store.run(run_id) is not None, 10)
    assert len(polls) == 1
    assert session.store.run(run_id).test_id == test["id"]
