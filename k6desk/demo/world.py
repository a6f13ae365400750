"""The state of the demo cloud: projects, tests, runs, schedules; it follows from a seed, a clock and what clients do.

Nothing ticks. A run's whole life is planned from (seed, index) when somebody asks for it, and its state is read off
that plan at the current instant; new runs come into being because their time, planned or scheduled, has passed. What
clients change is kept beside the plans.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Literal

from k6desk.demo.catalogue import LOAD_ZONES, STACK_ID, STACK_URL, USER, LoadTestDraft, Script
from k6desk.demo.clock import DAY, MINUTE, SECOND, StoryClock, instant
from k6desk.demo.deck import Deck
from k6desk.demo.inventory import ConflictError, Inventory, LoadTest, Project, Size
from k6desk.demo.labels import Labels
from k6desk.demo.ledger import Ledger
from k6desk.demo.opening import OLD_RUNS, furnish, gap_us, write_history
from k6desk.demo.outcomes import Outcome, ordered_outcome
from k6desk.demo.permissions import Permissions
from k6desk.demo.runs import (
    SAVED_AMONG,
    Abort,
    Load,
    Order,
    Run,
    State,
    cut,
    fraction_digits,
    load,
    plan_order,
    plan_run,
    state,
)
from k6desk.demo.schedules import Schedules

if TYPE_CHECKING:
    from k6desk.demo.metrics.measured import Measurements

MOST_SAVED = 20
_ABORT_TAKES_US = 3 * SECOND
_KEY_LASTS_US = 10 * MINUTE


class AlreadyEndedError(ConflictError):
    """The run does not execute any more, so it cannot be aborted."""


class World:
    """One stack. `now_s` is the injected clock (seconds since the epoch), read by `now()` only.

    With `generation_2024` the oldest runs come without the fields that the API did not have in 2024.
    """

    stack_id = STACK_ID
    stack_url = STACK_URL
    user = USER
    load_zones = LOAD_ZONES

    def __init__(
        self,
        now_s: Callable[[], float],
        seed: int = 1,
        size: Size = "small",
        speed: float = 1,
        *,
        generation_2024: bool = False,
    ) -> None:
        start_us = int(now_s() * SECOND)
        self.seed = seed
        self.clock = StoryClock(now_s, start_us, speed)
        self.inventory = Inventory(size, start_us)
        self.schedules = Schedules()
        self.labels = Labels()
        self.permissions = Permissions()
        self.edited: set[int] = set()
        """The runs (by index) that are not as they were planned any more."""
        self._old: Literal[2024, 2026] = 2024 if generation_2024 else 2026
        self._ledger = Ledger()
        self._orders: dict[int, Order] = {}
        self._keys: dict[tuple[int, str], tuple[int, int]] = {}
        self._notes: dict[int, str] = {}
        self._aborts: dict[int, Abort] = {}
        self._stars: dict[int, bool] = {}
        rng = Random(seed)  # noqa: S311
        self._deck = Deck(rng, self.tests, gap_us(size))
        self._next_us = write_history(size, start_us, rng, self._deck, self.inventory, self._begin)
        self._saved = {index for index in self._ledger.all(None, None)[:SAVED_AMONG] if self.plan(index).is_saved}
        furnish(self)

    def now(self) -> int:
        """The real time, after letting the runs begin that are due."""
        now = self.clock.now()
        while True:
            planned_us, scheduled_us = self.clock.real(self._next_us), instant(self.schedules.next_due())
            if min(planned_us, scheduled_us) > now:
                return now
            if planned_us <= scheduled_us:
                test = self._deck.draw(self.inventory.test)
                if test and test.upload:
                    self._order(test, planned_us, None)
                elif test:
                    self._begin(test, self._next_us)
                self._next_us += self._deck.gap()
            else:
                schedule = self.schedules.take_due()
                if (test := self.inventory.test(schedule.test_id)) and test.draft.shape != "none":
                    self._order(test, scheduled_us, None)

    # -- projects and tests --------------------------------------------------------------------------------------------

    @property
    def projects(self) -> list[Project]:
        """All projects, the oldest first; the first one is the default."""
        return self.inventory.projects

    @property
    def tests(self) -> list[LoadTest]:
        """All load tests, the oldest first."""
        return self.inventory.tests

    def tests_of(self, project_id: int) -> list[LoadTest]:
        """The load tests of a project, the oldest first."""
        return self.inventory.tests_of(project_id)

    def project(self, project_id: int) -> Project | None:
        """A project by its id."""
        return self.inventory.project(project_id)

    def test(self, test_id: int) -> LoadTest | None:
        """A load test by its id."""
        return self.inventory.test(test_id)

    def create_test(
        self, project_id: int, draft: LoadTestDraft, upload: Script | None, k6_version: int | None
    ) -> LoadTest:
        """A new load test; ConflictError when its project has one of this name."""
        self.inventory.check_test_name(project_id, draft.name)
        now = self.now()
        return self.inventory.add_test(project_id, draft, now, now, upload, k6_version)

    def move_test(self, test: LoadTest, project_id: int) -> None:
        """Move a load test and its runs; ConflictError when one of its name is there."""
        if test.project_id != project_id:
            self.inventory.check_test_name(project_id, test.name)
            self.inventory.put_test(replace(test, project_id=project_id, updated_us=self.now()))
            self.edited.update(self._ledger.of_test(test.id, None, None))

    def delete_test(self, test: LoadTest) -> None:
        """Delete a load test with its runs and its schedule; ConflictError while one of them goes on."""
        if self._is_busy(test):
            raise ConflictError("Cannot delete test while it's running.")
        for index in list(self._ledger.of_test(test.id, None, None)):
            self._ledger.remove(index)
            self._saved.discard(index)
        if schedule := self.schedules.of_test(test.id):
            self.schedules.remove(schedule)
        self.inventory.remove_test(test)

    def delete_project(self, project: Project) -> None:
        """Delete a project with all that is in it; ConflictError while one of its runs goes on."""
        tests = self.tests_of(project.id)
        if any(self._is_busy(test) for test in tests):
            raise ConflictError("Cannot delete project with a running test.")
        for test in tests:
            self.delete_test(test)
        self.labels.forget_project(project.id)
        self.permissions.forget_project(project.id)
        self.inventory.remove_project(project)

    # -- runs ----------------------------------------------------------------------------------------------------------

    def run(self, run_id: int) -> Run | None:
        """A run by its id, if it exists by now."""
        self.now()
        index = self._ledger.index(run_id)
        return None if index is None else self.plan(index)

    def run_id(self, index: int) -> int:
        """The id of a run."""
        return self._ledger.run_id(index)

    def plan(self, index: int) -> Run:
        """A run by its index."""
        draft = self._ledger.begun_from(index).draft
        created_us, story_us = self._ledger.created_us(index), self._ledger.story_us(index)
        if order := self._orders.get(index):
            return plan_order(self.seed, index, draft, created_us, story_us, order)
        old = index < OLD_RUNS
        return plan_run(
            self.seed,
            index,
            draft,
            created_us,
            story_us,
            self.clock.start_us,
            old=old,
            generation=self._old if old else 2026,
        )

    def test_of_run(self, index: int) -> LoadTest:
        """The test a run belongs to, as it is today."""
        test = self.inventory.test(self._ledger.begun_from(index).id)
        assert test is not None
        return test

    def begun_from(self, index: int) -> LoadTest:
        """The test a run belongs to, as it was when the run began."""
        return self._ledger.begun_from(index)

    def runs(self, after_us: int | None, before_us: int | None) -> Sequence[int]:
        """The indices of all runs created in [after, before), oldest first."""
        self.now()
        return self._ledger.all(after_us, before_us)

    def runs_of_test(self, test: LoadTest, after_us: int | None, before_us: int | None) -> Sequence[int]:
        """The indices of the runs of one test created in [after, before), oldest first."""
        self.now()
        return self._ledger.of_test(test.id, after_us, before_us)

    def state(self, run: Run, now: int) -> State:
        """How a run is at `now`."""
        return state(run, self.clock, now, self._aborts.get(run.index))

    def load(self, run: Run, now: int) -> Load | None:
        """The load of a run as it is at `now`, in story time; None while there has been none."""
        return load(run, self.clock.story(now), self._aborts.get(run.index))

    @cached_property
    def measurements(self) -> Measurements:
        """The metrics of the runs."""
        # Only now: it takes numpy, and whoever starts a demo cloud waits for its first page.
        from k6desk.demo.metrics.measured import Measurements

        return Measurements(self)

    def start(self, test: LoadTest, key: str | None = None) -> Run:
        """Start a run of a test as it is now. Within ten minutes the same key gives the same run."""
        now = self.now()
        if key and (known := self._keys.get((test.id, key))):
            index, at_us = known
            if now - at_us < _KEY_LASTS_US and self._ledger.index(self.run_id(index)) is not None:
                return self.plan(index)
        index = self._order(test, now, self.user)
        if key:
            self._keys[test.id, key] = (index, now)
        return self.plan(index)

    def abort(self, run: Run) -> None:
        """Let the run become aborted soon. Asking twice changes nothing; AlreadyEndedError when it is over."""
        now = self.now()
        if self.state(run, now).status in ("processing_metrics", "completed", "aborted"):
            raise AlreadyEndedError("Cannot abort a non-running test.")
        if run.index not in self._aborts:
            self._aborts[run.index] = Abort(self.clock.story(now) + _ABORT_TAKES_US, self.user)
            self.edited.add(run.index)

    def note(self, run: Run) -> str:
        """The note of a run."""
        return self._notes.get(run.index, run.note)

    def set_note(self, run: Run, note: str) -> None:
        """Keep a note."""
        self._notes[run.index] = note
        self.edited.add(run.index)

    def is_starred(self, run: Run) -> bool:
        """Whether a run has a star."""
        return self._stars.get(run.index, run.is_starred)

    def star(self, run: Run, starred: bool) -> None:
        """Give a run a star, or take it away."""
        self._stars[run.index] = starred
        self.edited.add(run.index)

    def is_saved(self, run: Run) -> bool:
        """Whether the results of a run are kept for good."""
        return run.index in self._saved

    def save(self, run: Run, saved: bool) -> None:
        """Keep the results of a run for good, or no longer; ConflictError when they are gone or too many are kept."""
        if not saved:
            self._saved.discard(run.index)
        elif run.index not in self._saved:
            if self.expiry_us(run) <= self.now():
                raise ConflictError("The test run results have been deleted.")
            if len(self._saved) >= MOST_SAVED:
                raise ConflictError("The maximum number of saved test runs has been reached.")
            self._saved.add(run.index)
        self.edited.add(run.index)

    def expiry_us(self, run: Run) -> int:
        """When the results of a run that is not saved are deleted."""
        project = self.project(self.test_of_run(run.index).project_id)
        assert project is not None
        return run.created_us + project.draft.retention_days * DAY

    def delete_run(self, run: Run) -> None:
        """Delete a run, which may have been a baseline; ConflictError while it goes on."""
        if self.state(run, self.now()).outcome is None:
            raise ConflictError("Cannot delete test run while it's running.")
        test = self.test_of_run(run.index)
        if test.baseline_id == self.run_id(run.index):
            self.inventory.put_baseline(test, None)
        self._saved.discard(run.index)
        self._ledger.remove(run.index)

    def _is_busy(self, test: LoadTest) -> bool:
        now = self.now()
        return any(self.state(self.plan(index), now).outcome is None for index in self.runs_of_test(test, None, None))

    def _order(self, test: LoadTest, real_us: int, by_user: str | None) -> int:
        project = self.project(test.project_id)
        assert project is not None
        problems = self.permissions.problems(project, test.draft.workload, test.draft.zones)
        outcome = Outcome("error", "validation", 0, None, problems[0].message, 4003) if problems else None
        index = self._begin(test, self.clock.story(real_us), ordered=True)
        self._orders[index] = Order(by_user, outcome or ordered_outcome(test.draft))
        return index

    def _begin(self, test: LoadTest, story_us: int, *, ordered: bool = False) -> int:
        created = cut(self.clock.real(story_us), fraction_digits(self._ledger.count))
        return self._ledger.begin(test, story_us, created, ordered=ordered)
