"""A real store in memory, and runs to put into it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from k6desk.api.models import LoadTest, Project, Run, Since, Total
from k6desk.core.store import Store
from k6desk.data.cache import Cache
from k6desk.data.library import Library
from k6desk.ui.runs.runs_view import RunsView

NOW = datetime.now(UTC).replace(microsecond=0)
FIRST_ID = 2**32 + 1
PROJECTS = [Project(1, "Checkout"), Project(2, "Search <b>&</b> browse")]
TESTS = [LoadTest(11, 1, "checkout ramp"), LoadTest(12, 1, "basket spike"), LoadTest(21, 2, "search 支払い")]


class WatchedStore(Store):
    """A store that counts the rows that are read from it."""

    read: list[int]

    def runs(self, ids: Sequence[int]) -> dict[int, Run]:
        self.read = [*getattr(self, "read", []), len(ids)]
        return super().runs(ids)


def _run(number: int, **fields: Any) -> Run:
    """The run of this number; greater numbers are newer, and every third one failed."""
    created_at = NOW - timedelta(minutes=10 * (1000 - number))
    known: dict[str, Any] = {
        "id": FIRST_ID + number,
        "test_id": TESTS[number % 3].id,
        "project_id": TESTS[number % 3].project_id,
        "status": "completed",
        "result": "failed" if number % 3 == 0 else "passed",
        "created_at": created_at,
        "ended_at": created_at + timedelta(seconds=300),
        "started_by": "ana@example.com",
        "max_vus": number,
        "cost": Total(number / 4),
    }
    return Run(**known | fields)


def _running(number: int, *, elapsed_s: float = 60, estimated_s: int = 120, **fields: Any) -> Run:
    """A run in mid-load."""
    since = Since(datetime.now(UTC) - timedelta(seconds=elapsed_s))
    known: dict[str, Any] = {"status": "running", "result": None, "ended_at": None}
    return _run(number, **known, status_details=since, estimated_duration_s=estimated_s, **fields)


@pytest.fixture
def make_store():
    """`make_store(runs)` is a store that holds them from its beginning."""
    stores: list[Store] = []

    def make(runs: Iterable[Run] = ()) -> WatchedStore:
        cache = Cache(None)
        cache.put_projects(PROJECTS)
        cache.put_tests(TESTS)
        rows = list(runs)
        for start in range(0, len(rows), 5000):
            cache.put_runs(rows[start : start + 5000])
        store = WatchedStore(cache, Library(None))
        stores.append(store)
        reader = Thread(target=lambda: asyncio.run(store.load_index()))  # this thread may have a loop of its own
        reader.start()
        reader.join()
        return store

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def store(make_store):
    return make_store(_run(number) for number in range(200))


@pytest.fixture
def view(store, dressed, qtbot):
    view = RunsView(store)
    qtbot.addWidget(view)
    view.resize(900, 500)
    view.show()
    return view


@pytest.fixture
def make_run():
    return _run


@pytest.fixture
def make_running():
    return _running
