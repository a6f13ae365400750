"""Projects, tests and runs in the shapes of the legacy APIs: the fields of v5 answers and of v2 answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from k6desk.demo.archives import script_of
from k6desk.demo.catalogue import PEOPLE
from k6desk.demo.clock import SECOND, text
from k6desk.demo.fields import Field
from k6desk.demo.inventory import LoadTest, Project
from k6desk.demo.outcomes import Outcome, Stop
from k6desk.demo.runs import Run, State, Status
from k6desk.demo.world import World

_ORGANIZATION = 4099
_FIRST_USER = 700
_SHARED = "shared-"
_RUN_STATUS: Mapping[Status, int] = {"created": -2, "queued": 0, "initializing": 1, "running": 2}
_FINISHED = 3
_STOPPED: Mapping[Stop, int] = {"timeout": 4, "user": 5, "system": 6, "script": 7, "threshold": 8, "validation": 9}
_SYNTAX_ERROR = 4001


class LegacyTest(NamedTuple):
    """A load test and the project it belongs to."""

    test: LoadTest
    project: Project


class LegacyRun(NamedTuple):
    """A run at one instant, and the test it belongs to."""

    id: int
    run: Run
    test: LoadTest
    state: State
    note: str

    @property
    def public_id(self) -> str | None:
        """The id under which somebody without an account may look at the run; few runs have one."""
        return f"{_SHARED}{self.id}" if self.run.index % 29 == 3 else None


def legacy_run(world: World, run: Run, now: int) -> LegacyRun:
    """A run as it is at `now`."""
    return LegacyRun(world.run_id(run.index), run, world.test_of_run(run.index), world.state(run, now), world.note(run))


def shared_run_id(public_id: str) -> int:
    """The id of the run that a public id may belong to; 0 if to none."""
    match = re.fullmatch(_SHARED + r"(\d{1,19})", public_id, re.ASCII)
    return int(match[1]) if match else 0


PROJECT: Mapping[str, Field[Project]] = {
    "created": Field("time", lambda project: text(project.created_us)),
    "id": Field("number", lambda project: project.id),
    "is_default": Field("boolean", lambda project: project.index == 0),
    "name": Field("text", lambda project: project.name),
    "organization_id": Field("number", lambda _project: _ORGANIZATION),
    "updated": Field("time", lambda project: text(project.updated_us)),
}

TEST: Mapping[str, Field[LegacyTest]] = {
    "created": Field("time", lambda item: text(item.test.created_us)),
    "id": Field("number", lambda item: item.test.id),
    "name": Field("text", lambda item: item.test.name),
    "project_id": Field("number", lambda item: item.project.id),
    "project_name": Field("text", lambda item: item.project.name),
    "updated": Field("time", lambda item: text(item.test.updated_us)),
}


def _run_fields(digits: int, zone: str) -> Mapping[str, Field[LegacyRun]]:
    """Every field that one of the APIs has; their times differ in digits and zone. Only `created` has a fraction."""

    def time(real_us: int | None) -> str | None:
        return None if real_us is None else text(real_us, digits, zone)

    return {
        "config": Field("object", _config),
        "created": Field("time", lambda item: time(item.run.created_us)),
        "delete_status": Field("number", lambda _item: 0),
        "deleted": Field("boolean", lambda _item: False),
        "duration": Field("number", lambda item: 0 if _rejected(item) else item.state.estimated_s),
        "ended": Field("time", lambda item: time(_ended_us(item))),
        "error_code": Field("number", lambda item: (error := _error(item)) and error.code),
        "error_detail": Field("text", lambda item: (error := _error(item)) and error.message),
        "export": Field("object", lambda _item: None),
        "id": Field("number", lambda item: item.id),
        "is_baseline": Field("boolean", lambda item: item.test.baseline_id == item.id),
        "k6_archive": Field("text", _archive_name),
        "load_time": Field("number", lambda item: 20.0 + item.run.index % 220 / 2 if item.state.ended_us else None),
        "note": Field("text", lambda item: item.note),
        "organization_id": Field("number", lambda _item: _ORGANIZATION),
        "processing_status": Field("number", _processing_status),
        "project_id": Field("number", lambda item: item.test.project_id),
        "public_id": Field("text", lambda item: item.public_id),
        "request_builder_config": Field("object", lambda _item: None),
        "result_status": Field("number", _result_status),
        "run_process": Field("text", lambda item: "UI-Script to Cloud" if _script(item) else "k6 to Cloud"),
        "run_status": Field("number", _run_status),
        "script": Field("text", _script),
        "started": Field("time", lambda item: time(_started_us(item))),
        "stopped_by_id": Field("number", _stopped_by),
        "test_id": Field("number", lambda item: item.test.id),
        "user_id": Field("number", lambda item: _user_id(item.run.started_by)),
        "version": Field("number", lambda _item: 2),
        "vus": Field("number", lambda item: 0 if _rejected(item) else item.test.draft.workload.max_vus),
        "vus_per_instance": Field("number", lambda _item: 300),
    }


def _rejected(item: LegacyRun) -> bool:
    return item.state.outcome is not None and item.state.outcome.stop == "validation"


def _config(item: LegacyRun) -> dict[str, Any]:
    """What the load generators are told; a secret among it, as the real one has."""
    secret = f"demo-agent-access-token-that-nobody-should-see-{item.id}"
    return {"agent_access_token": secret, "archive": _archive_name(item)}


def _archive_name(item: LegacyRun) -> str:
    return f"{item.id * 0x9E3779B97F4A7C15 % 2**128:032x}.tar"


def _script(item: LegacyRun) -> str:
    """The script's text; none of an archive."""
    script = script_of(item.test, at_us=item.run.created_us)
    return script.content.decode() if script.media_type == "text/javascript" else ""


def _started_us(item: LegacyRun) -> int | None:
    at_us = next((step.at_us for step in item.state.history if step.status == "running"), None)
    return None if at_us is None else _whole_second(item, at_us)


def _ended_us(item: LegacyRun) -> int | None:
    return None if item.state.ended_us is None else _whole_second(item, item.state.ended_us)


def _whole_second(item: LegacyRun, at_us: int) -> int:
    """The second of a moment, but never before the run was created."""
    return max(item.run.created_us, at_us - at_us % SECOND)


def _run_status(item: LegacyRun) -> int:
    outcome = item.state.outcome
    if outcome is None or outcome.stop is None:
        return _RUN_STATUS.get(item.state.status, _FINISHED)
    if outcome.code == _SYNTAX_ERROR:
        return _STOPPED["script"]
    return _STOPPED[outcome.stop]


def _processing_status(item: LegacyRun) -> int:
    """0 not started, 1 processing, 2 finished, 3 error: metrics are lost when the system fails under a run."""
    outcome = item.state.outcome
    if _started_us(item) is None:
        return 0
    if outcome is None:
        return 1
    return 3 if outcome.stop == "system" else 2


def _result_status(item: LegacyRun) -> int:
    """0 passed, 1 failed; 0 also while it runs and when something stopped it, as there is no third word."""
    outcome = item.state.outcome
    if outcome is None or outcome.result == "passed":
        return 0
    return 1 if outcome.result == "failed" or outcome.stop is None else 0


def _error(item: LegacyRun) -> Outcome | None:
    """The outcome if it is an error; missed thresholds and a person's stop are none."""
    outcome = item.state.outcome
    return outcome if outcome and outcome.result == "error" and outcome.stop != "user" else None


def _stopped_by(item: LegacyRun) -> int | None:
    return _user_id(item.state.outcome.by_user) if item.state.outcome else None


def _user_id(email: str | None) -> int | None:
    return _FIRST_USER + PEOPLE.index(email) if email in PEOPLE else None


def _only(fields: Mapping[str, Field[LegacyRun]], names: str) -> Mapping[str, Field[LegacyRun]]:
    return {name: fields[name] for name in names.split()}


V5_RUN = _only(
    _run_fields(6, "Z"),
    "config created delete_status deleted duration ended error_code error_detail id is_baseline note organization_id "
    "processing_status project_id public_id result_status run_process run_status script started stopped_by_id test_id "
    "user_id vus",
)
V2_RUN = _only(
    _run_fields(0, ""),
    "config created duration ended error_code error_detail export id is_baseline k6_archive load_time note "
    "organization_id processing_status project_id public_id request_builder_config result_status run_process "
    "run_status script started stopped_by_id test_id user_id version vus vus_per_instance",
)
V2_STARTED_RUN = _only(
    _run_fields(0, "Z"),
    "config created duration ended error_code error_detail id k6_archive load_time note organization_id "
    "processing_status project_id public_id result_status run_process run_status script started stopped_by_id test_id "
    "user_id version vus",
)
