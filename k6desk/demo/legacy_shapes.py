"""The fields of the answers of the legacy APIs: projects, tests and runs of v5, and runs of v2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from k6desk.demo.clock import text
from k6desk.demo.fields import Field
from k6desk.demo.inventory import LoadTest, Project
from k6desk.demo.legacy_runs import LegacyRun

_ORGANIZATION = 4099


class LegacyTest(NamedTuple):
    """A load test and the project it belongs to."""

    test: LoadTest
    project: Project


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


def _config(item: LegacyRun) -> dict[str, str]:
    """What the load generators are told; a secret among it, as the real one has."""
    secret = f"demo-agent-access-token-that-nobody-should-see-{item.id}"
    return {"agent_access_token": secret, "archive": item.archive_name}


def _run_fields(digits: int, zone: str) -> Mapping[str, Field[LegacyRun]]:
    """Every field that one of the APIs has; their times differ in digits and zone."""

    def time(real_us: int | None) -> str | None:
        return None if real_us is None else text(real_us, digits, zone)

    return {
        "config": Field("object", _config),
        "created": Field("time", lambda item: time(item.run.created_us)),
        "delete_status": Field("number", lambda _item: 0),
        "deleted": Field("boolean", lambda _item: False),
        "duration": Field("number", lambda item: item.duration_s),
        "ended": Field("time", lambda item: time(item.ended_us)),
        "error_code": Field("number", lambda item: item.error and item.error.code),
        "error_detail": Field("text", lambda item: item.error and item.error.message),
        "export": Field("object", lambda _item: None),
        "id": Field("number", lambda item: item.id),
        "is_baseline": Field("boolean", lambda item: item.test.baseline_id == item.id),
        "k6_archive": Field("text", lambda item: item.archive_name),
        "load_time": Field("number", lambda item: 20.0 + item.run.index % 220 / 2 if item.state.outcome else None),
        "note": Field("text", lambda item: item.note),
        "organization_id": Field("number", lambda _item: _ORGANIZATION),
        "processing_status": Field("number", lambda item: item.processing_status),
        "project_id": Field("number", lambda item: item.test.project_id),
        "public_id": Field("text", lambda item: item.public_id),
        "request_builder_config": Field("object", lambda _item: None),
        "result_status": Field("number", lambda item: item.result_status),
        "run_process": Field("text", lambda item: "UI-Script to Cloud" if item.script else "k6 to Cloud"),
        "run_status": Field("number", lambda item: item.run_status),
        "script": Field("text", lambda item: item.script),
        "started": Field("time", lambda item: time(item.started_us)),
        "stopped_by_id": Field("number", lambda item: item.stopped_by_id),
        "test_id": Field("number", lambda item: item.test.id),
        "user_id": Field("number", lambda item: item.user_id),
        "version": Field("number", lambda _item: 2),
        "vus": Field("number", lambda item: item.vus),
        "vus_per_instance": Field("number", lambda _item: 300),
    }


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
