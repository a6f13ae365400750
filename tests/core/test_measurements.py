"""What runs measured, in the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from k6desk.api.models import Run
from k6desk.core.store import Store
from k6desk.data import run_numbers
from k6desk.data.cache import Cache
from k6desk.data.library import Library

NOW = datetime.now(UTC)
RUN = Run(id=2**40, test_id=2, project_id=3, status="completed", created_at=NOW - timedelta(hours=1))


@pytest.fixture
def open_store(tmp_path):
    stores = []

    def open_() -> Store:
        for store in stores:
            store.close()
        stores.append(Store(Cache(tmp_path / "cache.db"), Library(tmp_path / "library.db")))
        return stores[-1]

    yield open_
    stores[-1].close()


async def test_answers_and_log_are_there_after_a_restart(open_store):
    store = open_store()
    await store.put_numbers(RUN.id, {"value ratio checks": b"one"})
    await store.put_numbers(RUN.id, {"value ratio checks": b"two", "metrics": b"three"})
    await store.put_log(RUN.id, b"log")
    store = open_store()
    assert store.numbers(RUN.id, "value ratio checks") == b"two"
    assert store.numbers(RUN.id, "metrics") == b"three"
    assert store.numbers(RUN.id, "something else") is None
    assert store.log(RUN.id).value == b"log"
    assert store.log(1) is None


async def test_they_go_with_the_run_unless_it_is_kept(open_store):
    store = open_store()
    other = replace(RUN, id=7)
    await store.put_runs([RUN, other], NOW)
    for run in (RUN, other):
        await store.put_numbers(run.id, {"metrics": b"m"})
        await store.put_log(run.id, b"log")
    await store.keep_run(RUN.id, "chosen")
    await store.put_numbers(RUN.id, {"later": b"n"})
    await store.remove_run(RUN.id)
    await store.remove_run(other.id)
    assert (store.numbers(RUN.id, "metrics"), store.numbers(RUN.id, "later")) == (b"m", b"n")
    assert store.log(RUN.id).value == b"log"
    assert store.numbers(other.id, "metrics") is None
    assert store.log(other.id) is None


async def test_only_the_runs_that_were_asked_for_last_are_remembered(open_store, monkeypatch):
    monkeypatch.setattr(run_numbers, "MOST_RUNS", 2)
    store = open_store()
    for run_id in (1, 2, 3):
        await store.put_numbers(run_id, {"metrics": b"m"})
    assert [store.numbers(run_id, "metrics") for run_id in (1, 2, 3)] == [None, b"m", b"m"]


async def test_failed_checks_are_told_once(open_store):
    store = open_store()
    told = []
    store.changed.connect(told.append)
    await store.put_failed_checks({RUN.id: 83, 5: 0})
    await store.put_failed_checks({RUN.id: 83})
    assert [delta.changed for delta in told] == [frozenset({RUN.id, 5})]
    assert (store.failed_checks(RUN.id), store.failed_checks(5), store.failed_checks(6)) == (83, 0, None)
    store = open_store()
    await store.load_index()
    assert store.failed_checks(RUN.id) == 83
