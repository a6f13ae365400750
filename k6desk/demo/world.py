"""The state of the demo cloud: projects, tests and runs, all of it following from a seed and a clock.

Nothing ticks. A run's whole life is planned from (seed, index) when somebody asks for it, and its state is read off
that plan at the current instant; new runs come into being because their planned time has passed. What clients change
(notes, aborts) is kept beside the plans.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from random import Random

from k6desk.demo.catalogue import LOAD_ZONES, STACK_ID, STACK_URL, USER
from k6desk.demo.clock import DAY, HOUR, SECOND, StoryClock
from k6desk.demo.inventory import BEYOND_DOUBLE, OPENED_US, LoadTest, Project, Size, make_projects
from k6desk.demo.runs import Abort, Run, State, cut, fraction_digits, plan_run, state

_FIRST_RUN = 2**32 - 7 * 300
_HISTORY_DAYS = 60
_OLD_RUNS = 12
_GOLDEN = 0.6180339887498949
_NEWEST_US = 50 * SECOND
_ABORT_TAKES_US = 3 * SECOND


class AlreadyEndedError(Exception):
    """The run does not execute any more, so it cannot be aborted."""


class World:
    """One stack. `now_s` is the injected clock (seconds since the epoch), read by `now()` only."""

    stack_id = STACK_ID
    stack_url = STACK_URL
    user = USER
    load_zones = LOAD_ZONES

    def __init__(self, now_s: Callable[[], float], seed: int = 1, size: Size = "small", speed: float = 1) -> None:
        start_us = int(now_s() * SECOND)
        self.seed = seed
        self.clock = StoryClock(now_s, start_us, speed)
        self.projects, self.tests = make_projects(size, start_us)
        self.edited: set[int] = set()
        """The runs (by index) a client has changed."""
        self._notes: dict[int, str] = {}
        self._aborts: dict[int, Abort] = {}
        self._project_of = {project.id: project for project in self.projects}
        self._test_of = {test.id: test for test in self.tests}
        self._rng = Random(seed)  # noqa: S311
        self._deck: list[int] = []
        self._story: list[int] = []
        self._created: list[int] = []
        self._tests: list[int] = []
        self._runs_of_test: dict[int, list[int]] = {}
        self._gap_us = 180 * SECOND if size == "small" else _HISTORY_DAYS * DAY // 100_000
        self._write_history(600 if size == "small" else 100_000)

    def now(self) -> int:
        """The real time, after letting the runs begin that are due."""
        now = self.clock.now()
        story_now = self.clock.story(now)
        while self._next_us <= story_now:
            self._begin(self._next_us)
            self._next_us += self._gap()
        return now

    def project(self, project_id: int) -> Project | None:
        """A project by its id."""
        return self._project_of.get(project_id)

    def test(self, test_id: int) -> LoadTest | None:
        """A load test by its id."""
        return self._test_of.get(test_id)

    def run(self, run_id: int) -> Run | None:
        """A run by its id, if it exists by now."""
        self.now()
        offset = (run_id - BEYOND_DOUBLE if run_id >= BEYOND_DOUBLE else run_id) - _FIRST_RUN
        index, rest = divmod(offset, 7)
        if rest or not 0 <= index < len(self._created) or self.run_id(index) != run_id:
            return None
        return self.plan(index)

    def run_id(self, index: int) -> int:
        """The id of a run: some are over 2^32, and a few over 2^53, where doubles miss odd numbers."""
        plain = _FIRST_RUN + 7 * index
        return plain + BEYOND_DOUBLE if index % 89 == 50 else plain

    def plan(self, index: int) -> Run:
        """A run by its index."""
        return plan_run(
            self.seed,
            index,
            self.test_of_run(index).draft,
            self._created[index],
            self._story[index],
            self.clock.start_us,
            old=index < _OLD_RUNS,
        )

    def test_of_run(self, index: int) -> LoadTest:
        """The test a run belongs to."""
        return self.tests[self._tests[index]]

    def runs(self, after_us: int | None, before_us: int | None) -> Sequence[int]:
        """The indices of all runs created in [after, before), oldest first."""
        self.now()
        return range(self._from(after_us, 0), self._from(before_us, len(self._created)))

    def runs_of_test(self, test: LoadTest, after_us: int | None, before_us: int | None) -> Sequence[int]:
        """The indices of the runs of one test created in [after, before), oldest first."""
        self.now()
        indices = self._runs_of_test.get(test.index, [])
        first, last = self._from(after_us, 0), self._from(before_us, len(self._created))
        return indices[bisect_left(indices, first) : bisect_left(indices, last)]

    def state(self, run: Run, now: int) -> State:
        """How a run is at `now`."""
        return state(run, self.clock, now, self._aborts.get(run.index))

    def note(self, run: Run) -> str:
        """The note of a run."""
        return self._notes.get(run.index, run.note)

    def set_note(self, run: Run, note: str) -> None:
        """Keep a note."""
        self._notes[run.index] = note
        self.edited.add(run.index)

    def abort(self, run: Run) -> None:
        """Let the run become aborted soon. Asking twice changes nothing; AlreadyEndedError when it is over."""
        now = self.now()
        if self.state(run, now).status in ("processing_metrics", "completed", "aborted"):
            raise AlreadyEndedError
        if run.index not in self._aborts:
            self._aborts[run.index] = Abort(self.clock.story(now) + _ABORT_TAKES_US, self.user)
            self.edited.add(run.index)

    def _from(self, real_us: int | None, otherwise: int) -> int:
        return otherwise if real_us is None else bisect_left(self._created, real_us)

    def _write_history(self, count: int) -> None:
        start = self.clock.start_us
        retired = next(test.index for test in self.tests if test.draft.cadence == 0)
        for i in range(_OLD_RUNS):
            self._begin(OPENED_US + i * 9 * DAY, retired)
        recent = min(count // 4, 6 * HOUR // self._gap_us)
        earlier = count - recent - _OLD_RUNS
        recent_from = start - recent * self._gap_us
        earlier_from = start - _HISTORY_DAYS * DAY
        step = (recent_from - earlier_from) / earlier
        for i in range(earlier):
            self._begin(earlier_from + int((i + 0.9 * self._rng.random()) * step))
        latest = [recent_from]
        while (following := latest[-1] + self._gap()) <= start:
            latest.append(following)
        # The newest run has just begun, so that every stage of a run can be seen from the first moment.
        later = start - _NEWEST_US - latest[-1]
        for story_us in latest:
            self._begin(story_us + later)
        self._next_us = following + later

    def _begin(self, story_us: int, test_index: int | None = None) -> None:
        index = len(self._created)
        if test_index is None:
            test_index = self._draw_test()
        created = cut(self.clock.real(story_us), fraction_digits(index))
        self._story.append(story_us)
        self._created.append(max(created, self._created[-1]) if self._created else created)
        self._tests.append(test_index)
        self._runs_of_test.setdefault(test_index, []).append(index)

    def _draw_test(self) -> int:
        if not self._deck:
            self._deck = self._shuffle()
        return self._deck.pop()

    def _shuffle(self) -> list[int]:
        """The tests in an order that spreads long ones evenly, so that something always runs."""
        turns = [test.index for test in self.tests for _ in range(test.draft.cadence)]
        turns.sort(key=lambda index: self.tests[index].draft.workload.duration_s)
        offset = self._rng.random()
        return [turns[place] for place in sorted(range(len(turns)), key=lambda i: (i * _GOLDEN + offset) % 1)]

    def _gap(self) -> int:
        return int(self._gap_us * (0.6 + 0.8 * self._rng.random()))
