"""How runs end, and what the cloud says about it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from k6desk.demo.catalogue import PEOPLE, RAMP_TEST, LoadTestDraft

Result = Literal["passed", "failed", "error"]
Stop = Literal["validation", "user", "system", "script", "threshold", "timeout"]


RAMP_REACHED = 160.77 / 160
"""The recorded run went on for so long, because its last iterations were let finish."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a run.

    `stop` is None when it runs to its end. `reached` says which share of the planned duration it executes: under 1
    when it is stopped early, over 1 when it takes longer than estimated.
    """

    result: Result
    stop: Stop | None = None
    reached: float = 1.0
    by_user: str | None = None
    message: str | None = None
    code: int | None = None


_VALIDATION = (
    ("The test needs 600 virtual users, the project allows 500 per test.", 4003),
    ("Load zone amazon:jp:tokyo is not available.", 4011),
    ('SyntaxError: file:///home/ci/load-tests/main.js: Unexpected token, expected "," (18:42)', 4001),
    ("The project has used its 1500 VUH of this month.", 4007),
)
_SYSTEM = (
    (
        (
            "The load generator in amazon:ie:dublin ran out of memory (15.6 of 16 GB). Use fewer VUs per instance or "
            "discardResponseBodies."
        ),
        7012,
    ),
    ("The load generators could not be started in amazon:sa:cape town: no capacity left.", 7004),
    ("Lost contact with 2 of 3 load generators for more than 120 s.", 7020),
)
_SCRIPT = (
    (
        "TypeError: Cannot read property 'token' of undefined\n\tat login (file:///home/ci/load-tests/main.js:31:22)",
        8001,
    ),
    ("GoError: setup() execution timed out after 60 seconds", 8004),
    ("ReferenceError: BASE_URL is not defined\n\tat file:///home/ci/load-tests/lib/config.js:4:16", 8001),
)
_INCOMPLETE = (
    ("The test finished, but 3,482 iterations failed with an uncaught exception.", 8010),
    ("The test finished, but teardown() failed: status 503 when removing test orders.", 8006),
)


def draw_outcome(rng: Random, draft: LoadTestDraft, recent: bool) -> Outcome:
    """How a run of this test ends. The checkout ramp has been missing its p95 since yesterday (`recent`)."""
    if draft.name == RAMP_TEST:
        return _thresholds(draft, RAMP_REACHED) if recent else Outcome("passed", reached=RAMP_REACHED)
    dice = rng.random()
    early = 0.1 + 0.8 * rng.random()
    overrun = 1.0 if rng.random() < 0.85 else 1.04 + 0.1 * rng.random()
    if dice < 0.68:
        return Outcome("passed", reached=overrun)
    if dice < 0.82:
        return _thresholds(draft, overrun)
    if dice < 0.86:
        message, code = rng.choice(_VALIDATION)
        return Outcome("error", "validation", 0, None, message, code)
    if dice < 0.91:
        return Outcome("error", "user", early, rng.choice(PEOPLE), "Aborted by user.", 5)
    if dice < 0.935:
        message, code = rng.choice(_SYSTEM)
        return Outcome("error", "system", early, None, message, code)
    if dice < 0.955:
        message, code = rng.choice(_SCRIPT)
        return Outcome("error", "script", early / 8, None, message, code)
    if dice < 0.97:
        metric, expression = draft.thresholds[0]
        message = f"Thresholds on metric '{metric}' have been crossed: {expression}. abortOnFail stopped the test."
        return Outcome("failed", "threshold", early, None, message, 99)
    if dice < 0.985:
        message = "The test did not end within the maximum duration of its project and was stopped."
        return Outcome("error", "timeout", 1.25, None, message, 4)
    message, code = rng.choice(_INCOMPLETE)
    return Outcome("error", None, overrun, None, message, code)


def ordered_outcome(draft: LoadTestDraft) -> Outcome:
    """How a run ends that was asked for: well, unless it is the checkout ramp as it always was."""
    if draft.name == RAMP_TEST and draft.shape != "upload":
        return _thresholds(draft, RAMP_REACHED)
    return Outcome("passed")


def _thresholds(draft: LoadTestDraft, reached: float = 1.0) -> Outcome:
    metric, expression = draft.thresholds[0]
    return Outcome(
        "failed", None, reached, None, f"Thresholds on metric '{metric}' have been crossed: {expression}", 99
    )
