"""The two files of an account, the index and the names read from them, and the two threads that write.

`Intake` adds what the server says, `Store` what the window reads and what the user does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from threading import Lock
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from k6desk.api.models import LoadTest, Project
from k6desk.core.catalogue import Catalogue
from k6desk.core.delta import Delta
from k6desk.core.intents import Intents, Key
from k6desk.core.writer import Writer
from k6desk.data.cache import Cache
from k6desk.data.kept import KeptRun
from k6desk.data.library import Library
from k6desk.data.search import RunIndex

T = TypeVar("T")
FIRST_ROWS = 100
MOST_TOUCHED = 1000
CLOSING_S = 0.5


class Shelf(QObject):
    """Opens, indexes and closes the files, and lets one thread write to each."""

    changed = Signal(object)  # Delta
    scripts_changed = Signal(str)  # digest of a script that was seen
    indexed = Signal()
    run_ended = Signal(object)  # Run that was known unfinished and has ended now
    problem_found = Signal(str, str)  # which file, and one sentence about it

    def __init__(self, cache: Cache, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self._library = library
        self._writers: dict[Cache | Library, Writer] = {}
        self._index = RunIndex()
        self._intents = Intents()
        self._lock = Lock()  # both threads remember what was acted on
        self._touched: dict[Key, datetime] = {}  # when we acted on a thing, or asked for what is known of it
        self._gone: dict[Key, datetime] = {}  # when a test or project was found to be gone
        self._kept: dict[int, KeptRun] = {}
        self._unwanted: set[int] = set()
        self._knows_kept = False
        self._problems: dict[str, str | None] = {"cache": cache.problem, "library": library.problem}
        self.is_indexed = False
        self._catalogue = Catalogue(cache)
        self._index.upsert(cache.newest_runs(FIRST_ROWS))

    def mark(self, name: str) -> str | None:
        """How far a sync has come."""
        return self._cache.mark(name)

    async def load_index(self) -> None:
        """Index every run and name every test of the cache, with what is kept; until then the newest are there.

        The writer thread reads them, so that no write falls between the reading and the swap.
        """
        await self._load_kept()

        def load() -> tuple[RunIndex, set[int], Catalogue]:
            self._cache.check()
            return *self._indexed(), Catalogue.whole(self._cache)

        self._swap(*await self._write(self._cache, load))
        await self._write(self._library, self._library.check)

    def close(self) -> None:
        """Finish what the user did, give up what the server can say again, and close the files."""
        for file, writer in self._writers.items():
            is_cache = file is self._cache
            if not writer.close(CLOSING_S, drop=is_cache):
                if is_cache:
                    self._cache.interrupt()
                if not writer.close(CLOSING_S, drop=is_cache):
                    return  # a disk that does not answer; the end of the program closes the file
        self._cache.close()
        self._library.close()

    async def _write(self, file: Cache | Library, work: Callable[[], T]) -> T:
        if file not in self._writers:
            self._writers[file] = Writer(f"k6desk {type(file).__name__.lower()}")
        try:
            return await self._writers[file].do(work)
        finally:
            self._tell_problems()

    async def _load_kept(self) -> None:
        kept = await self._write(self._library, self._library.kept.all)
        self._kept = {one.run.id: one for one in kept}
        self._unwanted |= await self._write(self._library, self._library.kept.unwanted)
        self._knows_kept = True

    async def _know_kept(self) -> None:
        """What the server says may come before it was read which runs are kept."""
        if not self._knows_kept:
            await self._load_kept()

    async def _change_kept(self, ids: Collection[int], change: Callable[[], None]) -> None:
        """Change what is kept of these runs, and then know what the file says of them: no other change was faster."""

        def work() -> dict[int, KeptRun | None]:
            change()
            return {run_id: self._library.kept.run(run_id) for run_id in ids}

        for run_id, kept in (await self._write(self._library, work)).items():
            if kept:
                self._kept[run_id] = kept
            else:
                self._kept.pop(run_id, None)

    def _indexed(self) -> tuple[RunIndex, set[int]]:
        """All runs, and which of them only the library has."""
        index = RunIndex()
        index.load(self._cache.index_rows())
        others = [kept.run for kept in list(self._kept.values()) if kept.run.id not in index]
        index.upsert(others)
        return index, {run.id for run in others}

    def _swap(self, index: RunIndex, of_library: set[int], catalogue: Catalogue) -> None:
        # What is kept may have changed while the index was made.
        index.remove(of_library - self._kept.keys())
        index.upsert(kept.run for kept in self._kept.values() if kept.run.id not in index)
        index.mark_kept(frozenset(self._kept))
        self._index = index
        self._use(catalogue)
        self.is_indexed = True
        self.changed.emit(Delta(catalogue=True))
        self.indexed.emit()

    def _use(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        tests, projects = dict(catalogue.tests), dict(catalogue.projects)
        for kept in self._kept.values():  # whose test or project may be gone
            test_id, project_id = kept.run.test_id, kept.run.project_id
            tests.setdefault(test_id, LoadTest(id=test_id, project_id=project_id, name=kept.test_name))
            projects.setdefault(project_id, Project(id=project_id, name=kept.project_name))
        self._index.name_tests(tests.values(), projects.values())

    def _tell_problems(self) -> None:
        """A full disk or a damaged file: it goes on in memory or as a new file, and the user is told once."""
        found = {"cache": self._cache.problem, "library": self._library.problem}
        news = {file: problem for file, problem in found.items() if problem and problem != self._problems[file]}
        self._problems = found
        for file, problem in news.items():
            self.problem_found.emit(file, problem)
        if "cache" in news and self.is_indexed and self._cache.count() < self._index.counts(datetime.now(UTC)).total:
            self._swap(*self._indexed(), Catalogue.whole(self._cache))

    def _touch(self, key: Key, at: datetime) -> None:
        with self._lock:
            _remember(self._touched, key, at)

    def _is_old_news(self, key: Key, asked_at: datetime) -> bool:
        return _is_before(asked_at, self._touched.get(key))

    def _bury(self, key: Key) -> None:
        """A test or project is gone: what was asked for before may still name it and what belongs to it."""
        now = datetime.now(UTC)
        with self._lock:
            _remember(self._touched, key, now)
            _remember(self._gone, key, now)

    def _is_buried(self, key: Key, asked_at: datetime) -> bool:
        return _is_before(asked_at, self._gone.get(key))

    def _details_changed(self, run_id: int) -> None:
        self.changed.emit(Delta(details=frozenset([run_id])))


def _remember(times: dict[Key, datetime], key: Key, at: datetime) -> None:
    known = times.pop(key, None)
    times[key] = max(at, known) if known else at
    while len(times) > MOST_TOUCHED:
        del times[next(iter(times))]


def _is_before(asked_at: datetime, event: datetime | None) -> bool:
    return event is not None and asked_at < event <= datetime.now(UTC)  # the clock may have been set back
