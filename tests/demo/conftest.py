"""A demo cloud in the test's own event loop, over a world whose clock the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from k6desk.demo.faults import Faults
from k6desk.demo.server import create_app, serve
from k6desk.demo.world import World

TOKEN = "token-of-this-test"
LEGACY_TOKEN = "legacy-token-of-this-test"

NUMBER = (int, float, str)
TEXT_OR_NULL = (str, type(None))
INT_OR_NULL = (int, type(None))

STATUS = {"type": str, "entered": "time"}
EXTRA = {"by_user": TEXT_OR_NULL, "message": TEXT_OR_NULL, "code": INT_OR_NULL}
OLD_RUN = {
    "id": int,
    "test_id": int,
    "project_id": int,
    "started_by": TEXT_OR_NULL,
    "created": "time",
    "ended": "time?",
    "note": str,
    "retention_expiry": "time?",
    "cost": (dict, type(None)),
    "status": str,
    "status_details": dict,
    "status_history": list,
    "distribution": (list, type(None)),
    "result": TEXT_OR_NULL,
    "result_details": (dict, type(None)),
    "options": (dict, type(None)),
}
RUN = OLD_RUN | {
    "k6_dependencies": dict,
    "k6_versions": dict,
    "max_vus": INT_OR_NULL,
    "max_browser_vus": INT_OR_NULL,
    "estimated_duration": INT_OR_NULL,
    "execution_duration": int,
    "is_starred": bool,
}
LOAD_TEST = {
    "id": int,
    "project_id": int,
    "name": str,
    "baseline_test_run_id": INT_OR_NULL,
    "k6_version": INT_OR_NULL,
    "created": "time",
    "updated": "time",
}
PROJECT = {
    "id": int,
    "name": str,
    "is_default": bool,
    "grafana_folder_uid": TEXT_OR_NULL,
    "created": "time",
    "updated": "time",
    "labels": dict,
}
LIMITS = {
    "project_id": int,
    "vuh_max_per_month": INT_OR_NULL,
    "vu_max_per_test": INT_OR_NULL,
    "vu_browser_max_per_test": INT_OR_NULL,
    "duration_max_per_test": INT_OR_NULL,
}
LOAD_ZONE = {
    "id": int,
    "name": str,
    "k6_load_zone_id": str,
    "available": bool,
    "custom_load_runner_image": TEXT_OR_NULL,
    "public": bool,
}
BREAKDOWN = {
    "protocol_vuh": NUMBER,
    "browser_vuh": NUMBER,
    "base_total_vuh": NUMBER,
    "reduction_rate": NUMBER,
    "reduction_rate_breakdown": (dict, type(None)),
}


class Clock:
    """Seconds since the epoch that stand still until they are moved."""

    def __init__(self) -> None:
        self.now_s = datetime(2026, 6, 15, 14, 30, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now_s

    def forward(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock, seed=7)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
async def url(world: World, faults: Faults, clock: Clock) -> AsyncIterator[str]:
    async with serve(
        create_app(world, token=TOKEN, legacy_token=LEGACY_TOKEN, faults=faults, monotonic_s=clock)
    ) as url:
        yield url


@pytest.fixture
async def cloud(world: World, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is signed in."""
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Stack-Id": str(world.stack_id)}
    async with httpx.AsyncClient(base_url=f"{url}/cloud/v6", headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
async def legacy(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is signed in with the token that has no stack."""
    headers = {"Authorization": f"Token {LEGACY_TOKEN}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as client:
        yield client


def _check(value, shape) -> None:
    assert value.keys() == shape.keys()
    for name, wanted in shape.items():
        if wanted in ("time", "time?"):
            assert wanted == "time?" or value[name] is not None, name
            if value[name] is not None:
                datetime.fromisoformat(value[name])
        else:
            assert isinstance(value[name], wanted), (name, value[name])


@pytest.fixture
def checked():
    """`checked(value, "run")` returns the value if it has exactly the members and types of its kind."""
    shapes = {"load test": LOAD_TEST, "project": PROJECT, "limits": LIMITS, "load zone": LOAD_ZONE}

    def check(value, kind: str):
        if kind != "run":
            _check(value, shapes[kind])
            return value
        _check(value, RUN if "is_starred" in value else OLD_RUN)
        for status in (*value["status_history"], value["status_details"]):
            _check(status, STATUS | ({"extra": dict} if "extra" in status else {}))
            if "extra" in status:
                _check(status["extra"], EXTRA)
        if value["cost"] is not None:
            _check(value["cost"], {"total_vuh": NUMBER, "breakdown": dict})
            if "is_starred" in value:
                _check(value["cost"]["breakdown"], BREAKDOWN)
        return value

    return check


@pytest.fixture
def refused():
    """`refused(answer, 404)` checks the documented shape of an error and returns its target."""

    def check(answer: httpx.Response, status: int) -> str | None:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/json"
        error = answer.json()["error"]
        _check(
            error,
            {"message": str, "code": str, "target": TEXT_OR_NULL, "details": (list, type(None))},
        )
        for detail in error["details"] or []:
            _check(detail, {"message": str, "code": str, "target": TEXT_OR_NULL})
        return error["target"]

    return check
