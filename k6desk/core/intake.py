"""What the server said, on its way into the cache: committed first, then told to the window as a `Delta`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial

from msgspec.msgpack import encode
from msgspec.structs import replace

from k6desk.api.models import Limits, LoadTest, LoadZone, Project, Run, RunDetail, Script, ZoneNodes
from k6desk.api.plans import Schedule
from k6desk.core.catalogue import Catalogue
from k6desk.core.delta import Delta
from k6desk.core.shelf import Shelf
from k6desk.data.problems import ArchiveProblem
from k6desk.data.scripts import ScriptKind

FRESHNESS = timedelta(minutes=1)


class Intake(Shelf):
    """Takes in answers. One that was asked for before we acted on the same thing is old news, and left out."""

    _schedules: dict[int, Schedule] | None = None
    _zones: dict[str, str] | None = None

    async def put_runs(self, rows: Sequence[Run], asked_at: datetime, raw: Mapping[int, bytes] | None = None) -> None:
        """Take in rows; those we acted on after `asked_at` are old news and left out."""

        def write() -> tuple[list[Run], set[int], set[int], set[int], set[int]]:
            fresh = [self._where_it_is(row, asked_at) for row in rows if self._is_news_of(row, asked_at)]
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
        await self._know_kept()
        if of_kept := [row for row in fresh if row.id in self._kept and row.id in touched | news]:
            await self._refresh_kept(of_kept, raw or {}, asked_at)
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
        news = await self._write(self._cache, lambda: self._cache.put_distribution(run_id, zones, now))
        await self._know_kept()
        if news and run_id in self._kept:
            content = encode(zones)
            keep = partial(self._library.kept.put_document, run_id, "distribution", content, now)
            await self._write(self._library, keep)
        if news:
            self._details_changed(run_id)

    async def put_script(self, kind: ScriptKind, id_: int, script: Script) -> None:
        """Keep a script that was seen; an archive whose secrets cannot be found because it is damaged is not kept."""
        with suppress(ArchiveProblem):
            await self.keep_script(kind, id_, script)

    async def keep_script(self, kind: ScriptKind, id_: int, script: Script) -> None:
        """Keep a script that was seen; on return it is on disk. Raises `ArchiveProblem`."""
        test_id, name = self._test_of(kind, id_)
        keep = partial(self._library.scripts.keep, script, kind, id_, test_id, name, datetime.now(UTC))
        digest = await self._write(self._library, keep)
        if kind == "run":
            self._details_changed(id_)
        self.scripts_changed.emit(digest)

    async def note_no_script(self, kind: ScriptKind, id_: int) -> None:
        """The server was asked for a script and has none to give."""
        now = datetime.now(UTC)
        await self._write(self._library, lambda: self._library.scripts.note_absence(kind, id_, now))

    async def put_catalogue(
        self, projects: Sequence[Project], tests: Sequence[LoadTest], asked_at: datetime, *, complete: bool
    ) -> None:
        """Take in projects and tests; of `complete` lists, what is no longer named is gone on the server.

        Of what we acted on after `asked_at` the lists are old news.
        """

        def is_news(kind: str, id_: int) -> bool:
            return not self._is_old_news((kind, id_), asked_at)

        def write() -> tuple[Catalogue | None, dict[int, Run], set[int]]:
            changed = bool(self._cache.put_projects([one for one in projects if is_news("project", one.id)]))
            changed_tests, moved = self._put_tests(tests, asked_at)
            changed |= bool(changed_tests)
            known = Catalogue.whole(self._cache)
            gone_tests = known.tests.keys() - {test.id for test in tests} if complete else set()
            gone_tests = {id_ for id_ in gone_tests if is_news("test", id_)}
            gone_projects = known.projects.keys() - {project.id for project in projects} if complete else set()
            gone_projects = {id_ for id_ in gone_projects if is_news("project", id_)}
            runs = set[int]().union(
                *map(self._cache.remove_test, gone_tests), *map(self._cache.remove_project, gone_projects)
            )
            if gone_tests or gone_projects:
                return Catalogue.whole(self._cache), moved, runs
            return known if changed else None, moved, runs

        catalogue, moved, removed = await self._write(self._cache, write)
        if catalogue:
            self._schedules = None  # those of tests that are gone went with them
            self._use(catalogue)
            self._index.upsert(moved.values())
            gone = await self._drop(removed)
            changed = (moved.keys() - removed) | gone
            self.changed.emit(Delta(catalogue=True, changed=frozenset(changed), removed=frozenset(removed - gone)))

    def _put_tests(self, tests: Sequence[LoadTest], asked_at: datetime) -> tuple[set[int], dict[int, Run]]:
        """For the writing thread: keep what is news; the tests that changed, and the runs that moved with them."""
        changed = self._cache.put_tests([test for test in tests if self._is_news_of_test(test, asked_at)])
        return changed, self._cache.runs(list(self._cache.follow_tests(changed))) if changed else {}

    def _is_news_of(self, run: Run, asked_at: datetime) -> bool:
        return not (
            self._is_old_news(("run", run.id), asked_at)
            or self._is_buried(("test", run.test_id), asked_at)
            or self._is_buried(("project", run.project_id), asked_at)
        )

    def _where_it_is(self, run: Run, asked_at: datetime) -> Run:
        """The run in the project of its test, which may have been moved since the run was asked for."""
        if self._is_old_news(("test", run.test_id), asked_at):
            test = self._cache.test(run.test_id)
            if test and test.project_id != run.project_id:
                return replace(run, project_id=test.project_id)
        return run

    def _is_news_of_test(self, test: LoadTest, asked_at: datetime) -> bool:
        is_old = self._is_old_news(("test", test.id), asked_at)
        return not (is_old or self._is_buried(("project", test.project_id), asked_at))

    async def put_zones(self, zones: Sequence[LoadZone]) -> None:
        """Take in the load zones of the stack."""
        await self._write(self._cache, lambda: self._cache.put_zones(zones))
        self._zones = None

    async def put_limits(self, limits: Sequence[Limits], asked_at: datetime) -> None:
        """Take in what projects may use."""

        def write() -> bool:
            return self._cache.put_limits(
                [one for one in limits if not self._is_old_news(("project", one.project_id), asked_at)]
            )

        if await self._write(self._cache, write):
            self.changed.emit(Delta(catalogue=True))

    async def remove_run(self, run_id: int) -> None:
        """A run is gone on the server: it said 404 to that very id."""
        self._bury(("run", run_id))
        await self._write(self._cache, lambda: self._cache.remove_run(run_id))
        self._intents.forget("run", run_id)
        gone = await self._drop({run_id})
        self.changed.emit(Delta(changed=gone, details=gone, removed=frozenset({run_id}) - gone))

    async def put_test(self, test: LoadTest, asked_at: datetime) -> None:
        """Take in one load test; if it is in another project than before, so are its runs."""
        await self.put_tests([test], asked_at)

    async def put_project(self, project: Project, asked_at: datetime) -> None:
        """Take in one project."""

        def write() -> Catalogue | None:
            if self._is_old_news(("project", project.id), asked_at):
                return None
            self._touch(("project", project.id), asked_at)
            self._cache.put_projects([project])
            return Catalogue.whole(self._cache)

        if catalogue := await self._write(self._cache, write):
            self._use(catalogue)
            self.changed.emit(Delta(catalogue=True))

    async def put_tests(self, tests: Sequence[LoadTest], asked_at: datetime) -> None:
        """Take in some load tests, such as a search found; their runs are where they are."""

        def write() -> tuple[Catalogue | None, dict[int, Run]]:
            changed, moved = self._put_tests(tests, asked_at)
            for test in tests:
                self._touch(("test", test.id), asked_at)
            return Catalogue.whole(self._cache) if changed else None, moved

        catalogue, moved = await self._write(self._cache, write)
        if catalogue:
            self._use(catalogue)
            self._index.upsert(moved.values())
            self.changed.emit(Delta(catalogue=True, changed=frozenset(moved)))

    async def remove_test(self, test_id: int) -> None:
        """A load test is gone on the server, and with it its runs and its schedule."""
        await self._remove("test", test_id, self._cache.remove_test)

    async def remove_project(self, project_id: int) -> None:
        """A project is gone on the server, and with it its load tests and their runs."""
        await self._remove("project", project_id, self._cache.remove_project)

    async def put_schedules(self, schedules: Sequence[Schedule], asked_at: datetime, *, complete: bool) -> None:
        """Take in schedules; of a `complete` list, what is no longer named is gone."""

        def is_old_news(schedule: Schedule) -> bool:
            return self._is_old_news(("test", schedule.test_id), asked_at)

        def write() -> bool:
            kept = [schedule for schedule in self._cache.schedules() if is_old_news(schedule)] if complete else []
            news = [schedule for schedule in schedules if not is_old_news(schedule)]
            return self._cache.put_schedules([*kept, *news], complete=complete)

        if await self._write(self._cache, write):
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

    async def mark_fresh(self, at: datetime) -> None:
        """Remember that the runs are as they were then; to the minute."""
        known = self.fresh_at
        if known is None or not timedelta() <= at - known < FRESHNESS:
            self.fresh_at = at
            await self.set_mark("fresh", at.isoformat())

    @cached_property
    def fresh_at(self) -> datetime | None:
        """When the server was last asked for the runs, now or at an earlier start."""
        mark = self.mark("fresh")
        return datetime.fromisoformat(mark) if mark else None

    async def _remove(self, kind: str, id_: int, remove: Callable[[int], set[int]]) -> None:
        def write() -> tuple[set[int], Catalogue]:
            return remove(id_), Catalogue.whole(self._cache)

        self._bury((kind, id_))
        runs, catalogue = await self._write(self._cache, write)
        self._intents.forget(kind, id_)
        self._schedules = None
        self._use(catalogue)
        gone = await self._drop(runs)
        self.changed.emit(Delta(catalogue=True, changed=gone, removed=frozenset(runs - gone)))

    async def _drop(self, ids: set[int]) -> frozenset[int]:
        """The server has these runs no more: the kept ones stay, and are given back, the others leave the index."""
        await self._know_kept()
        kept = frozenset(ids & self._kept.keys())
        self._index.remove(ids - kept)
        if kept:
            now = datetime.now(UTC)
            await self._change_kept(kept, lambda: self._library.kept.note_gone(kept, now))
        return kept & self._kept.keys()

    async def _refresh_kept(self, rows: Sequence[Run], raw: Mapping[int, bytes], asked_at: datetime) -> None:
        """What is kept of a run is what was last seen of it."""
        documents = {row.id: raw[row.id] for row in rows if row.id in raw}
        ids = [row.id for row in rows]
        await self._change_kept(ids, lambda: self._library.kept.refresh(rows, documents, asked_at))

    def _test_of(self, kind: ScriptKind, id_: int) -> tuple[int, str]:
        """The test that a script belongs to, and its name; 0 and "" while they are not known."""
        run = self._run(id_) if kind == "run" else None
        test_id = id_ if kind == "test" else run.test_id if run else 0
        test = self._catalogue.test(test_id)
        return test_id, test.name if test else ""

    def _run(self, run_id: int) -> Run | None:
        known = self._cache.runs([run_id]).get(run_id)
        kept = None if known else self._kept.get(run_id)
        return kept.run if kept else known
