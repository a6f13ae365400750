"""What is asked of the metrics of runs, and how often."""

from __future__ import annotations

import asyncio
from array import array
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.msgpack import encode
from msgspec.structs import replace
from PySide6.QtCore import QObject

from k6desk.api.errors import NotFound, Refused, Unreachable
from k6desk.api.metrics import Answer, Metric, Query, Series, quantile
from k6desk.api.models import Run
from k6desk.core.connection import Connection, NotNow
from k6desk.core.metrics import numbers as module
from k6desk.core.metrics.asked import Asked, Told, single, times_of
from k6desk.core.metrics.numbers import Numbers
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.data.cache import Cache
from k6desk.data.library import Library

P95 = Asked(Query("http_req_duration", quantile(0.95)))
CURVE = Asked(Query("vus", "last"), over_time=True)
NOW = datetime.now(UTC)
DONE = Run(
    id=1,
    test_id=2,
    project_id=3,
    status="completed",
    result="passed",
    created_at=NOW - timedelta(hours=2),
    ended_at=NOW - timedelta(hours=1),
)
LIVE = Run(id=4, test_id=2, project_id=3, status="running", created_at=NOW - timedelta(minutes=2))


def answer(*points: tuple[float, float], **labels: str) -> Answer:
    times, values = array("d", [at for at, _ in points]), array("d", [value for _, value in points])
    return Answer((Series(labels, times.tobytes(), values.tobytes()),))


class Metrics:
    """The cloud as far as it is asked here."""

    def __init__(self) -> None:
        self.asked: list[tuple] = []
        self.error: Exception | None = None
        self.curves = [answer((1000, 1), (1003, 2))]
        self.value = 310.27

    async def metrics(self, run_id):
        return self._say((Metric("vus", "gauge"),), "metrics", run_id)

    async def curve(self, run_id, query, step_s, start=None, end=None):
        return self._say(self.curves[0] if len(self.curves) == 1 else self.curves.pop(0), "curve", run_id, start)

    async def total(self, run_id, query):
        return self._say(answer((0, self.value)), "total", run_id)

    async def totals_of_runs(self, test_id, query, run_ids):
        series = tuple(answer((0, 5.0 * id_), test_run_id=str(id_)).series[0] for id_ in run_ids if id_ != 9)
        return self._say(Answer(series), "totals_of_runs", tuple(run_ids))

    async def metric_labels(self, run_id, selector):
        return self._say(("name", "status"), "labels", run_id)

    def _say(self, said, *asked):
        self.asked.append(asked)
        if self.error:
            raise self.error
        return said

    def count(self, what: str) -> int:
        return sum(one[0] == what for one in self.asked)


@pytest.fixture
def store(tmp_path):
    store = Store(Cache(tmp_path / "cache.db"), Library(tmp_path / "library.db"))
    yield store
    store.close()


@pytest.fixture
def cloud():
    return Metrics()


@pytest.fixture
async def numbers(store, cloud, tasks, monkeypatch):
    for name, seconds in (("CURVES_S", 0.03), ("VALUES_S", 0.03), ("METRICS_S", 0.05), ("TELLING_MS", 1)):
        monkeypatch.setattr(module, name, seconds)
    await store.put_runs([DONE, LIVE], NOW)
    numbers = Numbers(store, Connection())
    numbers.go_live(cloud, tasks)
    yield numbers
    await asyncio.gather(*numbers.stop(), return_exceptions=True)
    await tasks.aclose()


async def test_what_is_looked_at_of_an_ended_run_is_asked_for_once(numbers, cloud, emitted, until):
    owner = QObject()
    numbers.watch(owner, DONE.id, [P95])
    run_id, news = await emitted(numbers.changed)
    assert (run_id, news) == (DONE.id, {P95})
    assert single(numbers.told(DONE.id, P95).answer) == 310.27
    assert numbers.told(DONE.id, P95).is_final
    await until(lambda: numbers.metrics(DONE.id))
    await asyncio.sleep(0.1)
    assert (cloud.count("total"), cloud.count("metrics")) == (1, 1)
    assert not numbers.is_waiting(DONE.id)


async def test_while_a_run_goes_on_only_the_end_of_a_curve_is_asked_for_again(numbers, cloud, until):
    cloud.curves = [answer((1000, 1), (1003, 2)), answer((1000, 1), (1003, 5), (1006, 6))]
    numbers.watch(owner := QObject(), LIVE.id, [CURVE])
    await until(lambda: cloud.count("curve") > 1 and len(times_of(numbers.told(LIVE.id, CURVE).answer.series[0])) == 3)
    starts = [asked[2] for asked in cloud.asked if asked[0] == "curve"]
    assert starts[0] is None
    assert starts[1].timestamp() == 1003 - module.OVERLAP_STEPS * 3
    assert not numbers.told(LIVE.id, CURVE).is_final
    assert owner


async def test_a_curve_is_asked_for_less_often_while_nobody_has_it_in_sight(numbers, until, monkeypatch):
    monkeypatch.setattr(module, "VALUES_S", 60.0)
    below = Asked(Query("iterations", "rate"), over_time=True)

    def asked_at(curve: Asked) -> datetime:
        return numbers.told(LIVE.id, curve).asked_at

    numbers.watch(owner := QObject(), LIVE.id, [CURVE, below], [below])
    await until(lambda: numbers.told(LIVE.id, CURVE) and numbers.told(LIVE.id, below))
    first, second = asked_at(below), asked_at(CURVE)
    await until(lambda: asked_at(CURVE) > second)
    assert asked_at(below) == first
    numbers.watch(other := QObject(), LIVE.id, [below])
    await until(lambda: asked_at(below) > first)
    assert owner
    assert other


async def test_nothing_is_asked_of_what_nobody_looks_at(numbers, cloud, until):
    owner = QObject()
    numbers.watch(owner, LIVE.id, [P95])
    await until(lambda: cloud.count("total") > 1)
    numbers.watch(owner, None, ())
    await asyncio.sleep(0.05)
    count = len(cloud.asked)
    await asyncio.sleep(0.1)
    assert len(cloud.asked) == count


async def test_who_is_gone_looks_at_nothing(numbers, cloud, until):
    owner = QObject()
    numbers.watch(owner, LIVE.id, [P95])
    await until(lambda: cloud.count("total") > 1)
    owner.deleteLater()
    await until(lambda: not numbers._watched)


async def test_a_run_that_has_not_begun_is_not_asked(numbers, store, cloud):
    waiting = replace(LIVE, id=5, status="initializing")
    await store.put_runs([waiting], NOW)
    numbers.watch(owner := QObject(), waiting.id, [P95])
    await asyncio.sleep(0.1)
    assert not cloud.asked
    assert not numbers.is_waiting(waiting.id)
    assert owner


async def test_a_no_is_said_and_not_asked_for_again_at_once(numbers, cloud, emitted, until):
    cloud.error = Refused("There is no method rate for a trend.", status=400)
    numbers.watch(owner := QObject(), LIVE.id, [P95])
    await until(lambda: numbers.problem(LIVE.id, P95) == "There is no method rate for a trend.")
    await asyncio.sleep(0.1)
    assert cloud.count("total") == 1
    assert numbers.told(LIVE.id, P95) is None
    cloud.error = None
    numbers.forget_problems()
    await until(lambda: numbers.told(LIVE.id, P95))
    assert numbers.problem(LIVE.id, P95) == ""
    assert owner


async def test_where_the_server_finds_nothing_there_is_no_data(numbers, cloud, until):
    cloud.error = NotFound("Not found.", status=404)
    numbers.watch(owner := QObject(), DONE.id, [P95])
    await until(lambda: numbers.told(DONE.id, P95))
    assert numbers.told(DONE.id, P95).answer == Answer()
    assert owner


async def test_an_outage_is_waited_out(numbers, cloud, until):
    cloud.error = Unreachable("The server cannot be reached.")
    numbers.watch(owner := QObject(), DONE.id, [P95])
    await until(lambda: numbers.problem(DONE.id, P95))
    assert not numbers.is_waiting(DONE.id)
    cloud.error = None
    numbers._connection.forget_failures()
    numbers._connection.changed.emit()
    await until(lambda: numbers.told(DONE.id, P95))
    assert owner


async def test_it_is_there_after_a_restart_without_a_server(numbers, store, until):
    numbers.watch(owner := QObject(), DONE.id, [P95, CURVE])
    await until(lambda: store.numbers(DONE.id, P95.key) and store.numbers(DONE.id, CURVE.key))
    await until(lambda: store.numbers(DONE.id, "metrics"))
    later = Numbers(store, Connection())
    assert later.told(DONE.id, P95) == numbers.told(DONE.id, P95)
    assert later.metrics(DONE.id) == (Metric("vus", "gauge"),)
    assert single(await later.get(DONE.id, P95)) == 310.27
    with pytest.raises(NotNow):
        await later.get(DONE.id, Asked(Query("iterations", "rate")))
    assert owner


async def test_what_is_kept_with_a_run_stays_when_the_server_has_deleted_it(numbers, store, until):
    numbers.watch(owner := QObject(), DONE.id, [P95])
    await until(lambda: store.numbers(DONE.id, P95.key) and store.numbers(DONE.id, "metrics"))
    await store.keep_run(DONE.id, "chosen")
    await store.remove_run(DONE.id)
    later = Numbers(store, Connection())
    assert single(later.told(DONE.id, P95).answer) == 310.27
    assert later.metrics(DONE.id)
    assert owner


async def test_figures_of_several_runs_are_asked_for_at_once_and_kept(numbers, store, cloud):
    await store.put_runs([replace(DONE, id=9)], NOW)
    assert await numbers.over_runs(2, P95.query, [1, 4, 9]) == {1: 5.0, 4: 20.0}
    assert await numbers.over_runs(2, P95.query, [1, 9]) == {1: 5.0}
    assert [asked[1] for asked in cloud.asked] == [(1, 4, 9)]


async def test_labels_are_asked_for_once(numbers, cloud):
    assert await numbers.labels(1, "vus") == await numbers.labels(1, "vus") == ("name", "status")
    assert cloud.count("labels") == 1


async def test_a_hidden_window_asks_less_often(numbers, cloud, until):
    numbers.set_hidden(True)
    numbers.watch(owner := QObject(), LIVE.id, [P95])
    await until(lambda: cloud.count("total") == 1)
    await asyncio.sleep(0.1)
    assert cloud.count("total") == 1
    assert owner


async def test_what_was_known_is_not_lost_when_the_server_has_deleted_it(numbers, store, cloud, until):
    just_ended = replace(DONE, id=6, ended_at=datetime.now(UTC))
    await store.put_runs([just_ended], NOW)
    await store.keep_run(6, "chosen")
    numbers.watch(owner := QObject(), 6, [CURVE])
    await until(lambda: numbers.told(6, CURVE))
    cloud.error = NotFound("Not found.", status=404)
    count = len(cloud.asked)
    await until(lambda: len(cloud.asked) > count)
    await asyncio.sleep(0.05)
    assert numbers.told(6, CURVE).answer.series
    await store.remove_run(6)
    assert store.kept(6).gone_at
    await asyncio.sleep(0.05)
    count = len(cloud.asked)
    await asyncio.sleep(0.1)
    assert len(cloud.asked) == count, "what is gone is not asked for"
    assert owner


async def test_on_a_slow_server_everything_gets_its_turn(numbers, cloud, until):
    said = cloud.curve

    async def slowly(*asked):
        await asyncio.sleep(0.06)  # with six at once and twenty of them longer than the time between two rounds
        return await said(*asked)

    cloud.curve = slowly
    wanted = [Asked(Query(f"metric_{n}", "last"), over_time=True) for n in range(20)]
    numbers.watch(owner := QObject(), LIVE.id, wanted)
    await until(lambda: all(numbers.told(LIVE.id, one) for one in wanted), 5)
    assert owner


async def test_a_bug_in_one_answer_stops_no_other(store, cloud, monkeypatch, until):
    errors = []
    tasks = Tasks(lambda error, _name: errors.append(error))
    await store.put_runs([DONE, LIVE], NOW)
    numbers = Numbers(store, Connection())
    numbers.go_live(cloud, tasks)
    said = cloud.total

    async def total(run_id, query):
        if query.metric == "odd":
            raise ZeroDivisionError
        return await said(run_id, query)

    cloud.total = total
    numbers.watch(owner := QObject(), LIVE.id, [Asked(Query("odd", "rate")), P95])
    await until(lambda: numbers.told(LIVE.id, P95) and errors)
    assert [type(error) for error in errors] == [ZeroDivisionError]
    await tasks.aclose()
    assert owner


async def test_labels_that_are_not_there_yet_are_asked_for_again(numbers, cloud):
    cloud.metric_labels = lambda run_id, selector: asyncio.sleep(0, ())
    assert await numbers.labels(LIVE.id, "vus") == ()
    cloud.metric_labels = lambda run_id, selector: asyncio.sleep(0, ("name",))
    assert await numbers.labels(LIVE.id, "vus") == ("name",)


async def test_what_came_with_a_file_is_found(numbers, store, until):
    assert numbers.told(DONE.id, P95) is None
    await store.put_numbers(DONE.id, {P95.key: encode(Told(answer((0, 5.0)), NOW, is_final=True))})
    await store.load_index()
    assert single(numbers.told(DONE.id, P95).answer) == 5.0
