"""The one place the window reads from, and the two threads that write: the server's words, and what the user did.

Data flows one way: `monitor` and `commands` hand in what the server said, a writer commits it, and then
`changed` tells the ids that are different. Reading is synchronous and cheap: an index of all runs in memory gives the
order, the database gives the rows that are visible.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from k6desk.api.models import Limits, LoadTest, LoadZone, Project, Run, RunDetail, Script, ZoneNodes
from k6desk.api.plans import Schedule
from k6desk.core.catalogue import Catalogue
from k6desk.core.delta import Delta
from k6desk.core.intents import Intents, Key
from k6desk.core.writer import Writer
from k6desk.data.cache import Cache, ScriptKind, Stored
from k6desk.data.library import Action, Draft, Library, Target
from k6desk.data.search import Counts, Query, RunIndex

T = TypeVar("T")
FIRST_ROWS = 100
MOST_TOUCHED = 1000
CLOSING_S = 0.5


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
        self._intents = Intents()
        self._schedules: dict[int, Schedule] | None = None
        self._touched: dict[Key, datetime] = {}  # when we acted on a thing, or asked for what is known of it
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
        from k6desk.api.wire.runs import run_detail

        stored = self._cache.detail(run_id)
        return Stored(run_detail(stored.value), stored.fetched_at) if stored else None

    def distribution(self, run_id: int) -> Stored[tuple[ZoneNodes, ...] | None] | None:
        """The nodes of a run by zone; a stored None means that the server has none."""
        return self._cache.distribution(run_id)

    def script(self, kind: ScriptKind, id_: int) -> Stored[Script] | None:
        """The frozen script of a run or the current one of a test, if it was ever loaded."""
        return self._cache.script(kind, id_)

    def limits(self, project_id: int) -> Limits | None:
        """What a project may use, if it was ever loaded."""
        return self._cache.limits(project_id)

    def schedules(self) -> list[Schedule]:
        """The schedules of all load tests."""
        return list(self._known_schedules().values())

    def schedule(self, test_id: int) -> Schedule | None:
        """A load test's schedule, if it is known to have one."""
        return self._known_schedules().get(test_id)

    def vuh_since(self, project_id: int, since: datetime) -> float:
        """The VUH of a project's runs created since then: a lower bound, since deleted runs are not known."""
        return self._cache.vuh_since(project_id, since)

    def replaced_scripts(self, test_id: int) -> list[tuple[Script, datetime]]:
        """The scripts of a test that were replaced from here and when, the newest first."""
        return self._library.replaced(test_id)

    def zone_name(self, k6_load_zone_id: str) -> str:
        """A load zone's name for people, or its id when it has none."""
        if self._zones is None:
            self._zones = {zone.k6_load_zone_id: zone.name for zone in self._cache.zones()}
        return self._zones.get(k6_load_zone_id, k6_load_zone_id)

    def draft(self, run_id: int) -> Draft | None:
        """The note that the user wrote and that is not on the server yet."""
        return self._library.draft(run_id)

    def intent(self, id_: int, kind: str = "run") -> str | None:
        """What is being done to a run, test or project (`Aborting…`) until the server shows it."""
        return self._intents.get(kind, id_)

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
            fresh = [row for row in rows if not self._is_old_news(("run", row.id), asked_at)]
            live = self._cache.unfinished_among([row.id for row in fresh if row.is_finished])
            added, changed = self._cache.put_runs(fresh)
            for id_ in changed:
                self._touch(("run", id_), asked_at)
            details = {row.id: raw[row.id] for row in fresh if row.id in raw} if raw else {}
            return fresh, added, changed, live, self._cache.put_details(details, asked_at) if details else set()

        fresh, added, changed, live, news = await self._write(self._cache, write)
        touched = added | changed
        self._index.upsert(row for row in fresh if row.id in touched)
        settled = {row.id for row in fresh if self._intents.settled_by(row, asked_at)}
        for id_ in settled:
            self._intents.forget("run", id_)
        if touched or news or settled:
            self.changed.emit(
                Delta(added=frozenset(added), changed=frozenset(changed), details=frozenset(news | settled))
            )
        for row in fresh:
            if row.id in live:
                self.run_ended.emit(row)

    async def put_detail(self, raw: bytes, asked_at: datetime) -> RunDetail:
        """Take in the whole of one run."""
        from k6desk.api.wire.runs import run_detail

        detail = run_detail(raw)
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

    async def put_catalogue(
        self, projects: Sequence[Project], tests: Sequence[LoadTest], asked_at: datetime, *, complete: bool
    ) -> None:
        """Take in projects and tests; of `complete` lists, what is no longer named is gone on the server.

        Of what we acted on after `asked_at` the lists are old news.
        """

        def is_news(kind: str, id_: int) -> bool:
            return not self._is_old_news((kind, id_), asked_at)

        def write() -> tuple[Catalogue | None, set[int]]:
            changed = bool(self._cache.put_projects([one for one in projects if is_news("project", one.id)]))
            changed |= bool(self._cache.put_tests([test for test in tests if is_news("test", test.id)]))
            known = Catalogue.whole(self._cache)
            gone_tests = known.tests.keys() - {test.id for test in tests} if complete else set()
            gone_tests = {id_ for id_ in gone_tests if is_news("test", id_)}
            gone_projects = known.projects.keys() - {project.id for project in projects} if complete else set()
            gone_projects = {id_ for id_ in gone_projects if is_news("project", id_)}
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
        self._intents.forget("run", run_id)
        self.changed.emit(Delta(removed=frozenset([run_id])))

    async def put_test(self, test: LoadTest) -> None:
        """Take in one load test as it is now; if it is in another project than before, so are its runs."""

        def write() -> tuple[Catalogue, set[int]]:
            self._cache.put_tests([test])
            known = self._cache.latest_of_test(test.id, 1)
            moved = bool(known) and known[0].project_id != test.project_id
            runs = self._cache.move_test(test.id, test.project_id) if moved else set()
            return Catalogue.whole(self._cache), runs

        self._touch(("test", test.id), datetime.now(UTC))
        catalogue, runs = await self._write(self._cache, write)
        self._use(catalogue)
        self._index.upsert(self._cache.runs(list(runs)).values())
        self.changed.emit(Delta(catalogue=True, changed=frozenset(runs)))

    async def put_project(self, project: Project) -> None:
        """Take in one project as it is now."""

        def write() -> Catalogue:
            self._cache.put_projects([project])
            return Catalogue.whole(self._cache)

        self._touch(("project", project.id), datetime.now(UTC))
        self._use(await self._write(self._cache, write))
        self.changed.emit(Delta(catalogue=True))

    async def put_tests(self, tests: Sequence[LoadTest]) -> None:
        """Take in some load tests, such as a search found."""

        def write() -> Catalogue | None:
            return Catalogue.whole(self._cache) if self._cache.put_tests(tests) else None

        if catalogue := await self._write(self._cache, write):
            self._use(catalogue)
            self.changed.emit(Delta(catalogue=True))

    async def remove_test(self, test_id: int) -> None:
        """A load test is gone on the server, and with it its runs and its schedule."""
        await self._remove("test", test_id, self._cache.remove_test)

    async def remove_project(self, project_id: int) -> None:
        """A project is gone on the server, and with it its load tests and their runs."""
        await self._remove("project", project_id, self._cache.remove_project)

    async def put_schedules(self, schedules: Sequence[Schedule], *, complete: bool) -> None:
        """Take in schedules; of a `complete` list, what is no longer named is gone."""
        if await self._write(self._cache, lambda: self._cache.put_schedules(schedules, complete=complete)):
            self._schedules = None
            self.changed.emit(Delta(catalogue=True))

    async def remove_schedule(self, test_id: int) -> None:
        """A load test has no schedule any more."""
        await self._write(self._cache, lambda: self._cache.remove_schedule(test_id))
        self._schedules = None
        self.changed.emit(Delta(catalogue=True))

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

    async def keep_replaced(self, test_id: int, name: str, script: Script) -> None:
        """Keep a script that is about to be replaced; on return it is on disk. Raises `ArchiveProblem`."""
        await self._write(self._library, lambda: self._library.keep_replaced(test_id, name, script))

    async def begin(self, action: str, target: Target, words: str, after: datetime | None = None) -> int:
        """Journal what is about to be done to something and lay it over the record; gives the journal entry's id."""
        self._intents.begin(target.kind, target.id, words)
        self._tell_intent(target)
        try:
            entry = await self._write(self._library, lambda: self._library.begin(action, target, after))
        except BaseException:
            self._intents.forget(target.kind, target.id)
            raise
        self._touch((target.kind, target.id), datetime.now(UTC))
        return entry

    async def finish(self, entry: int, target: Target, outcome: str, *, keep_intent: bool = False) -> None:
        """Journal how an action came out. A kept intent stays until a record shows that the run has ended."""
        self._touch((target.kind, target.id), datetime.now(UTC))
        if keep_intent:
            self._intents.accept(target.kind, target.id, datetime.now(UTC))
        else:
            self._intents.forget(target.kind, target.id)
        await self._write(self._library, lambda: self._library.finish(entry, outcome))
        self._tell_intent(target)

    def leave_open(self, target: Target, words: str) -> None:
        """It is not known how an action came out: `words` stand over the record until the journal says so."""
        self._touch((target.kind, target.id), datetime.now(UTC))
        self._intents.begin(target.kind, target.id, words)
        self._tell_intent(target)

    def acted_on(self, run_id: int) -> None:
        """The server was told to change this run: what it was asked for before is old news."""
        self._touch(("run", run_id), datetime.now(UTC))

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

    def _touch(self, key: Key, at: datetime) -> None:
        self._touched.pop(key, None)
        self._touched[key] = at
        while len(self._touched) > MOST_TOUCHED:
            del self._touched[next(iter(self._touched))]

    def _is_old_news(self, key: Key, asked_at: datetime) -> bool:
        touched = self._touched.get(key)
        return touched is not None and asked_at < touched <= datetime.now(UTC)  # the clock may have been set back

    def _tell_intent(self, target: Target) -> None:
        if target.kind == "run":
            self._details_changed(target.id)
        else:
            self.changed.emit(Delta(catalogue=True))

    async def _remove(self, kind: str, id_: int, remove: Callable[[int], set[int]]) -> None:
        def write() -> tuple[set[int], Catalogue]:
            return remove(id_), Catalogue.whole(self._cache)

        self._touch((kind, id_), datetime.now(UTC))
        runs, catalogue = await self._write(self._cache, write)
        self._intents.forget(kind, id_)
        self._schedules = None
        self._use(catalogue)
        self._index.remove(runs)
        self.changed.emit(Delta(catalogue=True, removed=frozenset(runs)))

    def _known_schedules(self) -> dict[int, Schedule]:
        if self._schedules is None:
            self._schedules = {schedule.test_id: schedule for schedule in self._cache.schedules()}
        return self._schedules

    def _details_changed(self, run_id: int) -> None:
        self.changed.emit(Delta(details=frozenset([run_id])))
