"""The one place the window reads from, and the two threads that write: the server's words, and what the user did.

Data flows one way: `monitor` and `commands` hand in what the server said, a writer commits it, and then
`changed` tells the ids that are different. Reading is synchronous and cheap: an index of all runs in memory gives the
order, the database gives the rows that are visible.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from k6desk.api.models import Limits, LoadTest, LoadZone, Project, Run, RunDetail, Script, ZoneNodes
from k6desk.core.catalogue import Catalogue
from k6desk.core.writer import Writer
from k6desk.data.cache import Cache, ScriptKind, Stored
from k6desk.data.library import Action, Draft, Library
from k6desk.data.search import Counts, Query, RunIndex

T = TypeVar("T")
NOTHING: frozenset[int] = frozenset()
FIRST_ROWS = 100
MOST_TOUCHED = 1000
ABORT_PATIENCE = timedelta(minutes=2)
CLOSING_S = 0.5


@dataclass(frozen=True, slots=True)
class Delta:
    """What is different since the last one; sets of run ids, and whether projects (their limits, too) or tests changed.

    `details` are runs of which more is known than the row: detail, nodes, script, draft or an action under way.
    """

    catalogue: bool = False
    added: frozenset[int] = NOTHING
    changed: frozenset[int] = NOTHING
    removed: frozenset[int] = NOTHING
    details: frozenset[int] = NOTHING


class Store(QObject):
    """What this account's window shows: the cache, what the user typed, and actions that are under way."""

    changed = Signal(object)  # Delta
    indexed = Signal()
    run_ended = Signal(object)  # Run that was known unfinished and has ended now
    problem_found = Signal(str, str)  # which file, and one sentence about it

    def __init__(self, cache: Cache, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self._library = library
        self._writers: dict[Cache | Library, Writer] = {}
        self._index = RunIndex()
        self._intents: dict[int, str] = {}
        self._accepted_at: dict[int, datetime] = {}
        self._touched: dict[int, datetime] = {}  # when we acted on a run, or asked for what is known of it
        self._problems: dict[str, str | None] = {"cache": cache.problem, "library": library.problem}
        self.is_indexed = False
        self._catalogue = Catalogue(cache)
        self._zones: dict[str, str] | None = None
        self._index.upsert(cache.newest_runs(FIRST_ROWS))

    # -- reading -------------------------------------------------------------------------------------------------------

    def projects(self) -> list[Project]:
        """All projects by name."""
        return list(self._catalogue.projects.values())

    def project(self, project_id: int) -> Project | None:
        """A project, if it is known."""
        return self._catalogue.projects.get(project_id)

    def tests(self, project_id: int) -> list[LoadTest]:
        """The load tests of a project by name."""
        return self._catalogue.tests_of(project_id)

    def has_tests(self, project_id: int) -> bool:
        """Whether a project has load tests."""
        return self._catalogue.has_tests(project_id)

    def test(self, test_id: int) -> LoadTest | None:
        """A load test, if it is known."""
        return self._catalogue.test(test_id)

    def run(self, run_id: int) -> Run | None:
        """A run's row, if it is known."""
        return self._cache.runs([run_id]).get(run_id)

    def runs(self, ids: Sequence[int]) -> dict[int, Run]:
        """The rows of the visible runs."""
        return self._cache.runs(ids)

    def name_of(self, run: Run) -> str:
        """What people call a run: the name of its test, or its id while the test is not known."""
        test = self.test(run.test_id)
        return test.name if test else f"run {run.id}"

    def latest_of_test(self, test_id: int, limit: int) -> list[Run]:
        """The newest runs of a load test."""
        return self._cache.latest_of_test(test_id, limit)

    def unfinished(self) -> list[Run]:
        """Every run that has not ended, as far as is known."""
        return self._cache.unfinished()

    def select(self, query: Query) -> array[int]:
        """The ids of the runs that a table shows, in its order."""
        return self._index.select(query, datetime.now(UTC))

    def counts(self) -> Counts:
        """How many runs each smart list holds."""
        return self._index.counts(datetime.now(UTC))

    def detail(self, run_id: int) -> Stored[RunDetail] | None:
        """Everything that the server said of a run, and when; None if it was never asked."""
        from k6desk.api import wire

        stored = self._cache.detail(run_id)
        return Stored(wire.run_detail(stored.value), stored.fetched_at) if stored else None

    def distribution(self, run_id: int) -> Stored[tuple[ZoneNodes, ...] | None] | None:
        """The nodes of a run by zone; a stored None means that the server has none."""
        return self._cache.distribution(run_id)

    def script(self, kind: ScriptKind, id_: int) -> Stored[Script] | None:
        """The frozen script of a run or the current one of a test, if it was ever loaded."""
        return self._cache.script(kind, id_)

    def limits(self, project_id: int) -> Limits | None:
        """What a project may use, if it was ever loaded."""
        return self._cache.limits(project_id)

    def zone_name(self, k6_load_zone_id: str) -> str:
        """A load zone's name for people, or its id when it has none."""
        if self._zones is None:
            self._zones = {zone.k6_load_zone_id: zone.name for zone in self._cache.zones()}
        return self._zones.get(k6_load_zone_id, k6_load_zone_id)

    def draft(self, run_id: int) -> Draft | None:
        """The note that the user wrote and that is not on the server yet."""
        return self._library.draft(run_id)

    def intent(self, run_id: int) -> str | None:
        """What is being done to a run (`Aborting…`) until the server shows it."""
        return self._intents.get(run_id)

    def pending(self) -> list[Action]:
        """Actions that were begun and whose outcome is not known, because k6desk ended in between."""
        return self._library.pending()

    def created_of(self, place: int) -> datetime | None:
        """When the run at this place of all runs, the newest first, was created; None if there are fewer."""
        return self._cache.created_of(place)

    def mark(self, name: str) -> str | None:
        """How far a sync has come."""
        return self._cache.mark(name)

    # -- what the server said ------------------------------------------------------------------------------------------

    async def put_runs(self, rows: Sequence[Run], asked_at: datetime, raw: Mapping[int, bytes] | None = None) -> None:
        """Take in rows; those we acted on after `asked_at` are old news and left out."""

        def write() -> tuple[list[Run], set[int], set[int], set[int], set[int]]:
            fresh = [row for row in rows if not self._is_old_news(row.id, asked_at)]
            live = self._cache.unfinished_among([row.id for row in fresh if row.is_finished])
            added, changed = self._cache.put_runs(fresh)
            for id_ in changed:
                self._touch(id_, asked_at)
            details = {row.id: raw[row.id] for row in fresh if row.id in raw} if raw else {}
            return fresh, added, changed, live, self._cache.put_details(details, asked_at) if details else set()

        fresh, added, changed, live, news = await self._write(self._cache, write)
        touched = added | changed
        self._index.upsert(row for row in fresh if row.id in touched)
        settled = {row.id for row in fresh if self._is_settled(row, asked_at)}
        for id_ in settled:
            self._forget_intent(id_)
        if touched or news or settled:
            self.changed.emit(
                Delta(added=frozenset(added), changed=frozenset(changed), details=frozenset(news | settled))
            )
        for row in fresh:
            if row.id in live:
                self.run_ended.emit(row)

    async def put_detail(self, raw: bytes, asked_at: datetime) -> RunDetail:
        """Take in the whole of one run."""
        from k6desk.api import wire

        detail = wire.run_detail(raw)
        await self.put_runs([detail.run], asked_at, {detail.run.id: raw})
        return detail

    async def put_distribution(self, run_id: int, zones: tuple[ZoneNodes, ...] | None) -> None:
        """Take in the nodes of a run; None = the server has none."""
        now = datetime.now(UTC)
        if await self._write(self._cache, lambda: self._cache.put_distribution(run_id, zones, now)):
            self._details_changed(run_id)

    async def put_script(self, kind: ScriptKind, id_: int, script: Script) -> None:
        """Take in a script."""
        now = datetime.now(UTC)
        await self._write(self._cache, lambda: self._cache.put_script(kind, id_, script, now))
        if kind == "run":
            self._details_changed(id_)

    async def put_catalogue(self, projects: Sequence[Project], tests: Sequence[LoadTest], *, complete: bool) -> None:
        """Take in projects and tests; of `complete` lists, what is no longer named is gone on the server."""

        def write() -> tuple[Catalogue | None, set[int]]:
            changed = bool(self._cache.put_projects(projects)) | bool(self._cache.put_tests(tests))
            known = Catalogue.whole(self._cache)
            gone_tests = known.tests.keys() - {test.id for test in tests} if complete else set()
            gone_projects = known.projects.keys() - {project.id for project in projects} if complete else set()
            runs = set[int]().union(
                *map(self._cache.remove_test, gone_tests), *map(self._cache.remove_project, gone_projects)
            )
            if gone_tests or gone_projects:
                return Catalogue.whole(self._cache), runs
            return known if changed else None, runs

        catalogue, removed = await self._write(self._cache, write)
        if catalogue:
            self._use(catalogue)
            self._index.remove(removed)
            self.changed.emit(Delta(catalogue=True, removed=frozenset(removed)))

    async def put_zones(self, zones: Sequence[LoadZone]) -> None:
        """Take in the load zones of the stack."""
        await self._write(self._cache, lambda: self._cache.put_zones(zones))
        self._zones = None

    async def put_limits(self, limits: Limits) -> None:
        """Take in what a project may use."""
        if await self._write(self._cache, lambda: self._cache.put_limits(limits)):
            self.changed.emit(Delta(catalogue=True))

    async def remove_run(self, run_id: int) -> None:
        """A run is gone on the server: it said 404 to that very id."""
        await self._write(self._cache, lambda: self._cache.remove_run(run_id))
        self._index.remove([run_id])
        self._forget_intent(run_id)
        self.changed.emit(Delta(removed=frozenset([run_id])))

    async def set_mark(self, name: str, value: str) -> None:
        """Remember how far a sync has come."""
        await self._write(self._cache, lambda: self._cache.set_mark(name, value))

    async def mark_newest(self, rows: Sequence[Run]) -> None:
        """Remember up to where every run is known. By the server's clock alone: ours may be wrong."""
        known = self.mark("newest")
        newest = max([row.created_at for row in rows], default=None)
        if newest and (not known or newest > datetime.fromisoformat(known)):
            await self.set_mark("newest", newest.isoformat())

    # -- what the user does --------------------------------------------------------------------------------------------

    async def put_draft(self, draft: Draft) -> None:
        """Keep a note that is not on the server yet; on return it is on disk."""
        await self._write(self._library, lambda: self._library.put_draft(draft))
        self._details_changed(draft.run_id)

    async def remove_draft(self, run_id: int) -> None:
        """The note has arrived, or the user threw it away."""
        await self._write(self._library, lambda: self._library.remove_draft(run_id))
        self._details_changed(run_id)

    async def begin(self, action: str, run: Run, name: str, words: str) -> int:
        """Journal what is about to be done to a run and lay it over the record; gives the journal entry's id."""
        self._intents[run.id] = words
        self._details_changed(run.id)
        try:
            entry = await self._write(self._library, lambda: self._library.begin(action, run.id, name))
        except BaseException:
            self._forget_intent(run.id)
            raise
        self.acted_on(run.id)
        return entry

    async def finish(self, entry: int, run_id: int, outcome: str, *, keep_intent: bool) -> None:
        """Journal how an action came out. A kept intent stays until a record shows that the run has ended."""
        self.acted_on(run_id)
        if keep_intent:
            self._accepted_at[run_id] = datetime.now(UTC)
        else:
            self._forget_intent(run_id)
        await self._write(self._library, lambda: self._library.finish(entry, outcome))
        self._details_changed(run_id)

    def acted_on(self, run_id: int) -> None:
        """The server was told to change this run: what it was asked for before is old news."""
        self._touch(run_id, datetime.now(UTC))

    # -- life ----------------------------------------------------------------------------------------------------------

    async def load_index(self) -> None:
        """Index every run and name every test of the cache; until then the newest are there.

        The writer thread reads them, so that no write falls between the reading and the swap.
        """
        index = RunIndex()

        def load() -> Catalogue:
            self._cache.check()
            index.load(self._cache.index_rows())
            return Catalogue.whole(self._cache)

        catalogue = await self._write(self._cache, load)
        self._swap(index, catalogue)
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

    def _swap(self, index: RunIndex, catalogue: Catalogue) -> None:
        self._index = index
        self._use(catalogue)
        self.is_indexed = True
        self.changed.emit(Delta(catalogue=True))
        self.indexed.emit()

    def _use(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._index.name_tests(catalogue.tests.values(), catalogue.projects.values())

    def _tell_problems(self) -> None:
        """A full disk or a damaged file: it goes on in memory or as a new file, and the user is told once."""
        found = {"cache": self._cache.problem, "library": self._library.problem}
        news = {file: problem for file, problem in found.items() if problem and problem != self._problems[file]}
        self._problems = found
        for file, problem in news.items():
            self.problem_found.emit(file, problem)
        if "cache" in news and self.is_indexed and self._cache.count() < self._index.counts(datetime.now(UTC)).total:
            index = RunIndex()
            index.load(self._cache.index_rows())
            self._swap(index, Catalogue.whole(self._cache))

    def _touch(self, run_id: int, at: datetime) -> None:
        self._touched.pop(run_id, None)
        self._touched[run_id] = at
        while len(self._touched) > MOST_TOUCHED:
            del self._touched[next(iter(self._touched))]

    def _is_old_news(self, run_id: int, asked_at: datetime) -> bool:
        touched = self._touched.get(run_id)
        return touched is not None and asked_at < touched <= datetime.now(UTC)  # the clock may have been set back

    def _is_settled(self, run: Run, asked_at: datetime) -> bool:
        """Whether nothing is left of an intent: the run has ended, or its abort was accepted long ago for nothing."""
        accepted_at = self._accepted_at.get(run.id, asked_at)
        return run.id in self._intents and (run.is_finished or asked_at - accepted_at > ABORT_PATIENCE)

    def _forget_intent(self, run_id: int) -> None:
        self._intents.pop(run_id, None)
        self._accepted_at.pop(run_id, None)

    def _details_changed(self, run_id: int) -> None:
        self.changed.emit(Delta(details=frozenset([run_id])))
