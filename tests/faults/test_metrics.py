"""Metrics from a server that fails, lies or floods: the window goes on, and so does all that is no metric."""

from __future__ import annotations

import json
import sqlite3
import time
from array import array
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import msgspec
import pytest
from PySide6.QtCore import QObject, Qt, QTimer

from k6desk.api.metrics import Answer, Query, Series, quantile
from k6desk.core.connection import State
from k6desk.core.metrics import numbers as module
from k6desk.core.metrics.asked import Asked, single, times_of
from k6desk.core.metrics.numbers import Numbers
from k6desk.data import run_numbers
from k6desk.data.cache import Cache
from k6desk.data.run_numbers import Told
from tests.api.faultserver import Reply
from tests.faults.conftest import CANARY, run_json

BY_NAME = Asked(Query("http_reqs", "rate", ("name",)), over_time=True)
P95 = Asked(Query("http_req_duration", quantile(0.95)))
LISTED = {"value": [{"name": "http_reqs", "type": "counter"}]}
DONE, LIVE = 7, 8
FLOOD, SAMPLES = 20_000, 5


def result(*rows) -> dict:
    return {"status": "success", "data": {"resultType": "matrix", "result": list(rows)}}


def row(*values, **labels) -> dict:
    return {"metric": labels, "values": list(values)}


@pytest.fixture
def metrics(stack, monkeypatch):
    """What is asked of the metrics: `metrics.reply` answers all of it, `metrics.asked` are the addresses."""
    for name in ("CURVES_S", "VALUES_S", "SOON_S"):
        monkeypatch.setattr(module, name, 0.05)

    told, others = SimpleNamespace(reply=Reply(result()), asked=[]), stack.__call__

    def script(request):
        if "/cloud/v5/" not in request.path:
            return others(request)
        told.asked.append(request.target)
        return Reply(LISTED) if request.path.endswith("/metrics") else told.reply

    begun = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    stack.runs = [run_json(DONE), run_json(LIVE, status="running", created=begun)]
    stack.metrics_script = script
    return told


@pytest.fixture
async def server(serve, stack, metrics):
    return await serve(stack.metrics_script)


@pytest.fixture
def watched(live):
    """`watched(run, …)` looks at these metrics, and gives those that know them."""
    owners = []

    def watch(run_id: int, *wanted: Asked) -> Numbers:
        owners.append(QObject())
        live.numbers.watch(owners[-1], run_id, wanted)
        return live.numbers

    return watch


@pytest.mark.parametrize(
    "reply",
    [
        Reply("oops", 500),
        Reply("<html>sign in</html>", content_type="text/html"),
        Reply('{"data": {"result": [{"metric"'),
        Reply({"error": {"message": "no such token"}}, 401),
        Reply(status=302, headers={"Location": "https://elsewhere.example.com/"}),
    ],
)
async def test_metrics_that_fail_are_no_failure_of_the_rest(metrics, live, watched, until, reply):
    metrics.reply = reply
    numbers = watched(LIVE, BY_NAME)
    await until(lambda: numbers.problem(LIVE, BY_NAME))
    assert (live.connection.state, live.connection.wait_s) == (State.LIVE, 0)
    assert not numbers.is_waiting(LIVE)
    now = time.time()
    metrics.reply = Reply(result(row([now, 1], name="a")))
    numbers.forget_problems()
    await until(lambda: numbers.told(LIVE, BY_NAME) and not numbers.problem(LIVE, BY_NAME))


async def test_times_that_cannot_be_stop_nothing(metrics, watched, until):
    now = int(time.time())
    good = [[now - 120, 1], [now - 60, 2]]
    odd = ([1e308, 3], [now * 1000, 3], [253_402_300_799, 3], [-62_135_596_800, 3])
    metrics.reply = Reply(result(row(*good, *odd, name="a"), row(*odd, name="b")))
    numbers = watched(LIVE, BY_NAME)
    await until(lambda: numbers.told(LIVE, BY_NAME))
    count = len(metrics.asked)
    metrics.reply = Reply(result(row([now, 5], *odd, name="a"), row(*odd, name="b")))
    await until(lambda: len(metrics.asked) > count + 2)
    (series,) = numbers.told(LIVE, BY_NAME).answer.series
    assert list(times_of(series)) == [now - 120, now]


async def test_a_server_that_always_says_everything_makes_no_curve_longer(metrics, watched, until):
    now = int(time.time())
    metrics.reply = Reply(result(row(*([now - 3 * n, n] for n in range(100)), name="a")))
    numbers = watched(LIVE, BY_NAME)
    await until(lambda: numbers.told(LIVE, BY_NAME) and sum("range" in one for one in metrics.asked) > 3)
    (series,) = numbers.told(LIVE, BY_NAME).answer.series
    assert list(times_of(series)) == sorted(now - 3 * n for n in range(100))


async def test_more_failed_checks_than_there_are_numbers(metrics, live, until):
    metrics.reply = Reply(result({"metric": {}, "value": [0, "9.2e18"]}))
    live.check_reader.look_at_run(DONE)
    await until(lambda: live.store.failed_checks(DONE) == 9_200_000_000_000_000_000)
    metrics.reply = Reply(result({"metric": {"test_run_id": str(DONE)}, "value": [0, -7]}))
    live.check_reader.look_at_test(5)
    await until(lambda: live.store.failed_checks(DONE) == 0)


async def test_very_many_series_do_not_hold_the_window(metrics, watched, until):
    now = int(time.time())
    many = [row(*([now - 3 * n, n] for n in range(SAMPLES)), name=f"https://x/{n}") for n in range(FLOOD)]
    metrics.reply = Reply(json.dumps(result(*many)))
    beats = [time.thread_time()]
    heart = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
    heart.timeout.connect(lambda: beats.append(time.thread_time()))
    numbers = watched(DONE, BY_NAME)
    heart.start()
    await until(lambda: numbers.told(DONE, BY_NAME))
    heart.stop()
    answer = numbers.told(DONE, BY_NAME).answer
    assert len(answer.series) + answer.left_out == FLOOD
    assert max(late - early for early, late in pairwise(beats)) < 0.25


async def test_the_token_is_in_no_address_and_in_no_file(metrics, live, watched, until, folder, caplog):
    metrics.reply = Reply({"error": {"message": "Not this."}}, 400)
    with caplog.at_level("DEBUG"):
        numbers = watched(LIVE, BY_NAME)
        await until(lambda: numbers.problem(LIVE, BY_NAME))
        metrics.reply = Reply(result({"metric": {}, "value": [1, 5]}))
        watched(DONE, P95)
        await until(lambda: live.store.numbers(DONE, P95.key))
    assert CANARY not in caplog.text + "".join(metrics.asked) + numbers.problem(LIVE, BY_NAME)
    assert all(CANARY.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b"",
        msgspec.msgpack.encode([1, 2]),
        msgspec.msgpack.encode(Told(Answer((Series({}, b"12345", b"12345678"),)), datetime.now(UTC), is_final=True)),
        msgspec.msgpack.encode(Told(Answer((Series({}, bytes(16), bytes(8)),)), datetime.now(UTC), is_final=True)),
    ],
)
async def test_a_damaged_answer_is_asked_for_again(metrics, live, watched, until, content):
    await live.store.put_numbers(DONE, {P95.key: content, "metrics": content})
    metrics.reply = Reply(result({"metric": {}, "value": [1, 5]}))
    numbers = watched(DONE, P95)
    await until(lambda: numbers.told(DONE, P95) and numbers.metrics(DONE))
    assert single(numbers.told(DONE, P95).answer) == 5


def test_answers_do_not_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(run_numbers, "MOST_BYTES", 10_000)
    cache = Cache(tmp_path / "cache.db")
    for run_id in range(1, 9):
        cache.numbers.put(run_id, {"a": bytes(3_000)}, datetime.fromtimestamp(run_id, UTC))
    assert [run_id for run_id in range(1, 9) if cache.numbers.document(run_id, "a")] == [6, 7, 8]
    cache.numbers.put(9, {"a": bytes(30_000)}, datetime.fromtimestamp(9, UTC))
    assert [run_id for run_id in range(1, 10) if cache.numbers.document(run_id, "a")] == [9]
    cache.close()
    with sqlite3.connect(tmp_path / "cache.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_a_curve_of_another_shape_is_none():
    told = Told(Answer((Series({}, array("d", [1]).tobytes(), array("d", [2]).tobytes()),)), datetime.now(UTC), True)
    assert run_numbers.told_of(msgspec.msgpack.encode(told)) == told
    assert run_numbers.told_of(msgspec.msgpack.encode(Answer())) is None
