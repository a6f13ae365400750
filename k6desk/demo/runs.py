"""The life of one run, planned from a seed and read at any instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, NamedTuple

from k6desk.demo.catalogue import PEOPLE, LoadTestDraft
from k6desk.demo.clock import DAY, SECOND, StoryClock
from k6desk.demo.outcomes import Outcome, draw_outcome

Status = Literal["created", "queued", "initializing", "running", "processing_metrics", "completed", "aborted"]

_NOTES = (
    "Baseline before the 4.2 release.",
    "Second try: the first run hit the maintenance window.",
    (
        "Compare with the run of last Tuesday.\n\n- new connection pool (64 → 128)\n- HTTP/2 off\n- cache warm\n\n"
        "p95 of GET /menu looks 20 ms better."
    ),
    "Ticket SHOP-1482. Kitchen service scaled to 6 pods at 14:05.",
    "<img src=x onerror=alert(1)> <b>bold?</b> &amp; </textarea><script>alert('note')</script>",
    "\u202eesrever ni si siht\u202c and \u200bzero\u200bwidth",
    "この実行は参考値です。キャッシュ無効。",
)
_REDUCTIONS: tuple[Mapping[str, int], ...] = ({"volume": 10}, {"volume": 10, "committed_use": 15}, {"volume": 20})
_LOCAL = {"volume": 10, "local_run": 25}
SAVED_AMONG = 150
"""Only the first runs may be saved from the start, so that there is room for more."""
_K6_VERSIONS = ("v1.3.0", "v1.2.3", "v1.1.0", "v0.57.0")


class Step(NamedTuple):
    """The moment a run entered a status, in story time."""

    status: Status
    at_us: int


@dataclass(frozen=True, slots=True)
class Abort:
    """An abort somebody asked for: it takes effect at `at_us` (story time)."""

    at_us: int
    by_user: str


@dataclass(frozen=True, slots=True)
class Order:
    """A run that somebody or a schedule asked for: nothing about its end is left to chance."""

    by_user: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that is settled about a run when it is created; `state()` tells the rest.

    `steps` is its life in story time as it goes when nobody interferes. `created_us` is the real time, cut to
    `digits` fraction digits as it is told. `generation` 2024 answers as the cloud did before it had the newer fields.
    `is_starred` and `is_saved` are what it began with; the world knows what became of it. `used` is the share of the
    estimated virtual users that it really needs.
    """

    index: int
    created_us: int
    digits: int
    generation: Literal[2024, 2026]
    started_by: str | None
    note: str
    is_starred: bool
    is_saved: bool
    is_local: bool
    numbers_as_text: bool
    reductions: Mapping[str, int]
    k6_version: str
    used: float
    outcome: Outcome
    planned_s: int
    steps: tuple[Step, ...]


class Load(NamedTuple):
    """The load of a run: from when, until when (now, while it goes on), and how it ended if it `is_over`."""

    begun_us: int
    until_us: int
    is_over: bool
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class State:
    """A run at one instant, in real time. `executed` is the executed share of the planned duration."""

    history: tuple[Step, ...]
    outcome: Outcome | None
    estimated_s: int
    executed_s: int
    executed: float

    @property
    def status(self) -> Status:
        """The newest status."""
        return self.history[-1].status

    @property
    def passed(self) -> bool:
        """Whether it ended well."""
        return self.outcome is not None and self.outcome.result == "passed"

    @property
    def ended_us(self) -> int | None:
        """When it ended, or None while it goes on."""
        return self.history[-1].at_us if self.outcome else None


def plan_run(
    seed: int,
    index: int,
    draft: LoadTestDraft,
    created_us: int,
    story_us: int,
    start_us: int,
    *,
    old: bool = False,
    generation: Literal[2024, 2026] = 2026,
) -> Run:
    """The run `index` of the world `seed`, the same each time it is asked for. Old ones passed and are saved."""
    rng = Random(seed * 1_000_003 + index)  # noqa: S311
    is_local = rng.random() < 0.06
    outcome = Outcome("passed") if old else draw_outcome(rng, draft, recent=story_us > start_us - DAY)
    return Run(
        index=index,
        created_us=created_us,
        digits=fraction_digits(index),
        generation=generation,
        started_by=None if rng.random() < 0.25 else PEOPLE[min(rng.randrange(len(PEOPLE)), rng.randrange(len(PEOPLE)))],
        note=rng.choice(_NOTES) if rng.random() < 0.12 else "",
        is_starred=rng.random() < 0.05,
        is_saved=old or (rng.random() < 0.03 and index < SAVED_AMONG),
        is_local=is_local,
        numbers_as_text=rng.random() < 0.15,
        reductions=_LOCAL if is_local else rng.choice(_REDUCTIONS) if rng.random() < 0.4 else {},
        k6_version=_K6_VERSIONS[min(rng.randrange(4), rng.randrange(4))],
        used=0.9 + 0.1 * rng.random(),
        outcome=outcome,
        planned_s=draft.workload.duration_s,
        steps=tuple(_steps(rng, outcome, draft.workload.duration_s, story_us)),
    )


def plan_order(seed: int, index: int, draft: LoadTestDraft, created_us: int, story_us: int, order: Order) -> Run:
    """The run `index` when it was asked for."""
    rng = Random(seed * 1_000_003 + index)  # noqa: S311
    return Run(
        index=index,
        created_us=created_us,
        digits=fraction_digits(index),
        generation=2026,
        started_by=order.by_user,
        note="",
        is_starred=False,
        is_saved=False,
        is_local=False,
        numbers_as_text=False,
        reductions={},
        k6_version=_K6_VERSIONS[0],
        used=1.0,
        outcome=order.outcome,
        planned_s=draft.workload.duration_s,
        steps=tuple(_steps(rng, order.outcome, draft.workload.duration_s, story_us, wait=0.05)),
    )


def load(run: Run, story_now: int, abort: Abort | None) -> Load | None:
    """The load of a run as it is at an instant, all in story time; None while there has been none."""
    steps, outcome = _life(run, abort)
    past = tuple(step for step in steps if step.at_us <= story_now)
    if not any(step.status == "running" for step in past):
        return None
    begun, until = _execution(past, story_now)
    is_over = past[-1].status != "running"
    return Load(begun, until, is_over, outcome if is_over else None)


def state(run: Run, clock: StoryClock, now_us: int, abort: Abort | None) -> State:
    """The run as it is at `now_us` (real time)."""
    story_now = clock.story(now_us)
    steps, outcome = _life(run, abort)
    past = tuple(step for step in steps if step.at_us <= story_now) or steps[:1]
    begun, until = _execution(past, story_now)
    history = tuple(Step(step.status, max(run.created_us, cut(clock.real(step.at_us), run.digits))) for step in past)
    return State(
        history=history,
        outcome=outcome if past[-1].status in ("completed", "aborted") else None,
        estimated_s=_estimate(run, clock),
        executed_s=(clock.real(until) - clock.real(begun)) // SECOND,
        executed=min(1.0, (until - begun) / SECOND / run.planned_s),
    )


def _steps(rng: Random, outcome: Outcome, planned_s: int, story_us: int, wait: float = 1.0) -> list[Step]:
    """The life of a run; `wait` shortens what comes before the load, for somebody watches a run that he asked for."""
    at = story_us
    steps = [Step("created", at)]

    def later(status: Status, seconds: float) -> None:
        nonlocal at
        at += int(seconds * SECOND)
        steps.append(Step(status, at))

    if outcome.stop == "validation":
        later("aborted", 2 + 6 * rng.random())
        return steps
    later("queued", 1 + 4 * rng.random())
    later("initializing", wait * (8 + 20 * rng.random() if rng.random() < 0.3 else 60 + 170 * rng.random()))
    if outcome.code == 7004:
        later("aborted", 90 + 30 * rng.random())
        return steps
    later("running", wait * (45 + 55 * rng.random()))
    executed_s = planned_s * outcome.reached
    if outcome.stop:
        later("aborted", executed_s)
        return steps
    later("processing_metrics", executed_s)
    later("completed", 8 + 25 * rng.random())
    return steps


def _life(run: Run, abort: Abort | None) -> tuple[tuple[Step, ...], Outcome]:
    """How a run goes and ends, with the abort that somebody asked for."""
    if abort is None or abort.at_us >= run.steps[-1].at_us:
        return run.steps, run.outcome
    steps = (*(step for step in run.steps if step.at_us < abort.at_us), Step("aborted", abort.at_us))
    return steps, Outcome("error", "user", by_user=abort.by_user, message="Aborted by user.", code=5)


def _execution(past: tuple[Step, ...], story_now: int) -> tuple[int, int]:
    for step, following in zip(past, (*past[1:], None), strict=True):
        if step.status == "running":
            return step.at_us, following.at_us if following else story_now
    return story_now, story_now


def _estimate(run: Run, clock: StoryClock) -> int:
    begun = next((step.at_us for step in run.steps if step.status == "running"), run.steps[0].at_us)
    return max(1, round((clock.real(begun + run.planned_s * SECOND) - clock.real(begun)) / SECOND))


def fraction_digits(index: int) -> int:
    """How many fraction digits the times of a run are told with: 0 to 6."""
    return (0, 3, 6, 6, 2, 5, 1, 4)[index % 8]


def cut(real_us: int, digits: int) -> int:
    """A time cut to a number of fraction digits."""
    return real_us - real_us % int(10 ** (6 - digits))
