"""Runs as the API gives them, in a real store, and a cloud that answers from memory."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from k6desk.api.errors import CloudError, Unreachable
from k6desk.api.models import Limits, LoadTest, LoadZone, Node, Project, Script, ZoneNodes
from k6desk.api.wire.runs import runs_page
from k6desk.core.commands import Commands
from k6desk.core.connection import Connection
from k6desk.core.logs.log_tail import LogTail
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.notices import Notices
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.core.thresholds.served_thresholds import ServedThresholds
from k6desk.data.cache import Cache
from k6desk.data.library import Library

NOW = datetime.now(UTC).replace(microsecond=0)
ID = 5_000_000_001

OPTIONS = {
    "stages": [{"duration": "1m0s", "target": 20}, {"duration": "3m0s", "target": 20}],
    "thresholds": {
        "http_req_duration": ["p(95)<500", {"threshold": "p(99)<900", "abortOnFail": True}],
        "checks": ["rate>0.99"],
    },
    "cloud": {
        "name": "Checkout soak",
        "projectID": 12,
        "token": "glc_something_secret",
        "distribution": {"a": {"loadZone": "amazon:us:ashburn", "percent": 60}},
    },
    "summaryTrendStats": ["avg", "p(95)"],
    "userAgent": None,
    "noConnectionReuse": False,
}


def before(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def step(status: str, seconds_ago: float, **extra) -> dict:
    entry = {"type": status, "entered": before(seconds_ago)}
    return entry | ({"extra": {"by_user": None, "code": None, "message": None} | extra} if extra else {})


def raw_run(run_id: int = ID, **changes) -> dict:
    """A passed run of ten minutes, as today's API gives it."""
    return {
        "id": run_id,
        "test_id": 123,
        "project_id": 12,
        "status": "completed",
        "result": "passed",
        "result_details": {"type": "passed", "message": None, "code": None},
        "created": before(4000),
        "ended": before(3300),
        "started_by": "ana@example.com",
        "note": "After the index on orders.",
        "is_starred": True,
        "max_vus": 1200,
        "max_browser_vus": 0,
        "estimated_duration": 600,
        "execution_duration": 603,
        "retention_expiry": before(-86400 * 20),
        "cost": {
            "total_vuh": "6.75",
            "breakdown": {
                "base_total_vuh": 10,
                "protocol_vuh": 5.25,
                "browser_vuh": 1.5,
                "reduction_rate": 32.5,
                "reduction_rate_breakdown": {"volume": "10", "local_run": 25},
            },
        },
        "distribution": [
            {"load_zone": "amazon:us:ashburn", "percent": 60},
            {"load_zone": "amazon:sa:cape town", "percent": 40},
        ],
        "options": OPTIONS,
        "k6_versions": {"k6": "v0.56.0", "k6/x/faker": "v0.4.1"},
        "k6_dependencies": {"k6": ">=v0.52", "k6/x/faker": ">=0.4.0"},
        "status_details": {"type": "completed", "entered": before(3300)},
        "status_history": [
            step("created", 4000),
            step("queued", 3998),
            step("initializing", 3990),
            step("running", 3930),
            step("processing_metrics", 3320),
            step("completed", 3300),
        ],
        **changes,
    }


def running(run_id: int = ID, since: float = 370, **changes) -> dict:
    history = [step("created", since + 50), step("initializing", since + 45), step("running", since)]
    present = raw_run(
        run_id,
        status="running",
        result=None,
        result_details=None,
        created=before(since + 50),
        ended=None,
        note="",
        is_starred=False,
        status_details={"type": "running", "entered": before(since)},
        status_history=history,
    )
    return present | changes


def failed(run_id: int = ID, **changes) -> dict:
    message = "thresholds on metrics 'http_req_duration', 'checks' have been crossed"
    return raw_run(
        run_id, result="failed", result_details={"type": "failed", "message": message, "code": 99}, **changes
    )


def aborted(run_id: int = ID, by: str | None = "ben@example.com", **changes) -> dict:
    message = "Aborted by user." if by else "Lost contact with 2 of 3 load generators for more than 120 s."
    return raw_run(
        run_id,
        status="aborted",
        result="error",
        result_details={"type": "error", "message": message, "code": 8030},
        status_history=[
            step("created", 4000),
            step("initializing", 3990),
            step("running", 3930),
            step("aborted", 3300, by_user=by, code=8030, message=message),
        ],
        **changes,
    )


def invalid(run_id: int = ID, **changes) -> dict:
    message = 'SyntaxError: file:///home/ci/load-tests/main.js: Unexpected token, expected "," (18:42)'
    return raw_run(
        run_id,
        status="aborted",
        result="error",
        result_details={"type": "error", "message": message, "code": 4001},
        cost=None,
        max_vus=None,
        estimated_duration=None,
        execution_duration=0,
        distribution=None,
        options=None,
        note="",
        status_history=[step("created", 4000), step("aborted", 3997, code=4001, message=message)],
        **changes,
    )


def of_2024(run_id: int = ID, **changes) -> dict:
    """A run as the API gave it in 2024: no limits, no versions, half a breakdown."""
    old = raw_run(
        run_id,
        result_details={},
        cost={"total_vuh": 10, "breakdown": {"protocol_vuh": 10, "browser_vuh": 0}},
        **changes,
    )
    newer = ("max_vus", "max_browser_vus", "estimated_duration", "execution_duration", "is_starred")
    return {name: value for name, value in old.items() if name not in {*newer, "k6_versions", "k6_dependencies"}}


NODES = (
    ZoneNodes(
        "amazon:us:ashburn",
        60.0,
        (Node("m5.large", "18.206.4.11"), Node("m5.large", "18.206.4.12"), Node("c5.xlarge", "3.80.17.201")),
    ),
    ZoneNodes("amazon:sa:cape town", 40.0, (Node("m5.large", "13.244.8.90"),)),
)
SCRIPT = b'import http from "k6/http";\n\n// 20 users log in\nexport default function () {\n  http.get("https://x.test");\n}\n'


class MemoryCloud:
    """The network's end of the commands: answers from what a test put into it, or fails with `error`."""

    def __init__(self) -> None:
        self.lacks: dict[str, str] = {}
        self.going = frozenset()
        self.runs: dict[int, dict] = {}
        self.nodes: dict[int, tuple[ZoneNodes, ...] | None] = {}
        self.scripts: dict[tuple[str, int], Script] = {}
        self.error: CloudError | None = None
        self.asked: list[str] = []

    async def run(self, run_id: int) -> bytes:
        self._ask("run")
        return json.dumps(self.runs[run_id]).encode()

    async def set_note(self, run_id: int, note: str) -> None:
        self._ask("set_note")
        self.runs[run_id]["note"] = note

    async def distribution(self, run_id: int) -> tuple[ZoneNodes, ...] | None:
        self._ask("distribution")
        return self.nodes.get(run_id)

    async def run_script(self, run_id: int) -> Script:
        self._ask("run_script")
        return self.scripts["run", run_id]

    async def test_script(self, test_id: int) -> Script:
        self._ask("test_script")
        return self.scripts["test", test_id]

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.error:
            raise self.error


class Desk:
    """A store with two projects' worth of names, the commands over it, and the cloud they ask."""

    def __init__(self, folder: Path) -> None:
        self.cache = Cache(None)
        self.cache.put_projects([Project(12, "Webshop")])
        self.cache.put_tests([LoadTest(123, 12, "Checkout ramp")])
        self.cache.put_limits([Limits(12, vuh_max_per_month=1500)])
        self.cache.put_zones(
            [
                LoadZone(1, "US East (N. Virginia)", "amazon:us:ashburn"),
                LoadZone(2, "Africa (Cape Town)", "amazon:sa:cape town"),
            ]
        )
        self.store = Store(self.cache, Library(folder / "library.db"))
        self.cloud = MemoryCloud()
        self.connection = Connection()
        self.notices = Notices()
        self.commands = Commands(self.store, self.connection, self.notices)
        self.numbers = Numbers(self.store, self.connection)
        self.served_thresholds = ServedThresholds(self.store, self.connection)
        self.log_tail = LogTail(self.store, self.connection)
        self.errors: list[BaseException] = []
        self.tasks = Tasks(lambda error, name: self.errors.append(error))
        self.commands.use(self.cloud, lambda: None, self.tasks)

    async def put(self, raw: dict) -> int:
        """The server says this of a run."""
        self.cloud.runs[raw["id"]] = raw
        await self.store.put_detail(json.dumps(raw).encode(), datetime.now(UTC))
        return raw["id"]

    async def put_row(self, raw: dict) -> int:
        """The server names the run in a list: only its row is known."""
        page, _ = runs_page(json.dumps({"value": [raw]}).encode())
        await self.store.put_runs(page.rows, datetime.now(UTC))
        return raw["id"]

    async def go_offline(self) -> None:
        """The server cannot be reached any more."""
        self.cloud.error = Unreachable("The server cannot be reached.")
        with pytest.raises(CloudError):
            await self.connection.ask(lambda: self.cloud.run(0))

    async def go_online(self) -> None:
        """The server answers again, and has been asked."""
        self.cloud.error = None
        self.connection.forget_failures()

        async def ask() -> None:
            pass

        await self.connection.ask(ask)

    async def close(self) -> None:
        await self.tasks.aclose()
        self.store.close()


@pytest.fixture
async def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    await made.close()
    assert not made.errors


@pytest.fixture
def samples():
    """This module: the runs and how to make them."""
    return sys.modules[__name__]
