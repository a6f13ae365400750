"""The one place the window reads from.

Data flows one way: `monitor` and `commands` hand in what the server said, a writer commits it, and then
`changed` tells the ids that are different. Reading is synchronous and cheap: an index of all runs in memory gives the
order, the database gives the rows that are visible.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from datetime import UTC, datetime

from k6desk.api.models import Limits, LoadTest, Project, Run, RunDetail, Script, ZoneNodes
from k6desk.api.plans import Schedule
from k6desk.core.delta import Delta
from k6desk.core.intake import Intake
from k6desk.data.cache import ScriptKind, Stored
from k6desk.data.library import Action, Draft, Target
from k6desk.data.search import Counts, Query


class Store(Intake):
    """What this account's window shows: the cache, what the user typed, and actions that are under way."""

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

    def vuh_of(self, ids: Sequence[int]) -> tuple[float, bool]:
        """The VUH of these runs together, as far as they are known, and whether estimates are among them."""
        return self._index.vuh(ids)

    def counts(self) -> Counts:
        """How many runs each smart list holds."""
        return self._index.counts(datetime.now(UTC))

    def detail(self, run_id: int) -> Stored[RunDetail] | None:
        """Everything that the server said of a run, and when; None if it was never asked."""
        from k6desk.api.wire.runs import run_detail

        stored = self._cache.detail(run_id)
        return Stored(run_detail(stored.value), stored.fetched_at) if stored else None

    def document(self, run_id: int) -> Stored[bytes] | None:
        """What the server said of a run, as JSON with its secrets masked, and when; None if it was never asked."""
        return self._cache.detail(run_id)

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

    def replaced_scripts(self, test_id: int) -> list[tuple[int, datetime]]:
        """Which scripts of a test were replaced from here, by their numbers, and when; the newest first."""
        return self._library.replaced(test_id)

    async def replaced_script(self, number: int) -> Script | None:
        """A script that was replaced from here; None if it is not kept any more."""
        return await self._write(self._library, lambda: self._library.replaced_script(number))

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
        """Journal how an action came out. A kept intent stays until a record shows the effect."""
        self._touch((target.kind, target.id), datetime.now(UTC))
        if keep_intent:
            self._intents.accept(target.kind, target.id, datetime.now(UTC))
        else:
            self._intents.forget(target.kind, target.id)
        await self._write(self._library, lambda: self._library.finish(entry, outcome))
        self._tell_intent(target)

    async def supersede(self, entry: int) -> None:
        """Journal that an action whose outcome is not known was tried again; the new try speaks for both."""
        await self._write(self._library, lambda: self._library.finish(entry, "tried again"))

    def leave_open(self, target: Target, words: str) -> None:
        """It is not known how an action came out: `words` stand over the record until the journal says so."""
        self._touch((target.kind, target.id), datetime.now(UTC))
        self._intents.begin(target.kind, target.id, words)
        self._tell_intent(target)

    def release(self, target: Target) -> None:
        """What was open is settled elsewhere."""
        self._intents.forget(target.kind, target.id)
        self._tell_intent(target)

    def acted_on(self, run_id: int) -> None:
        """The server was told to change this run: what it was asked for before is old news."""
        self._touch(("run", run_id), datetime.now(UTC))

    def _tell_intent(self, target: Target) -> None:
        if target.kind == "run":
            self._details_changed(target.id)
        else:
            self.changed.emit(Delta(catalogue=True))

    def _known_schedules(self) -> dict[int, Schedule]:
        if self._schedules is None:
            self._schedules = {schedule.test_id: schedule for schedule in self._cache.schedules()}
        return self._schedules
