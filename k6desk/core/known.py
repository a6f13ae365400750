"""What is known of an account. Reading is synchronous and cheap: an index of all runs in memory gives the order, the
database gives the rows that are visible.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import MsgspecError
from msgspec.msgpack import decode

from k6desk.api.models import Limits, LoadTest, Project, Run, RunDetail, Script, ZoneNodes
from k6desk.api.plans import Schedule
from k6desk.core.measurements import Measurements
from k6desk.data.kept import KeptRun
from k6desk.data.library import Action, Draft
from k6desk.data.note_queue import QueuedNote
from k6desk.data.scripts import ScriptKind, Sighting, Usage
from k6desk.data.search import Counts, Query
from k6desk.data.stored import Stored

SILENCE = timedelta(minutes=3)
NODES = tuple[ZoneNodes, ...] | None


class Known(Measurements):
    """Projects, tests, runs, scripts, notes and what is kept, from the cache, the library and the index of all runs."""

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
        return self.names_of(run)[0] or f"run {run.id}"

    def names_of(self, run: Run) -> tuple[str, str]:
        """What the test and the project of a run are called, or were when it was kept; "" where that is not known."""
        test, project, kept = self.test(run.test_id), self.project(run.project_id), self._kept.get(run.id)
        was = (kept.test_name, kept.project_name) if kept else ("", "")
        return test.name if test else was[0], project.name if project else was[1]

    def latest_of_test(self, test_id: int, limit: int) -> list[Run]:
        """The newest runs of a load test."""
        known = self._cache.latest_of_test(test_id, limit)
        gone = [kept.run for kept in self._kept.values() if kept.gone_at and kept.run.test_id == test_id]
        return sorted([*known, *gone], key=_newest_last, reverse=True)[:limit] if gone else known

    def seen_until(self, now: datetime) -> datetime:
        """Up to when it is known how runs get on: now, or when the server was last heard if that is long ago."""
        fresh_at = self.fresh_at
        return fresh_at if fresh_at and now - fresh_at > SILENCE else now

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
        known = self._cache.last_passed_before(run)
        kept = [one.run for one in self._kept.values() if one.run.test_id == run.test_id and one.run.result == "passed"]
        earlier = [one for one in [*kept, *filter(None, [known])] if one.created_at < run.created_at]
        return max(earlier, key=_newest_last, default=None)

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

    def kept_document(self, run_id: int, name: str) -> Stored[bytes] | None:
        """One of the documents of a kept run, see `KeptRuns`; None if it has none of that name or is not kept."""
        return self._library.kept.document(run_id, name) if run_id in self._kept else None

    def is_unwanted(self, run_id: int) -> bool:
        """Whether the user decided that a run is not to be kept."""
        return run_id in self._unwanted

    def kept_bytes(self) -> int:
        """What the kept runs take on the disk, without their scripts."""
        return self._library.kept.total_bytes()

    def script(self, kind: ScriptKind, id_: int) -> Stored[Script] | None:
        """The frozen script of a run or the current one of a test, if it was ever loaded."""
        seen = self.sighting(kind, id_)
        script = self.script_by_digest(seen.digest) if seen else None
        return Stored(script, seen.last_at) if seen and script else None

    def has_script(self, kind: ScriptKind, id_: int) -> bool:
        """Whether `script` has one, without reading it."""
        return self.sighting(kind, id_) is not None

    def sighting(self, kind: ScriptKind, id_: int) -> Sighting | None:
        """Which script a run has, or a test had when it was last asked for; None if none was ever loaded."""
        return self._library.scripts.newest(kind, id_)

    def script_by_digest(self, digest: str) -> Script | None:
        """A kept script. For any thread: a large one takes longer than the window should wait."""
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

    def local_baseline(self, test_id: int) -> int | None:
        """The run that the user chose on this computer for the others of its test to be compared with."""
        return self._library.baselines.of(test_id)

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

    def _known_schedules(self) -> dict[int, Schedule]:
        if self._schedules is None:
            self._schedules = {schedule.test_id: schedule for schedule in self._cache.schedules()}
        return self._schedules


def _newest_last(run: Run) -> tuple[datetime, int]:
    return run.created_at, run.id
