"""The one place the window reads from, and the one thread that writes.

Data flows one way: `monitor` and `commands` hand in what the server said, the writer thread commits it, and then
`changed` tells the ids that are different. Reading is synchronous and cheap: an index of all runs in memory gives the
order, the database gives the rows that are visible.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeVar

from PySide6.QtCore import QObject, Signal

from k6desk.api.models import Limits, LoadTest, LoadZone, Project, Run, RunDetail, Script, ZoneNodes
from k6desk.core.catalogue import Catalogue
from k6desk.data.cache import Cache, Stored
from k6desk.data.library import Action, Draft, Library
from k6desk.data.search import Counts, Query, RunIndex

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")
ScriptKind = Literal["run", "test"]
NOTHING: frozenset[int] = frozenset()
FIRST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Delta:
    """What is different since the last one; sets of run ids, and whether projects or tests changed.

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
    problem_found = Signal(str)  # one sentence about the files

    def __init__(self, cache: Cache, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self._library = library
        self._writer: ThreadPoolExecutor | None = None
        self._index = RunIndex()
        self._intents: dict[int, str] = {}
        self._touched: dict[int, datetime] = {}
        self._told: set[str] = set()
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
        """The note that the user wrote and that is not at the server yet."""
        return self._library.draft(run_id)

    def drafts(self) -> list[Draft]:
        """Every note that is not at the server yet."""
        return self._library.drafts()

    def intent(self, run_id: int) -> str | None:
        """What is being done to a run (`Aborting…`) until the server shows it."""
        return self._intents.get(run_id)

    def pending(self) -> list[Action]:
        """Actions that were begun and whose outcome is not known, because k6desk ended in between."""
        return self._library.pending()

    def count_since(self, created_at: datetime) -> int:
        """How many known runs were created at this time or later."""
        return self._cache.count_since(created_at)

    def mark(self, name: str) -> str | None:
        """How far a sync has come."""
        return self._cache.mark(name)

    # -- what the server said ------------------------------------------------------------------------------------------

    async def put_runs(self, rows: Sequence[Run], asked_at: datetime, raw: Mapping[int, bytes] | None = None) -> None:
        """Take in rows; those we acted on after `asked_at` are old news and left out."""
        fresh = [row for row in rows if not self._is_old_news(row.id, asked_at)]
        details = {id_: body for id_, body in (raw or {}).items() if not self._is_old_news(id_, asked_at)}

        def write() -> tuple[set[int], set[int], set[int]]:
            return *self._cache.put_runs(fresh), self._cache.put_details(details, asked_at) if details else set()

        added, changed, news = await self._write(write)
        touched = added | changed
        self._index.upsert(row for row in fresh if row.id in touched)
        settled = {row.id for row in fresh if row.is_finished and self._intents.pop(row.id, "")}
        if touched or news or settled:
            self.changed.emit(
                Delta(added=frozenset(added), changed=frozenset(changed), details=frozenset(news | settled))
            )

    async def put_detail(self, raw: bytes, asked_at: datetime) -> RunDetail:
        """Take in the whole of one run."""
        from k6desk.api import wire

        detail = wire.run_detail(raw)
        await self.put_runs([detail.run], asked_at, {detail.run.id: raw})
        return detail

    async def put_distribution(self, run_id: int, zones: tuple[ZoneNodes, ...] | None) -> None:
        """Take in the nodes of a run; None = the server has none."""
        now = datetime.now(UTC)
        if await self._write(lambda: self._cache.put_distribution(run_id, zones, now)):
            self._details_changed(run_id)

    async def put_script(self, kind: ScriptKind, id_: int, script: Script) -> None:
        """Take in a script."""
        now = datetime.now(UTC)
        await self._write(lambda: self._cache.put_script(kind, id_, script, now))
        if kind == "run":
            self._details_changed(id_)

    async def put_catalogue(self, projects: Sequence[Project], tests: Sequence[LoadTest], *, complete: bool) -> None:
        """Take in projects and tests; of `complete` lists, what is no longer named is gone at the server."""

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

        catalogue, removed = await self._write(write)
        if catalogue:
            self._use(catalogue)
            self._index.remove(removed)
            self.changed.emit(Delta(catalogue=True, removed=frozenset(removed)))

    async def put_zones(self, zones: Sequence[LoadZone]) -> None:
        """Take in the load zones of the stack."""
        await self._write(lambda: self._cache.put_zones(zones))
        self._zones = None

    async def put_limits(self, limits: Limits) -> None:
        """Take in what a project may use."""
        await self._write(lambda: self._cache.put_limits(limits))

    async def remove_run(self, run_id: int) -> None:
        """A run is gone at the server: it said 404 to that very id."""
        await self._write(lambda: self._cache.remove_run(run_id))
        self._index.remove([run_id])
        self._intents.pop(run_id, None)
        self.changed.emit(Delta(removed=frozenset([run_id])))

    async def set_mark(self, name: str, value: str) -> None:
        """Remember how far a sync has come."""
        await self._write(lambda: self._cache.set_mark(name, value))

    # -- what the user does --------------------------------------------------------------------------------------------

    async def put_draft(self, draft: Draft) -> None:
        """Keep a note that is not at the server yet; on return it is on disk."""
        await self._write(lambda: self._library.put_draft(draft))
        self._details_changed(draft.run_id)

    async def remove_draft(self, run_id: int) -> None:
        """The note has arrived, or the user threw it away."""
        await self._write(lambda: self._library.remove_draft(run_id))
        self._details_changed(run_id)

    async def begin(self, action: str, run: Run, name: str, words: str) -> int:
        """Journal what is about to be done to a run and lay it over the record; gives the journal entry's id."""
        entry = await self._write(lambda: self._library.begin(action, run.id, name))
        self._intents[run.id] = words
        self._touched[run.id] = datetime.now(UTC)
        self._details_changed(run.id)
        return entry

    async def finish(self, entry: int, run_id: int, outcome: str, *, keep_intent: bool) -> None:
        """Journal how an action came out. A kept intent stays until a record shows that the run has ended."""
        await self._write(lambda: self._library.finish(entry, outcome))
        self._touched[run_id] = datetime.now(UTC)
        if not keep_intent:
            self._intents.pop(run_id, None)
        self._details_changed(run_id)

    # -- life ----------------------------------------------------------------------------------------------------------

    async def load_index(self) -> None:
        """Index every run and name every test of the cache; until then the newest are there.

        The writer thread reads them, so that no write falls between the reading and the swap.
        """
        index = RunIndex()

        def load() -> Catalogue:
            self._cache.check()
            self._library.check()
            index.load(self._cache.index_rows())
            return Catalogue.whole(self._cache)

        catalogue = await self._write(load)
        self._index = index
        self._use(catalogue)
        self.is_indexed = True
        self.changed.emit(Delta(catalogue=True))
        self.indexed.emit()

    def close(self) -> None:
        """Finish what is being written and close the files."""
        if self._writer:
            self._writer.shutdown(wait=True)
        self._cache.close()
        self._library.close()

    async def _write(self, work: Callable[[], T]) -> T:
        # The window is painted from the cache before anything is written, and these imports cost a third of that time.
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        if self._writer is None:
            self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="k6desk-store")
        try:
            return await asyncio.wrap_future(self._writer.submit(work))
        finally:
            self._tell_problems()

    def _use(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._index.name_tests(catalogue.tests.values(), catalogue.projects.values())

    def _tell_problems(self) -> None:
        """A full disk or a damaged file: both files then go on in memory, and the user is told once."""
        problems = {problem for problem in (self._cache.problem, self._library.problem) if problem}
        for problem in problems - self._told:
            self.problem_found.emit(problem)
        self._told = problems

    def _is_old_news(self, run_id: int, asked_at: datetime) -> bool:
        touched = self._touched.get(run_id)
        return touched is not None and asked_at < touched

    def _details_changed(self, run_id: int) -> None:
        self.changed.emit(Delta(details=frozenset([run_id])))
