"""Keeping, no longer keeping, answers and deletions at the same time, in any order: files and window agree."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from k6desk.api.models import LoadTest, Project, ZoneNodes
from k6desk.core import shelf
from k6desk.core.store import Store
from k6desk.data.cache import Cache
from k6desk.data.library import Library
from k6desk.data.query import Query
from tests.faults.conftest import run_json

IDS = (7, 8)


class SlowWriter:
    """Does what it was given when it is told to: a disk that takes its time, the same in every try."""

    every: ClassVar[list[SlowWriter]] = []

    def __init__(self, _name: str) -> None:
        self.jobs: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()
        self.every.append(self)

    async def do(self, work: Callable[[], Any]) -> Any:
        future = asyncio.get_running_loop().create_future()
        self.jobs.append((work, future))
        return await asyncio.shield(future)

    def step(self) -> None:
        work, future = self.jobs.popleft()
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001 - it belongs to whoever awaits the future
            future.set_exception(error)

    def close(self, _within_s: float, *, drop: bool) -> bool:
        return True


class Story:
    """A store, and a server whose state changes; what was asked before a change may arrive after it."""

    def __init__(self) -> None:
        SlowWriter.every.clear()
        self.store = Store(Cache(None), Library(None))
        self.works: list[asyncio.Task[Any]] = []
        self.answers: list[Callable[[], Any]] = []
        self.version = 0

    def ask(self, run_id: int) -> None:
        """An answer of now, that arrives later."""
        self.version += 1
        asked_at, note = datetime.now(UTC), f"version {self.version}"
        self.answers.append(lambda: self.store.put_detail(body(run_id, note), asked_at))

    def arrive(self, _run_id: int) -> None:
        if self.answers:
            self.begin(self.answers.pop(0)())

    def keep(self, run_id: int) -> None:
        self.begin(self.store.keep_run(run_id, "chosen"))

    def stop(self, run_id: int) -> None:
        self.begin(self.store.stop_keeping(run_id))

    def delete(self, run_id: int) -> None:
        self.begin(self.store.remove_run(run_id))

    def delete_test(self, _run_id: int) -> None:
        self.begin(self.store.remove_test(5))

    def find_nodes(self, run_id: int) -> None:
        self.version += 1
        nodes = (ZoneNodes(load_zone=f"zone {self.version}", percentage=100, nodes=()),)
        self.begin(self.store.put_distribution(run_id, nodes))

    def reindex(self, _run_id: int) -> None:
        self.begin(self.store.load_index())

    def begin(self, work: Any) -> None:
        self.works.append(asyncio.get_running_loop().create_task(work))

    async def breathe(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def write(self, which: int) -> None:
        waiting = [writer for writer in SlowWriter.every if writer.jobs]
        if waiting:
            waiting[which % len(waiting)].step()
            await self.breathe()

    async def end(self) -> None:
        await self.breathe()
        while any(writer.jobs for writer in SlowWriter.every):
            await self.write(0)
        for work in self.works:
            await work

    def check(self) -> None:
        store, library, cache = self.store, self.store._library, self.store._cache
        kept = {one.run.id: one for one in library.kept.all()}
        assert {one.run.id: one for one in store.kept_runs()} == kept
        assert set(store.select(Query(place="kept"))) == kept.keys()
        shown = set(store.select(Query()))
        assert shown == kept.keys() | cache.runs(IDS).keys()
        assert store.runs(list(shown)).keys() == shown
        database = library._database
        assert set(database.read(lambda row: row[0], "SELECT run_id FROM kept_documents")) <= kept.keys()
        for run_id, one in kept.items():
            if known := cache.runs([run_id]).get(run_id):
                assert one.run == known
                assert one.gone_at is None
            else:
                assert one.gone_at
            if said := cache.detail(run_id):
                assert library.kept.document(run_id, "run").value == said.value
            if nodes := cache.distribution(run_id):
                assert store.distribution(run_id).value == nodes.value
                assert library.kept.document(run_id, "distribution") is not None


def body(run_id: int, note: str = "") -> bytes:
    return json.dumps(run_json(run_id, note=note)).encode()


STEPS = [Story.ask, Story.arrive, Story.keep, Story.stop, Story.delete, Story.delete_test, Story.find_nodes]
STEPS += [Story.reindex]
NAMES = {step.__name__: step for step in STEPS}


@pytest.fixture(autouse=True)
def _slow(monkeypatch):
    monkeypatch.setattr(shelf, "Writer", SlowWriter)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from([*NAMES, "write", "write"]), st.integers(0, 1)),
        min_size=2,
        max_size=24,
    )
)
def test_files_and_window_agree_whatever_comes_between(steps):
    note(str(steps))
    asyncio.run(play(steps))


async def play(steps: list[tuple[str, int]]) -> None:
    story = Story()
    now = datetime.now(UTC)
    story.begin(story.store.put_catalogue([Project(1, "Shop")], [LoadTest(5, 1, "Checkout")], now, complete=True))
    for run_id in IDS:
        story.begin(story.store.put_detail(body(run_id), now))
    story.begin(story.store.load_index())
    await story.end()
    for name, which in steps:
        if name == "write":
            await story.write(which)
        else:
            NAMES[name](story, IDS[which])
            await story.breathe()
    await story.end()
    story.check()
    story.store.close()
