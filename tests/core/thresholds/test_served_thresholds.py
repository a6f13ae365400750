from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from k6desk.api.errors import BadAnswer, NotFound, NotOffered
from k6desk.api.metrics import ThresholdVerdict
from k6desk.api.models import Run
from k6desk.core.connection import Connection
from k6desk.core.store import Store
from k6desk.core.thresholds import served_thresholds as module
from k6desk.core.thresholds.served_thresholds import ServedThresholds
from k6desk.data.cache import Cache
from k6desk.data.library import Library

NOW = datetime.now(UTC)
LIVE = Run(id=9, test_id=2, project_id=3, status="running", created_at=NOW - timedelta(minutes=5))
DONE = Run(
    id=1,
    test_id=2,
    project_id=3,
    status="completed",
    created_at=NOW - timedelta(hours=1),
    ended_at=NOW - timedelta(minutes=9),
)
HOLDS = ThresholdVerdict("http_req_duration", "p(95)<300", 300, 299.0, tainted=False)
CROSSED = replace(HOLDS, value=312.0, tainted=True)


class Cloud:
    """The cloud as far as it is asked here."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.says: tuple[ThresholdVerdict, ...] | Exception = (HOLDS,)

    async def verdicts(self, run_id):
        self.asked.append(run_id)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
def cloud():
    return Cloud()


@pytest.fixture
def store(tmp_path):
    store = Store(Cache(tmp_path / "cache.db"), Library(tmp_path / "library.db"))
    yield store
    store.close()


@pytest.fixture
def connection():
    return Connection()


@pytest.fixture
async def served(store, cloud, tasks, connection, monkeypatch):
    monkeypatch.setattr(module, "LIVE_S", 0.01)
    await store.put_runs([DONE, LIVE], NOW)
    served = ServedThresholds(store, connection)
    served.go_live(cloud, tasks)
    yield served
    await asyncio.gather(*served.stop(), return_exceptions=True)
    await tasks.aclose()


async def test_an_ended_run_is_asked_for_once(served, cloud, emitted):
    served.look_at(DONE.id)
    assert await emitted(served.changed) == (DONE.id,)
    assert served.of(DONE.id) == (HOLDS,)
    served.look_at(None)
    served.look_at(DONE.id)
    await asyncio.sleep(0.05)
    assert cloud.asked == [DONE.id]


async def test_a_run_that_goes_on_is_asked_for_again_and_what_is_new_is_told(served, cloud, store, emitted, until):
    served.look_at(LIVE.id)
    await emitted(served.changed)
    await until(lambda: len(cloud.asked) > 2)
    cloud.says = (CROSSED,)
    await emitted(served.changed)
    assert served.of(LIVE.id) == (CROSSED,)
    await store.put_runs([replace(LIVE, status="completed", ended_at=NOW - timedelta(minutes=1))], NOW)
    assert served.of(LIVE.id) == (CROSSED,)
    await until(lambda: served._is_done(LIVE.id))
    asked = len(cloud.asked)
    await asyncio.sleep(0.05)
    assert len(cloud.asked) == asked


async def test_what_was_said_before_the_end_does_not_count_after_it(served, cloud, store, emitted):
    served.look_at(LIVE.id)
    await emitted(served.changed)
    served.look_at(None)
    assert served.of(LIVE.id) == (HOLDS,)
    await store.put_runs([replace(LIVE, status="completed", ended_at=datetime.now(UTC))], NOW)
    assert served.of(LIVE.id) == ()


async def test_what_was_said_is_known_without_a_server(served, cloud, store):
    await served.get(DONE.id)
    offline = ServedThresholds(store, Connection())
    assert offline.of(DONE.id) == (HOLDS,)
    await offline.get(DONE.id)
    await served.get(DONE.id)
    assert cloud.asked == [DONE.id]


async def test_nobody_looks_so_nothing_is_asked(served, cloud):
    served.look_at(LIVE.id)
    served.look_at(None)
    await asyncio.sleep(0.03)
    assert not cloud.asked


async def test_an_api_that_has_vanished_is_asked_no_more(served, cloud, until):
    cloud.says = NotOffered("The server does not tell any more.")
    served.look_at(DONE.id)
    await until(lambda: served._has_vanished)
    served.look_at(LIVE.id)
    await asyncio.sleep(0.03)
    assert cloud.asked == [DONE.id]
    assert served.of(DONE.id) == ()


async def test_a_run_that_it_does_not_know_is_no_reason_to_ask_for_no_other(served, cloud, emitted, until):
    cloud.says = NotFound("No such run.", status=404)
    served.look_at(DONE.id)
    await until(lambda: cloud.asked)
    cloud.says = (HOLDS,)
    served.look_at(LIVE.id)
    assert await emitted(served.changed) == (LIVE.id,)


async def test_a_failing_server_is_asked_twice_for_a_run(served, cloud, connection, until):
    cloud.says = BadAnswer("The answer cannot be read.")
    served.look_at(DONE.id)
    await until(lambda: len(cloud.asked) == 2)
    await asyncio.sleep(0.05)
    assert len(cloud.asked) == 2
    assert not connection.wait_s  # the rest of the server does not fail
