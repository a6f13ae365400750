"""The log of the run that is looked at: followed, picked up after a break, kept, and let go."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api import errors
from k6desk.api.logs import LogBatch, LogLine
from k6desk.core.logs import kept_log, log_tail
from k6desk.core.logs.log_tail import LogTail, Phase
from k6desk.data.query import Query
from k6desk.data.run_log import Mark, RunLog

PAUSE = LogTail._pause


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(LogTail, "_pause", lambda self, seconds: PAUSE(self, min(seconds, 0.01)))


@pytest.fixture
async def live(session, go_live, until):
    await session.store.load_index()
    go_live()
    await until(lambda: session.monitor.caught_up, 20)
    return session


@pytest.fixture
def tail(live, tasks):
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(live._cloud, tasks)
    return tail


def runs(session):
    return session.store.runs(session.store.select(Query())).values()


def ended(session):
    """A run whose log is there and has lines."""
    recent = datetime.now(UTC) - timedelta(days=5)
    return next(run for run in runs(session) if run.result == "passed" and run.ended_at > recent)


def running(session):
    return next(run for run in runs(session) if run.status == "running")


def texts(tail) -> list[str]:
    return [row.text for row in tail.log.rows()]


class Scripted:
    """A cloud whose log is what a test says: each dial takes the next list of batches and errors; then it is silent."""

    def __init__(self, *dials) -> None:
        self.dials = list(dials)
        self.starts = []

    async def log(self, run_id, start_ns):
        self.starts.append(start_ns)
        for said in self.dials.pop(0) if self.dials else ():
            if isinstance(said, Exception):
                raise said
            if said is None:
                return
            yield said
        while True:
            await asyncio.sleep(0.02)
            yield LogBatch()


def batch(*lines: tuple[int, str], **more) -> LogBatch:
    return LogBatch(tuple(LogLine(at, "info", said, {}) for at, said in lines), **more)


LOST = errors.Unreachable("The connection was lost.")


async def test_the_log_of_a_run_that_has_ended_is_read_whole_and_kept(live, tail, tasks, until):
    run = ended(live)
    tail.follow(run.id, tasks)
    await until(lambda: tail.phase is Phase.COMPLETE)
    assert texts(tail)[-1] == "The test has finished and all thresholds were met."
    times = [row.at_ns for row in tail.log.rows()]
    assert times == sorted(times)
    await until(lambda: live.store.log(run.id) is not None)
    assert RunLog.unpacked(live.store.log(run.id).value).rows() == tail.log.rows()


async def test_what_was_kept_is_shown_without_asking(live, tail, tasks, until, monkeypatch):
    run = ended(live)
    tail.follow(run.id, tasks)
    await until(lambda: tail.phase is Phase.COMPLETE and live.store.log(run.id))
    was = texts(tail)
    tail.rest()
    other = LogTail(live.store, live.connection, live)
    cloud = Scripted()
    other.go_live(cloud, tasks)
    other.follow(run.id, tasks)
    await until(lambda: other.phase is Phase.COMPLETE)
    assert texts(other) == was
    assert not cloud.starts


async def test_a_run_that_goes_on_is_followed_to_its_end(live, tail, tasks, until, clock, monkeypatch):
    monkeypatch.setattr(log_tail, "LIVE_SILENCES", 4)
    monkeypatch.setattr(log_tail, "is_settled", lambda run, asked_at: run.is_finished)  # its clock is another
    run = running(live)
    tail.follow(run.id, tasks)
    await until(lambda: tail.phase is Phase.LIVE and tail.log.end > 2)
    before = tail.log.end
    clock.forward(6 * 3600)
    await until(lambda: tail.log.end > before)
    assert not tail.log.is_complete
    live.monitor.poke()
    await until(lambda: tail.phase is Phase.COMPLETE, 20)


async def test_after_a_break_it_goes_on_where_it_was_without_saying_anything_twice(live, tasks, until):
    run = running(live)
    last = 10 * kept_log.OVERLAP_NS
    again = batch((last - 10, "a"), (last - 5, "late"), (last, "b"), (last, "c"), (last + 10, "d"))
    cloud = Scripted([batch((1, "old"), (last - 10, "a"), (last, "b")), LOST], [again])
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(cloud, tasks)
    tail.follow(run.id, tasks)
    await until(lambda: len(cloud.starts) == 2 and texts(tail)[-1:] == ["d"])
    assert cloud.starts[1] == last - kept_log.OVERLAP_NS
    *first, mark, late, c, d = tail.log.rows()
    assert [row.text for row in (*first, late, c, d)] == ["old", "a", "b", "late", "c", "d"]
    assert isinstance(mark, Mark)
    assert "The connection was lost" in mark.text
    tail.rest()


async def test_a_socket_that_breaks_again_and_again_loses_nothing(live, tail, tasks, until, faults):
    run = ended(live)
    faults.log_messages = 1
    tail.follow(run.id, tasks)
    await until(lambda: tail.log.end > 200, 20)
    faults.log_messages = 0
    await until(lambda: tail.phase is Phase.COMPLETE, 20)
    said = [(row.at_ns, row.text) for row in tail.log.rows() if not isinstance(row, Mark)]
    assert len(said) == len(set(said))
    whole = LogTail(live.store, live.connection, live)
    await live.store.put_log(run.id, b"forgotten")
    whole.go_live(live._cloud, tasks)
    whole.follow(run.id, tasks)
    await until(lambda: whole.phase is Phase.COMPLETE, 20)
    assert said == [(row.at_ns, row.text) for row in whole.log.rows() if not isinstance(row, Mark)]


async def test_what_is_missing_is_marked(live, tasks, until):
    cloud = Scripted([batch((10, "a"), dropped=12), batch(unreadable=1)])
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(cloud, tasks)
    tail.follow(running(live).id, tasks)
    await until(lambda: tail.log.end == 3)
    assert texts(tail)[1:] == [
        "12 lines were left out by the server.",
        "1 line was left out because k6desk could not read it.",
    ]
    tail.rest()


@pytest.mark.parametrize(
    "error", [errors.Forbidden("Not yours.", status=403), errors.SignedOut("No.", status=401), errors.NotOffered("No.")]
)
async def test_a_no_is_not_asked_again_until_the_user_wants_it_and_ends_no_session(live, tasks, until, error):
    cloud = Scripted([error], [batch((1, "a"))])
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(cloud, tasks)
    tail.follow(running(live).id, tasks)
    await until(lambda: tail.phase is Phase.REFUSED)
    assert tail.problem == str(error)
    assert live.connection.wait_s == 0
    await asyncio.sleep(0.05)
    assert len(cloud.starts) == 1
    tail.try_again()
    await until(lambda: texts(tail) == ["a"])
    tail.rest()


async def test_a_log_that_is_not_there_yet_is_waited_for(live, tasks, until):
    gone = errors.NotFound("The server has no such thing, or no data for it.", status=404)
    cloud = Scripted([gone], [gone], [batch((1, "a"))])
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(cloud, tasks)
    tail.follow(running(live).id, tasks)
    await until(lambda: texts(tail) == ["a"])
    tail.rest()


async def test_while_the_server_may_not_be_asked_it_is_not(live, tasks, until):
    cloud = Scripted([batch((1, "a"))])
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(cloud, tasks)
    live.connection.stay_offline()
    tail.follow(running(live).id, tasks)
    await until(lambda: tail.phase is Phase.OFFLINE)
    await asyncio.sleep(0.05)
    assert not cloud.starts
    live.connection.signed_in()
    await until(lambda: texts(tail) == ["a"])
    tail.rest()


async def test_nobody_looks_so_nothing_is_read_and_what_was_seen_is_kept(live, tasks, until):
    run = running(live)
    cloud = Scripted([batch((1, "a"))], [batch((1, "a"), (2, "b"))])
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(cloud, tasks)
    tail.follow(run.id, tasks)
    await until(lambda: texts(tail) == ["a"])
    tail.rest()
    await until(lambda: live.store.log(run.id) is not None)
    tail.follow(run.id, tasks)
    await until(lambda: texts(tail) == ["a", "b"])
    tail.rest()


@pytest.mark.parametrize("is_in_sight", [True, False])
async def test_what_was_read_is_kept_when_the_program_ends(live, tasks, until, is_in_sight):
    run = running(live)
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(Scripted([batch((1, "a"))]), tasks)
    tail.follow(run.id, tasks)
    await until(lambda: texts(tail) == ["a"])
    if not is_in_sight:
        tail.rest()
    await asyncio.wait(tail.stop(), timeout=2)
    assert [row.text for row in RunLog.unpacked(live.store.log(run.id).value).rows()] == ["a"]


async def test_a_log_is_complete_only_when_no_more_lines_can_be_on_their_way(live, tasks, until, monkeypatch):
    monkeypatch.setattr(log_tail, "ENDED_SILENCES", 1)
    settled = []
    monkeypatch.setattr(log_tail, "is_settled", lambda run, asked_at: bool(settled))
    run = ended(live)
    cloud = Scripted([batch((1, "a")), None], [LogBatch(), LogBatch(), batch((2, "late"))])
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(cloud, tasks)
    tail.follow(run.id, tasks)
    await until(lambda: texts(tail)[-1:] == ["late"])
    assert not tail.log.is_complete
    settled.append(True)
    await until(lambda: tail.phase is Phase.COMPLETE)
    tail.rest()


async def test_only_what_has_to_do_with_it_ends_a_pause(live, tasks, until, monkeypatch):
    monkeypatch.setattr(LogTail, "_pause", lambda self, seconds: PAUSE(self, 30))
    cloud = Scripted([LOST], [LOST], [batch((1, "a"))])
    tail = LogTail(live.store, live.connection, live)
    tail.go_live(cloud, tasks)
    tail.follow(running(live).id, tasks)
    await until(lambda: tail.phase is Phase.AWAY)
    live.store.run_ended.emit(ended(live))
    await asyncio.sleep(0.05)
    assert len(cloud.starts) == 1
    tail.try_again()
    await until(lambda: len(cloud.starts) == 2)


async def test_stopping_leaves_no_task(live, tail, tasks):
    tail.follow(running(live).id, tasks)
    await asyncio.sleep(0.05)
    ending = tail.stop()
    assert ending
    await asyncio.wait(ending, timeout=2)
    assert all(task.done() for task in ending)


async def test_without_a_server_what_was_seen_can_be_read(session, tasks, until):
    log = RunLog()
    log.take([LogLine(1, "info", "seen before", {})])
    await kept_log.write(log, 5, session.store)
    tail = LogTail(session.store, session.connection, session)
    tail.follow(5, tasks)
    await until(lambda: tail.phase is Phase.OFFLINE)
    assert texts(tail) == ["seen before"]
    tail.rest()
