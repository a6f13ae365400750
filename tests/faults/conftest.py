"""A session on a server that misbehaves, over real sockets and real files."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from k6desk.api.secret import Secret
from k6desk.api.v6 import CloudV6
from k6desk.core.accounts import Account
from k6desk.core.notices import Notices
from k6desk.core.session import Session
from k6desk.core.tasks import Tasks
from tests.api.faultserver import FaultServer, Reply, Request

CANARY = "canary0123456789token"
RUN = re.compile(r"/cloud/v6/test_runs/(\d+)")


def run_json(id_: int, *, status: str = "completed", day: int = 1, **more) -> dict:
    """A run as the API gives it, created at `id_` seconds of a day in 2026."""
    created = f"2026-03-{day:02}T{id_ // 3600 % 24:02}:{id_ // 60 % 60:02}:{id_ % 60:02}Z"
    return {"id": id_, "test_id": 5, "project_id": 1, "status": status, "created": created, "note": ""} | more


class Stack:
    """A small Grafana stack: `answers[path]` overrides what a path answers, `every` overrides them all."""

    def __init__(self) -> None:
        self.runs = [run_json(7)]
        self.tests = [{"id": 5, "project_id": 1, "name": "Checkout"}]
        self.projects = [{"id": 1, "name": "Shop"}]
        self.answers: dict[str, Reply | Callable[[Request], Reply]] = {}
        self.every: Reply | None = None

    def __call__(self, request: Request) -> Reply:
        answer = self.every or self.answers.get(request.path)
        if answer:
            return answer(request) if callable(answer) else answer
        lists = {
            "/cloud/v6/projects": self.projects,
            "/cloud/v6/load_tests": self.tests,
            "/cloud/v6/test_runs": self.runs,
        }
        if request.path in lists:
            rows = lists[request.path]
            return Reply({"value": rows, "@count": len(rows)})
        if request.path in {"/cloud/v6/load_zones", "/cloud/v6/schedules", "/cloud/v6/project-limits"}:
            return Reply({"value": []})
        if request.path == "/cloud/v6/load_tests/5":
            return Reply({"id": 5, "project_id": 1, "name": "Checkout"})
        if request.path == "/cloud/v6/load_tests/5/test_runs":
            return Reply({"value": self.runs[::-1], "@count": len(self.runs)})
        if match := RUN.fullmatch(request.path):
            found = [run for run in self.runs if run["id"] == int(match[1])]
            if found:
                return Reply(found[0])
        return Reply({"error": {"message": "Not found.", "code": "404"}}, status=404)


@pytest.fixture(autouse=True)
def _direct_connections(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def stack() -> Stack:
    return Stack()


@pytest.fixture
async def serve() -> AsyncIterator[Callable]:
    async with AsyncExitStack() as exits:

        async def start(script) -> FaultServer:
            return await exits.enter_async_context(FaultServer(script))

        yield start


@pytest.fixture
async def server(serve, stack) -> FaultServer:
    return await serve(stack)


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    errors: list[BaseException] = []
    tasks = Tasks(lambda error, _name: errors.append(error))
    tasks.errors = errors
    yield tasks
    await tasks.aclose()
    assert not errors


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "account"


@pytest.fixture
async def session(server, folder, tasks) -> AsyncIterator[Session]:
    session = Session(Account.of(server.origin, "https://team.grafana.net", 42), folder, Notices())
    yield session
    await session.aclose()
    await tasks.aclose()


@pytest.fixture
def go_live(session, tasks):
    """Bring the session to life; the monitor does not rest, so that a test need not wait."""

    async def go(token: str = CANARY) -> Session:
        await session.store.load_index()
        session.go_live(CloudV6(session.account.origin, Secret(token), 42), tasks)
        return session

    return go


@pytest.fixture
async def live(go_live, until):
    session = await go_live()
    await until(lambda: session.monitor.caught_up and session.store.projects())
    return session


def said(session: Session) -> list[str]:
    return [notice.text for notice in session.notices.current()]
