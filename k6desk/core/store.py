"""The one place the window reads from.

Data flows one way: `monitor` and `commands` hand in what the server said, a writer commits it, and then
`changed` tells the ids that are different. Reading is synchronous and cheap: an index of all runs in memory gives the
order, the database gives the rows that are visible.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from msgspec import MsgspecError
from msgspec.msgpack import decode, encode

from k6desk.api.models import Limits, LoadTest, Project, Run, RunDetail, Script, ZoneNodes
from k6desk.api.plans import Schedule
from k6desk.core.delta import Delta
from k6desk.core.intake import Intake
from k6desk.data.kept import KeptRun, Why
from k6desk.data.library import Action, Draft, Library, Target
from k6desk.data.note_queue import QueuedNote
from k6desk.data.scripts import ScriptKind, Sighting, Usage
from k6desk.data.search import Counts, Query
from k6desk.data.stored import Stored

T = TypeVar("T")
NODES = tuple[ZoneNodes, ...] | None


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
        return self._run(run_id)

    def runs(self, ids: Sequence[int]) -> dict[int, Run]:
        """The rows of the visible runs."""
        found = self._cache.runs(ids)
        found.update((id_, self._kept[id_].run) for id_ in ids if id_ not in found and id_ in self._kept)
        return found

    def name_of(self, run: Run) -> str:
        """What people call a run: the name of its test, or its id while the test is not known."""
        test, kept = self.test(run.test_id), self._kept.get(run.id)
        return test.name if test else (kept.test_name if kept else "") or f"run {run.id}"

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

        stored = self.document(run_id)
        return Stored(run_detail(stored.value), stored.fetched_at) if stored else None

    def document(self, run_id: int) -> Stored[bytes] | None:
        """What the server said of a run, as JSON with its secrets masked, and when; None if it was never asked."""
        return self._cache.detail(run_id) or self.kept_document(run_id, "run")

    def distribution(self, run_id: int) -> Stored[tuple[ZoneNodes, ...] | None] | None:
        """The nodes of a run by zone; a stored None means that the server has none."""
        if (known := self._cache.distribution(run_id)) or not (kept := self.kept_document(run_id, "distribution")):
            return known
        try:
            return Stored(decode(kept.value, type=NODES), kept.fetched_at)
        except MsgspecError:
            return None  # another version of k6desk kept it in another shape

    def last_passed_before(self, run: Run) -> Run | None:
        """The last run of the same test that was created before this one and passed."""
        return self._cache.last_passed_before(run)

    # -- what is kept --------------------------------------------------------------------------------------------------

    def kept(self, run_id: int) -> KeptRun | None:
        """What is known of the keeping of a run; None if it is not kept."""
        return self._kept.get(run_id)

    def kept_runs(self) -> list[KeptRun]:
        """All runs that are kept on this computer."""
        return list(self._kept.values())

    def kept_ids(self) -> frozenset[int]:
        """The ids of these."""
        return frozenset(self._kept)

    def kept_bytes(self) -> int:
        """What the kept runs take on the disk, without their scripts."""
        return self._library.kept.total_bytes()

    def script(self, kind: ScriptKind, id_: int) -> Stored[Script] | None:
        """The frozen script of a run or the current one of a test, if it was ever loaded."""
        seen = self._library.scripts.newest(kind, id_)
        script = self._library.scripts.script(seen.digest) if seen else None
        return Stored(script, seen.last_at) if seen and script else None

    def has_script(self, kind: ScriptKind, id_: int) -> bool:
        """Whether `script` has one, without reading it."""
        return self._library.scripts.newest(kind, id_) is not None

    def script_by_digest(self, digest: str) -> Script | None:
        """A kept script."""
        return self._library.scripts.script(digest)

    def sightings(self, test_id: int | None = None) -> list[Sighting]:
        """Where and when the scripts of a test and its runs, or of all, were seen, the last first."""
        scripts = self._library.scripts
        return scripts.sightings() if test_id is None else scripts.of_test(test_id)

    def usages(self, digests: Collection[str]) -> list[Usage]:
        """What used these scripts: tests, and how many runs of which."""
        return self._library.scripts.usages(digests)

    def earlier_scripts(self, test_id: int) -> list[Sighting]:
        """The scripts that a test had before the one it has now, the last first."""
        return [one for one in self.sightings(test_id) if one.kind == "test"][1:]

    def asked_scripts(self, kind: ScriptKind) -> dict[int, datetime]:
        """When the script of which runs or tests was last asked for, also where there was none."""
        return self._library.scripts.asked(kind)

    def script_digests(self) -> set[str]:
        """The digests of all kept scripts."""
        return self._library.scripts.digests()

    def script_bytes(self) -> int:
        """What the kept scripts take on the disk."""
        return self._library.scripts.total_bytes()

    def kept_document(self, run_id: int, name: str) -> Stored[bytes] | None:
        """One of the documents of a kept run, see `KeptRuns`; None if it has none of that name or is not kept."""
        return self._library.kept.document(run_id, name) if run_id in self._kept else None

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

    def zone_name(self, k6_load_zone_id: str) -> str:
        """A load zone's name for people, or its id when it has none."""
        if self._zones is None:
            self._zones = {zone.k6_load_zone_id: zone.name for zone in self._cache.zones()}
        return self._zones.get(k6_load_zone_id, k6_load_zone_id)

    def draft(self, run_id: int) -> Draft | None:
        """The note that the user wrote and that is not on the server yet."""
        return self._library.draft(run_id)

    def refused_drafts(self) -> list[Draft]:
        """The notes that the server did not take when they were sent from the queue, the oldest first."""
        return self._library.refused_drafts()

    def queued_note(self, run_id: int) -> QueuedNote | None:
        """The note of a run that is sent when the server answers."""
        return self._library.note_queue.of(run_id)

    def queued_notes(self) -> list[QueuedNote]:
        """All of these, in the order in which they are sent."""
        return self._library.note_queue.all()

    @property
    def is_saved(self) -> bool:
        """Whether what the user does survives the end of the program; not if the disk is full or cannot be written."""
        return self._library.is_saved

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

    async def queue_note(self, note: QueuedNote) -> None:
        """Keep a note to be sent, and no draft of it; on return it is on disk."""
        await self._write(self._library, lambda: self._library.note_queue.put(note))
        self._details_changed(note.run_id)

    async def note_arrived(self, run_id: int, text: str) -> None:
        """The server has this note: it is neither queued nor a draft any more."""
        await self._write(self._library, lambda: self._library.note_queue.note_arrival(run_id, text))
        self._details_changed(run_id)

    async def take_out_note(self, run_id: int, problem: str = "") -> None:
        """Send a note no more; it is a draft from now on, with the reason if the server did not take it."""
        await self._write(self._library, lambda: self._library.note_queue.take_out(run_id, problem))
        self._details_changed(run_id)

    async def keep_run(self, run_id: int, why: Why) -> None:
        """Keep a run with all that is known of it here, for good; on return it is on disk."""
        run = self._run(run_id)
        if run is None:
            return
        documents = {}
        if stored := self.document(run_id):
            documents["run"] = stored
        if nodes := self.distribution(run_id):
            documents["distribution"] = Stored(encode(nodes.value), nodes.fetched_at)
        project = self.project(run.project_id)
        test = self.test(run.test_id)
        names = test.name if test else "", project.name if project else ""
        now = datetime.now(UTC)

        def keep() -> KeptRun | None:
            self._library.kept.put(run, *names, why, documents, now)
            return self._library.kept.run(run_id)

        if kept := await self._write(self._library, keep):
            self._kept[run_id] = kept
            self._index.mark_kept(self.kept_ids())
            self.changed.emit(Delta(changed=frozenset([run_id]), details=frozenset([run_id])))

    async def stop_keeping(self, run_id: int) -> None:
        """The user does not want a run kept any more; if the server has it no more, it is known no more."""
        await self._write(self._library, lambda: self._library.kept.remove(run_id))
        kept = self._kept.pop(run_id, None)
        self._index.mark_kept(self.kept_ids())
        one = frozenset([run_id])
        if kept and kept.why == "file":
            await self.remove_run(run_id)
        elif kept and kept.gone_at:
            self._index.remove(one)
            self.changed.emit(Delta(removed=one))
        else:
            self.changed.emit(Delta(changed=one, details=one))

    async def fill(self, work: Callable[[Library], T]) -> T:
        """Have runs from a file written into the library, and read anew all that is kept."""
        done = await self._write(self._library, lambda: work(self._library))
        await self.load_index()
        return done

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
