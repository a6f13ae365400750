from unittest.mock import AsyncMock

import pytest

from k6desk.api import errors
from k6desk.core.connection import Connection, State


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def connection(clock):
    return Connection(monotonic=clock)


async def answer():
    return "answer"


async def asked(connection, error, **keywords):
    with pytest.raises(type(error)):
        await connection.ask(AsyncMock(side_effect=error), **keywords)


def refused(kind, status, **keywords):
    return kind("The server said no.", status=status, **keywords)


async def test_an_answer_makes_it_live(connection):
    assert connection.state is State.STARTING
    assert await connection.ask(answer) == "answer"
    assert connection.state is State.LIVE
    assert connection.fresh_at is not None
    assert connection.wait_s == 0


async def test_each_failure_waits_longer_and_an_answer_ends_that(connection, clock):
    waits = []
    for _ in range(12):
        await asked(connection, errors.Unreachable("No answer."))
        waits.append(connection.wait_s)
        clock.now += waits[-1] + 0.001
    assert connection.state is State.OFFLINE
    assert waits[0] < waits[2] < waits[5]
    assert max(waits) <= 300 * 1.2
    await connection.ask(answer)
    assert (connection.state, connection.wait_s) == (State.LIVE, 0)


async def test_data_stays_fresh_at_the_last_answer_while_offline(connection):
    await connection.ask(answer)
    fresh_at = connection.fresh_at
    await asked(connection, errors.Unreachable("No answer."))
    assert connection.fresh_at == fresh_at
    assert connection.reason == "No answer."


async def test_the_servers_wish_to_wait_is_kept_even_when_the_user_asks(connection, clock):
    await asked(connection, refused(errors.TryLater, 429, retry_after_s=90.0))
    assert connection.state is State.STALE
    assert connection.wait_s >= 90
    connection.forget_failures()
    assert connection.wait_s >= 90
    clock.now += 120
    assert connection.wait_s == 0


async def test_the_user_need_not_wait_for_an_unreachable_server(connection):
    await asked(connection, errors.Unreachable("No answer."))
    assert connection.wait_s > 0
    connection.forget_failures()
    assert connection.wait_s == 0


async def test_a_refused_token_stops_everything_until_there_is_a_new_one(connection):
    await asked(connection, refused(errors.SignedOut, 401))
    assert connection.state is State.SIGNED_OUT
    assert connection.wait_s == float("inf")
    connection.forget_failures()
    assert connection.wait_s == float("inf")
    connection.signed_in()
    assert connection.wait_s == 0


async def test_one_missing_thing_says_nothing_of_the_server(connection):
    await asked(connection, refused(errors.NotFound, 404), of_one_thing=True)
    assert connection.state is State.LIVE
    await asked(connection, refused(errors.Forbidden, 403))
    assert connection.state is State.STALE


async def test_since_tells_when_the_state_began(connection):
    await asked(connection, errors.Unreachable("No answer."))
    since = connection.since
    connection.forget_failures()
    await asked(connection, errors.Unreachable("Still no answer."))
    assert connection.since == since
