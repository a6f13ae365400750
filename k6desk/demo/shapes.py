"""The wire format: world records as the JSON objects of API v6."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from k6desk.demo.catalogue import LoadTestDraft, LoadZone
from k6desk.demo.clock import DAY, text
from k6desk.demo.cost import Cost, cost_of
from k6desk.demo.inventory import LoadTest, Project
from k6desk.demo.outcomes import Outcome
from k6desk.demo.runs import Run, State
from k6desk.demo.world import World

Json = dict[str, Any]


def project_json(project: Project) -> Json:
    """A ProjectApiModel."""
    return {
        "id": project.id,
        "name": project.name,
        "is_default": project.index == 0,
        "grafana_folder_uid": None if project.index % 5 == 4 else f"fe{project.id * 2654435761 % 36**12:x}",
        "created": text(project.created_us, 3),
        "updated": text(project.created_us + 11 * DAY, 3),
        "labels": {"team": "checkout", "tier": "1"} if project.index < 2 else {},
    }


def limits_json(project: Project) -> Json:
    """A ProjectLimitsApiModel."""
    draft = project.draft
    return {
        "project_id": project.id,
        "vuh_max_per_month": draft.vuh_max_per_month,
        "vu_max_per_test": draft.vu_max_per_test,
        "vu_browser_max_per_test": draft.vu_browser_max_per_test,
        "duration_max_per_test": draft.duration_max_per_test,
    }


def zone_json(zone: LoadZone) -> Json:
    """A LoadZoneApiModel."""
    return {
        "id": zone.id,
        "name": zone.name,
        "k6_load_zone_id": zone.zone,
        "available": zone.available,
        "custom_load_runner_image": zone.image,
        "public": zone.image is None,
    }


def load_test_json(test: LoadTest) -> Json:
    """A LoadTestApiModel. Its times come without a zone, as the real ones do."""
    return {
        "id": test.id,
        "project_id": test.project_id,
        "name": test.name,
        "baseline_test_run_id": None,
        "k6_version": None,
        "created": text(test.created_us, 3, zone=""),
        "updated": text(test.updated_us, 6 if test.index % 2 else 0, zone=""),
    }


def options_json(draft: LoadTestDraft, project_id: int) -> Json:
    """The k6 options of a test."""
    thresholds: dict[str, list[str]] = {}
    for metric, expression in draft.thresholds:
        thresholds.setdefault(metric, []).append(expression)
    return {
        **draft.workload.options,
        "thresholds": thresholds,
        "cloud": {
            "projectID": project_id,
            "name": draft.name,
            "distribution": {zone: {"loadZone": zone, "percent": percent} for zone, percent in draft.zones},
        },
    }


def dependencies(draft: LoadTestDraft) -> dict[str, str]:
    """The k6 and extension versions that a test's script asks for."""
    return {"k6": ">=v1.0", "k6/x/faker": "*"} if draft.flow == "stream" else {"k6": "*"}


def run_json(world: World, run: Run, now: int) -> Json:
    """A TestRunApiModel; a run of 2024 comes without the fields that were added since."""
    test = world.test_of_run(run.index)
    draft, state = test.draft, world.state(run, now)
    history: list[Json] = [{"type": step.status, "entered": text(step.at_us, run.digits)} for step in state.history]
    if state.status == "aborted" and state.outcome:
        history[-1] = {**history[-1], "extra": _extra(state.outcome)}
    rejected = state.outcome is not None and state.outcome.stop == "validation"
    validated = any(step.status == "initializing" for step in state.history)
    ended = state.ended_us
    shown: Json = {
        "id": world.run_id(run.index),
        "test_id": test.id,
        "project_id": test.project_id,
        "started_by": run.started_by,
        "created": text(run.created_us, run.digits),
        "ended": None if ended is None else text(ended, run.digits),
        "note": world.note(run),
        "retention_expiry": _retention_expiry(world, run, test),
        "cost": _cost_json(run, cost_of(draft.workload, _billed(run, state), run.reductions)) if validated else None,
        "status": state.status,
        "status_details": history[-1],
        "status_history": history,
        "distribution": None if rejected or run.is_local else _zones_json(draft),
        "result": state.outcome and state.outcome.result,
        "result_details": _result_json(state.outcome),
        "options": None if rejected else options_json(draft, test.project_id),
    }
    if run.generation == 2024:
        return shown | {"result_details": {}}
    return shown | {
        "k6_dependencies": dependencies(draft),
        "k6_versions": _versions(run, draft) if validated else {},
        "max_vus": None if rejected else draft.workload.max_vus,
        "max_browser_vus": None if rejected else draft.workload.max_browser_vus,
        "estimated_duration": None if rejected else state.estimated_s,
        "execution_duration": state.executed_s,
        "is_starred": run.is_starred,
    }


def distribution_json(run: Run, draft: LoadTestDraft) -> Json:
    """A TestRunDistributionApiModel: which machines made the load, one for each 300 VUs begun."""
    zones = {}
    for place, (zone, percent) in enumerate(draft.zones):
        vus = draft.workload.max_vus * percent / 100
        size = "m5.large" if vus < 50 else "m5.2xlarge" if vus < 200 else "m5.4xlarge"
        nodes = [
            {"size": size, "public_ip": f"203.0.113.{(run.index * 11 + place * 17 + node) % 254 + 1}"}
            for node in range(int(vus // 300) + 1)
        ]
        zones[zone] = {"percentage": percent, "nodes": nodes}
    return {"distribution": zones}


def _billed(run: Run, state: State) -> float:
    return 1.0 if state.outcome is None else state.executed * run.used


def _cost_json(run: Run, cost: Cost) -> Json:
    number = _text if run.numbers_as_text else float
    if run.generation == 2024:
        breakdown: Json = {
            "protocol_vuh": number(cost.protocol_vuh),
            "browser_vuh": number(cost.browser_vuh),
        }
    else:
        breakdown = {
            "protocol_vuh": number(cost.protocol_vuh),
            "browser_vuh": number(cost.browser_vuh),
            "base_total_vuh": number(cost.base_total_vuh),
            "reduction_rate": number(cost.reduction_rate),
            "reduction_rate_breakdown": _reductions_json(cost.reductions, as_text=run.numbers_as_text) or None,
        }
    return {"total_vuh": number(cost.total_vuh), "breakdown": breakdown}


def _reductions_json(reductions: Mapping[str, int], *, as_text: bool) -> Json:
    return {name: str(percent) if as_text else percent for name, percent in reductions.items()}


def _text(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _zones_json(draft: LoadTestDraft) -> list[Json]:
    return [{"load_zone": zone, "percent": percent} for zone, percent in draft.zones]


def _extra(outcome: Outcome) -> Json:
    return {"by_user": outcome.by_user, "message": outcome.message, "code": outcome.code}


def _versions(run: Run, draft: LoadTestDraft) -> dict[str, str]:
    return {name: run.k6_version if name == "k6" else "v0.4.3" for name in dependencies(draft)}


def _result_json(outcome: Outcome | None) -> Json | None:
    if outcome is None:
        return None
    if outcome.result == "passed":
        return {"type": "passed"}
    return {"type": outcome.result, "message": outcome.message, "code": outcome.code}


def _retention_expiry(world: World, run: Run, test: LoadTest) -> str | None:
    if run.is_saved:
        return None
    project = world.project(test.project_id)
    assert project is not None
    return text(run.created_us + project.draft.retention_days * DAY, run.digits)
