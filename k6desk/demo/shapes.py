"""The wire format: world records as the JSON objects of API v6."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from k6desk.demo.catalogue import LoadTestDraft, LoadZone
from k6desk.demo.clock import instant, text
from k6desk.demo.cost import Cost, cost_of
from k6desk.demo.inventory import LoadTest, Project
from k6desk.demo.outcomes import Outcome
from k6desk.demo.runs import Run, State
from k6desk.demo.schedules import Schedule
from k6desk.demo.world import World

Json = dict[str, Any]


def project_json(world: World, project: Project) -> Json:
    """A ProjectApiModel."""
    return {
        "id": project.id,
        "name": project.name,
        "is_default": project.index == 0,
        "grafana_folder_uid": None if project.index % 5 == 4 else f"fe{project.id * 2654435761 % 36**12:x}",
        "created": text(project.created_us, 3),
        "updated": text(project.updated_us, 3),
        "labels": {label.key: value for label, value in world.labels.of_project(project.id)},
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
    """A LoadTestApiModel.

    Its times have a zone although the description's examples have none: the description calls them date-times, and
    Go, in which the k6 CLI is written, reads none without a zone.
    """
    return {
        "id": test.id,
        "project_id": test.project_id,
        "name": test.name,
        "baseline_test_run_id": test.baseline_id,
        "k6_version": test.k6_version,
        "created": text(test.created_us, 3),
        "updated": text(test.updated_us, 6 if test.index % 2 else 3),
    }


def options_json(draft: LoadTestDraft, project_id: int) -> Json:
    """The k6 options of a test; what a client sent is left as it is."""
    if draft.shape == "upload":
        return dict(draft.workload.options)
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
    test, begun_from = world.test_of_run(run.index), world.begun_from(run.index)
    draft, state = begun_from.draft, world.state(run, now)
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
        "retention_expiry": None if world.is_saved(run) else text(world.expiry_us(run), run.digits),
        "cost": _cost_json(run, cost_of(draft.workload, _billed(run, state), run.reductions)) if validated else None,
        "status": state.status,
        "status_details": history[-1],
        "status_history": history,
        "distribution": None if rejected or run.is_local else _zones_json(draft),
        "result": state.outcome and state.outcome.result,
        "result_details": _result_json(state.outcome),
        "options": None if rejected else options_json(draft, begun_from.home_id),
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
        "is_starred": world.is_starred(run),
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


def estimate_json(cost: Cost) -> Json:
    """A ValidateOptionsResponse."""
    return {"vuh_usage": float(cost.total_vuh), "breakdown": _breakdown_json(cost, float, as_text=False)}


def schedule_json(schedule: Schedule, now: datetime) -> Json:
    """A ScheduleApiModel."""
    rule, cron, coming = schedule.recurrence, schedule.cron, schedule.next_after(now)
    return {
        "id": schedule.id,
        "load_test_id": schedule.test_id,
        "starts": text(instant(schedule.starts), 3),
        "recurrence_rule": rule
        and {
            "frequency": rule.frequency,
            "interval": rule.interval,
            "byday": rule.by_day and list(rule.by_day),
            "until": text(instant(rule.until), 3) if rule.until else None,
            "count": rule.count,
        },
        "cron": cron and {"schedule": cron.schedule, "time_zone": cron.time_zone},
        "deactivated": not schedule.is_active,
        "next_run": coming and text(instant(coming), 3),
        "created_by": schedule.created_by,
    }


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
        breakdown = _breakdown_json(cost, number, as_text=run.numbers_as_text)
    return {"total_vuh": number(cost.total_vuh), "breakdown": breakdown}


def _breakdown_json(cost: Cost, number: Callable[[Decimal], Any], *, as_text: bool) -> Json:
    return {
        "protocol_vuh": number(cost.protocol_vuh),
        "browser_vuh": number(cost.browser_vuh),
        "base_total_vuh": number(cost.base_total_vuh),
        "reduction_rate": number(cost.reduction_rate),
        "reduction_rate_breakdown": _reductions_json(cost.reductions, as_text=as_text) or None,
    }


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
