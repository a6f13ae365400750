"""Runs as the legacy APIs see them: numbers for what v6 has words for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from k6desk.demo.archives import script_of
from k6desk.demo.catalogue import PEOPLE
from k6desk.demo.clock import SECOND
from k6desk.demo.inventory import LoadTest
from k6desk.demo.outcomes import Outcome, Stop
from k6desk.demo.runs import Run, State, Status
from k6desk.demo.world import World

_FIRST_USER = 700
_SHARED = "shared-"
_RUN_STATUS: Mapping[Status, int] = {"created": -2, "queued": 0, "initializing": 1, "running": 2}
_FINISHED = 3
_STOPPED: Mapping[Stop, int] = {"timeout": 4, "user": 5, "system": 6, "script": 7, "threshold": 8, "validation": 9}
_SYNTAX_ERROR = 4001


class LegacyRun(NamedTuple):
    """A run at one instant, and the test it belongs to: as it is today, and as it was when the run began."""

    id: int
    run: Run
    test: LoadTest
    begun_from: LoadTest
    state: State
    note: str

    @property
    def run_status(self) -> int:
        """How far it is, −2 to 3, or what stopped it, 4 to 9."""
        outcome = self.state.outcome
        if outcome is None or outcome.stop is None:
            return _RUN_STATUS.get(self.state.status, _FINISHED)
        return _STOPPED["script" if outcome.code == _SYNTAX_ERROR else outcome.stop]

    @property
    def processing_status(self) -> int:
        """0 not started, 1 processing, 2 finished, 3 error: metrics are lost when the system fails under a run."""
        if self.started_us is None:
            return 0
        if self.state.outcome is None:
            return 1
        return 3 if self.state.outcome.stop == "system" else 2

    @property
    def result_status(self) -> int:
        """0 passed, 1 failed; 0 also while it runs and when something stopped it, as there is no third number."""
        outcome = self.state.outcome
        if outcome is None or outcome.result == "passed":
            return 0
        return 1 if outcome.result == "failed" or outcome.stop is None else 0

    @property
    def error(self) -> Outcome | None:
        """The outcome if it is an error; missed thresholds and a person's stop are none."""
        outcome = self.state.outcome
        return outcome if outcome and outcome.result == "error" and outcome.stop != "user" else None

    @property
    def started_us(self) -> int | None:
        """When its load began."""
        return self._entered_us("running")

    @property
    def ended_us(self) -> int | None:
        """When its load ended; the processing of its metrics comes after that."""
        return self._entered_us("processing_metrics", "aborted")

    @property
    def vus(self) -> int:
        """The most virtual users at once; 0 when it was rejected."""
        return 0 if self._is_rejected else self.begun_from.draft.workload.max_vus

    @property
    def duration_s(self) -> int:
        """How long it is to take, in seconds; 0 when it was rejected."""
        return 0 if self._is_rejected else self.state.estimated_s

    @property
    def script(self) -> str:
        """The script's text; none of an archive."""
        if self.begun_from.draft.shape not in ("script", "upload"):
            return ""
        script = script_of(self.begun_from, at_us=self.run.created_us)
        return script.content.decode(errors="replace") if script and script.media_type == "text/javascript" else ""

    @property
    def archive_name(self) -> str:
        """The name of the file in which the cloud keeps the script."""
        return f"{self.id * 0x9E3779B97F4A7C15 % 2**128:032x}.tar"

    @property
    def user_id(self) -> int | None:
        """Who started it; None = a schedule."""
        return _user_id(self.run.started_by)

    @property
    def stopped_by_id(self) -> int | None:
        """Who stopped it."""
        return _user_id(self.state.outcome.by_user) if self.state.outcome else None

    @property
    def public_id(self) -> str | None:
        """The id under which somebody without an account may look at it; few runs have one."""
        return f"{_SHARED}{self.id}" if self.run.index % 29 == 3 else None

    @property
    def _is_rejected(self) -> bool:
        return self.state.outcome is not None and self.state.outcome.stop == "validation"

    def _entered_us(self, *statuses: Status) -> int | None:
        """The second of a status, but never before the run was created."""
        at_us = next((step.at_us for step in self.state.history if step.status in statuses), None)
        return None if at_us is None else max(self.run.created_us, at_us - at_us % SECOND)


def legacy_run(world: World, run: Run, now: int) -> LegacyRun:
    """A run as it is at `now`."""
    return LegacyRun(
        world.run_id(run.index),
        run,
        world.test_of_run(run.index),
        world.begun_from(run.index),
        world.state(run, now),
        world.note(run),
    )


def shared_run_id(public_id: str) -> int:
    """The id of the run that a public id may belong to; 0 if to none."""
    match = re.fullmatch(_SHARED + r"(\d{1,19})", public_id, re.ASCII)
    return int(match[1]) if match else 0


def _user_id(email: str | None) -> int | None:
    return _FIRST_USER + PEOPLE.index(email) if email in PEOPLE else None
