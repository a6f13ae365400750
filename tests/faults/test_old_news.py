"""Answers that were asked for before something changed and come after it, in every order: nothing ever flips back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from k6desk.api.models import Limits, LoadTest, Project, Run
from k6desk.api.plans import Schedule, Timing
from k6desk.core.store import Store
from k6desk.data.cache import Cache
from k6desk.data.library import Library, Target
from k6desk.data.query import Query

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = Run(id=7, test_id=5, project_id=1, status="completed", created_at=T0, note="old")
TEST = LoadTest(id=5, project_id=1, name="old")
SHOP, OLD, SEARCH = Project(1, "Shop"), Project(9, "old"), Project(2, "Search")
SCHEDULE = Schedule(id=77, test_id=5, timing=Timing(T0))


@pytest.fixture
def store():
    store = Store(Cache(None), Library(None))
    yield store
    store.close()


async def known(store: Store) -> None:
    now = datetime.now(UTC)
    await store.put_catalogue([SHOP, OLD, SEARCH], [TEST, LoadTest(6, 9, "of old")], now, complete=False)
    await store.put_runs([RUN, Run(id=8, test_id=6, project_id=9, status="completed", created_at=T0)], now)
    await store.put_schedules([SCHEDULE], now, complete=True)
    await store.put_limits([Limits(1, vuh_max_per_month=1)], now)


# What a server says of the state before; each is asked at a moment and arrives at a later one.
ANSWERS = {
    "catalogue": lambda store, at: store.put_catalogue(
        [SHOP, OLD, SEARCH], [TEST, LoadTest(6, 9, "of old")], at, complete=False
    ),
    "whole catalogue": lambda store, at: store.put_catalogue(
        [SHOP, OLD, SEARCH], [TEST, LoadTest(6, 9, "of old")], at, complete=True
    ),
    "test": lambda store, at: store.put_test(TEST, at),
    "found tests": lambda store, at: store.put_tests([TEST, LoadTest(6, 9, "of old")], at),
    "project": lambda store, at: store.put_project(OLD, at),
    "runs": lambda store, at: store.put_runs([RUN, replace(RUN, id=8, test_id=6, project_id=9, note="")], at),
    "run": lambda store, at: store.put_runs([RUN], at, {7: b'{"id": 7}'}),
    "schedules": lambda store, at: store.put_schedules([SCHEDULE], at, complete=True),
    "no schedules": lambda store, at: store.put_schedules([], at, complete=True),
    "limits": lambda store, at: store.put_limits([Limits(1, vuh_max_per_month=1)], at),
}


async def act(store: Store, kind: str, id_: int, then) -> None:
    target = Target(kind, id_, "it")
    entry = await store.begin("x", target, "Doing…")
    await asyncio.sleep(0)
    await store.finish(entry, target, "done")
    await then(datetime.now(UTC))


async def rename(store: Store) -> None:
    await act(store, "test", 5, lambda at: store.put_test(replace(TEST, name="new"), at))


async def move(store: Store) -> None:
    await act(store, "test", 5, lambda at: store.put_test(replace(TEST, project_id=2), at))


async def delete_test(store: Store) -> None:
    await act(store, "test", 5, lambda _: store.remove_test(5))


async def delete_project(store: Store) -> None:
    await act(store, "project", 9, lambda _: store.remove_project(9))


async def rename_project(store: Store) -> None:
    await act(store, "project", 9, lambda at: store.put_project(Project(9, "new"), at))


async def delete_run(store: Store) -> None:
    await act(store, "run", 7, lambda _: store.remove_run(7))


async def note(store: Store) -> None:
    now = store.run(7) or RUN  # the server, too, has it where it is by now
    await act(store, "run", 7, lambda at: store.put_runs([replace(now, note="new", is_starred=True)], at))


async def unschedule(store: Store) -> None:
    await act(store, "test", 5, lambda _: store.remove_schedule(5))


async def reschedule(store: Store) -> None:
    new = replace(SCHEDULE, id=78)
    await act(store, "test", 5, lambda at: store.put_schedules([new], at, complete=False))


async def limit(store: Store) -> None:
    await act(store, "project", 1, lambda at: store.put_limits([Limits(1, vuh_max_per_month=2)], at))


DEEDS = {
    rename: lambda store: store.test(5).name == "new",
    move: lambda store: store.test(5).project_id == store.run(7).project_id == 2,
    delete_test: lambda store: store.test(5) is store.run(7) is store.schedule(5) is None,
    delete_project: lambda store: store.project(9) is store.test(6) is store.run(8) is None,
    rename_project: lambda store: store.project(9).name == "new",
    delete_run: lambda store: store.run(7) is None,
    note: lambda store: store.run(7).note == "new" and store.run(7).is_starred,
    unschedule: lambda store: store.schedule(5) is None,
    reschedule: lambda store: store.schedule(5).id == 78,
    limit: lambda store: store.limits(1).vuh_max_per_month == 2,
}


@pytest.mark.parametrize("deed", DEEDS)
async def test_no_answer_that_was_asked_for_before_undoes_what_was_done(store, deed):
    await known(store)
    asked_at = datetime.now(UTC)
    await deed(store)
    for name, arrive in ANSWERS.items():
        await arrive(store, asked_at)
        assert DEEDS[deed](store), name
    assert len(store.select(Query())) == len(store.runs([7, 8]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_in_any_order_of_doing_and_arriving(data):
    """Some things are done in turn; answers that were asked for before arrive at any time between and after."""
    deeds = data.draw(st.lists(st.sampled_from(list(DEEDS)), min_size=1, max_size=4, unique=True))
    arrivals = data.draw(
        st.lists(st.tuples(st.integers(0, len(deeds)), st.sampled_from(list(ANSWERS))), min_size=1, max_size=6)
    )

    async def play() -> None:
        store = Store(Cache(None), Library(None))
        try:
            await known(store)
            asked_at = datetime.now(UTC)
            for step in range(len(deeds) + 1):
                if step:
                    await deeds[step - 1](store)
                for name in (name for at, name in arrivals if at == step):
                    await ANSWERS[name](store, asked_at)
                for deed in deeds[:step]:
                    if not _undone_by_a_later(deed, deeds[:step]):
                        assert DEEDS[deed](store), deed
        finally:
            store.close()

    asyncio.run(play())


def _undone_by_a_later(deed, deeds) -> bool:
    """What was done to a thing no longer shows when it is done otherwise or deleted in the same story."""
    rivals = [
        {rename, move, delete_test},
        {delete_test, delete_run, note},
        {delete_test, move, delete_run},
        {unschedule, reschedule, delete_test},
        {delete_project, rename_project},
    ]
    return any(deed in group and len(group & set(deeds)) > 1 for group in rivals)


async def test_what_is_asked_for_afterwards_counts(store):
    await known(store)
    for deed in (rename, move, note, reschedule, limit):
        await deed(store)
    now = datetime.now(UTC)
    for name in ANSWERS:
        if name != "no schedules":
            await ANSWERS[name](store, now)
    assert store.test(5) == TEST
    assert store.run(7).note == "old"
    assert store.schedule(5) == SCHEDULE
    assert store.limits(1).vuh_max_per_month == 1
