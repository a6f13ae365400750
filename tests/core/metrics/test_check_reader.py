from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from k6desk.api.errors import Forbidden, NotFound, TryLater
from k6desk.api.metrics import Answer
from k6desk.api.models import Run
from k6desk.core.connection import Connection, State
from k6desk.core.metrics import check_reader as module
from k6desk.core.metrics.check_reader import CheckReader
from k6desk.core.store import Store
from k6desk.data.cache import Cache
from k6desk.data.library import Library
from tests.measured import total, totals

NOW = datetime.now(UTC)
LIVE = Run(id=9, test_id=2, project_id=3, status="running", created_at=NOW - timedelta(minutes=5))
DONE = [
    Run(
        id=id_,
        test_id=2,
        project_id=3,
        status="completed",
        result="passed",
        created_at=NOW - timedelta(hours=id_),
        ended_at=NOW - timedelta(minutes=1),
    )
    for id_ in (1, 2, 3)
]


class Cloud:
    """The cloud as far as it is asked here."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []
        self.fails: dict[int, float] = {}
        self.error: Exception | None = None

    async def total(self, run_id, query):
        self._ask("run", run_id, query)
        return total(self.fails.get(run_id))

    async def newest_totals(self, test_id, query, run_count):
        self._ask("test", test_id, query)
        assert run_count == 50
        return totals({(str(id_),): count for id_, count in self.fails.items()} | {("none",): 1}, "test_run_id")

    def _ask(self, kind, id_, query):
        assert (query.metric, query.expression) == ("checks", "increase_z")
        self.asked.append((kind, id_))
        if self.error:
            raise self.error


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
async def reader(store, cloud, tasks, connection, monkeypatch):
    monkeypatch.setattr(module, "PAUSE_S", 0.0)
    monkeypatch.setattr(module, "AGAIN_S", 0.0)
    monkeypatch.setattr(module, "SETTLING_MS", 0)
    await store.put_runs([*DONE, LIVE], NOW)

    async def nothing():
        pass

    await connection.ask(nothing)  # the server answers
    reader = CheckReader(store, connection)
    reader.go_live(cloud, tasks)
    yield reader
    await asyncio.gather(*reader.stop(), return_exceptions=True)
    await tasks.aclose()


async def test_the_run_that_is_looked_at_is_asked_for_once(reader, store, cloud, emitted):
    cloud.fails = {1: 83.0}
    reader.look_at_run(1)
    (delta,) = await emitted(store.changed)
    assert delta.changed == {1}
    assert store.failed_checks(1) == 83
    reader.look_at_run(1)
    assert not reader._wanted
    assert cloud.asked == [("run", 1)]


async def test_without_samples_no_check_failed(reader, store, cloud, until):
    reader.look_at_run(1)
    await until(lambda: store.failed_checks(1) == 0)
    cloud.error = NotFound("No such metric.", status=404)
    reader.look_at_run(2)
    await until(lambda: store.failed_checks(2) == 0)


async def test_a_run_that_goes_on_is_asked_for_when_it_has_ended(reader, store, cloud, until):
    cloud.fails = {9: 2}
    reader.look_at_run(9)
    assert not reader._wanted
    ended_at = NOW - timedelta(minutes=1)
    await store.put_runs([replace(LIVE, status="completed", result="passed", ended_at=ended_at)], NOW)
    await until(lambda: store.failed_checks(9) == 2)


async def test_what_is_said_before_the_last_samples_came_is_not_kept(reader, store, cloud, until, monkeypatch):
    cloud.fails = {8: 3}
    ended = replace(DONE[0], id=8, ended_at=datetime.now(UTC))
    await store.put_runs([ended], NOW)
    reader.look_at_test(2)
    await until(lambda: cloud.asked == [("test", 2)] and not reader._wanted)
    assert store.failed_checks(8) is None
    monkeypatch.setattr(module, "is_settled", lambda run, asked_at: True)
    cloud.fails = {8: 83}
    reader.look_at_run(8)
    await until(lambda: store.failed_checks(8) == 83)


async def test_the_newest_runs_of_a_test_are_asked_for_together_and_live_ones_left_out(reader, store, cloud, until):
    cloud.fails = {1: 1, 3: 7, 9: 4, 77: 5}
    reader.look_at_test(2)
    await until(lambda: store.failed_checks(3) == 7)
    assert store.failed_checks(1) == 1
    assert [store.failed_checks(id_) for id_ in (2, 9, 77)] == [None] * 3
    reader.look_at_test(2)
    assert not reader._wanted
    assert cloud.asked == [("test", 2)]


async def test_a_no_is_an_answer_and_a_failing_server_is_tried_twice(reader, store, cloud, connection, until):
    cloud.error = Forbidden("Not for this token.", status=403)
    reader.look_at_run(1)
    await until(lambda: not reader._wanted)
    assert store.failed_checks(1) is None
    cloud.error = TryLater("The server has an error.", status=500)
    reader.look_at_run(2)
    await until(lambda: not reader._wanted)
    assert cloud.asked.count(("run", 2)) == 2
    assert (connection.state, connection.wait_s) == (State.LIVE, 0)  # the rest of the server does not fail
    reader.look_at_run(2)
    assert not reader._wanted


async def test_while_the_server_is_away_nothing_is_asked_and_nothing_forgotten(store, cloud, connection, reader, until):
    connection.stay_offline()
    cloud.fails = {1: 3}
    reader.look_at_run(1)
    await asyncio.sleep(0.02)
    assert not cloud.asked
    connection.signed_in()
    await connection.ask(lambda: asyncio.sleep(0))
    await until(lambda: store.failed_checks(1) == 3)


def test_an_answer_names_runs_by_their_ids(store, connection):
    reader = CheckReader(store, connection)
    one = module.Wanted("test", 2)
    odd = totals({("x",): 1, ("٣",): 1, ("-1",): 2, (str(2**70),): 3}, "test_run_id")
    assert reader._counts(one, odd, NOW) == {}


async def test_an_answer_without_samples_counts_nothing(reader):
    assert reader._counts(module.Wanted("run", 1), Answer(), NOW) == {1: 0}


async def test_what_the_user_looks_at_is_asked_for_as_soon_as_there_is_a_server(session):
    await session.store.put_runs(DONE, NOW)
    session.look_at_test(2)
    session.look_at_run(1)
    session.look_at_run(None)
    assert [(one.kind, one.id) for one in session.check_reader._wanted] == [("run", 1), ("test", 2)]
