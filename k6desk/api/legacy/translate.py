"""Runs of API v5 and v2 written as API v6 writes them, so that everything after this file knows one kind of run.

Only what `COLUMNS` names is carried over: `config`, `k6_archive` and `script` hold secrets or are bulk, and never reach
the database. What the old APIs do not have (cost, load zones, options) is left out: it is unknown, not zero.
"""

from __future__ import annotations

import json
from typing import Any

from k6desk.api.lenient import JsonObject, bad_answer
from k6desk.api.models import Page, Run
from k6desk.api.wire.runs import runs_page

COLUMNS = (
    "id",
    "test_id",
    "project_id",
    "created",
    "started",
    "ended",
    "duration",
    "vus",
    "note",
    "run_status",
    "processing_status",
    "result_status",
    "error_code",
    "error_detail",
    "stopped_by_id",
    "user_id",
)
"""What k6desk asks for of a run."""

_RUNNING, _FINISHED, _ABORTED_BY_USER, _ABORTED_BY_THRESHOLD = 2, 3, 5, 8
_STATUSES = {-2: "created", -1: "created", 0: "queued", 1: "initializing", _RUNNING: "running"}
_REASONS = {
    4: "Timed out: its data took too long to arrive or to be processed",
    _ABORTED_BY_USER: "Stopped by a user",
    6: "Stopped by the system, usually because of an error",
    7: "Stopped by an error in the script",
    _ABORTED_BY_THRESHOLD: "Stopped by a threshold of the script",
    9: "Stopped by a limit of the script or of the subscription",
}
_ARCHIVED = 10
_RESULTS = {0: "passed", 1: "failed"}
_NOT_PROCESSED_YET, _NOT_PROCESSED = {0, 1}, 3
_NO_METRICS = "Some or all metrics could not be processed"


def run_json(fields: JsonObject) -> bytes:
    """One run as JSON of API v6; `runs.run_detail` says whether it can be read."""
    return json.dumps(_run(fields)).encode()


def v5_page(body: bytes, keep_raw: bool = False) -> tuple[Page[Run], str | None]:
    """One page of a list of API v5 and the link to the next; `keep_raw` as in `runs.runs_page`."""
    fields = JsonObject.parse(body)
    return _page(fields, "value", {name: fields.members.get(name) for name in ("@count", "@nextLink")}, keep_raw)


def v2_page(body: bytes, keep_raw: bool = False) -> Page[Run]:
    """A whole list of API v2."""
    return _page(JsonObject.parse(body), "k6-runs", {}, keep_raw)[0]


def _page(answer: JsonObject, name: str, more: dict[str, Any], keep_raw: bool) -> tuple[Page[Run], str | None]:
    rows = answer.members.get(name)
    if not isinstance(rows, list):
        raise bad_answer()
    return runs_page(json.dumps({"value": [_run(JsonObject(row)) for row in rows], **more}).encode(), keep_raw)


def _run(fields: JsonObject) -> dict[str, Any]:
    status = _status(fields)
    has_ended = status in {"completed", "aborted"}
    history = _history(fields, status)
    return {
        **{name: fields.whole(name) for name in ("id", "test_id", "project_id")},
        "created": fields.text("created"),
        "ended": fields.text("ended") if has_ended else None,
        "started_by": _user(fields, "user_id"),
        "note": fields.text("note") or "",
        "max_vus": fields.whole("vus") or None,  # 0 until the script has been read
        "estimated_duration": fields.whole("duration") or None,
        "status": status,
        "status_details": history[-1],
        "status_history": history,
        "result": _result(fields) if has_ended else None,
        "result_details": _details(fields) if has_ended else None,
    }


def _status(fields: JsonObject) -> str | None:
    """The word for a status; a number that is not known stays a word of its own, which does not end a run."""
    number = fields.signed("run_status")
    if number == _FINISHED:
        is_processed = fields.signed("processing_status") not in _NOT_PROCESSED_YET
        return "completed" if is_processed else "processing_metrics"
    if number == _ARCHIVED:
        return "completed"
    if number in _REASONS:
        return "aborted"
    return None if number is None else _STATUSES.get(number, f"run_status {number}")


def _history(fields: JsonObject, status: str | None) -> list[dict[str, Any]]:
    """When the run entered which status, as far as the three times of the old APIs tell."""
    history: list[dict[str, Any]] = [{"type": "created", "entered": fields.text("created")}]
    started = fields.text("started")
    if status == "created":
        return history
    if status == "running" or (started and status not in {"queued", "initializing"}):
        history.append({"type": "running", "entered": started})
    if status != "running":
        ends = status in {"processing_metrics", "completed", "aborted"}
        history.append({"type": status, "entered": fields.text("ended") if ends else None})
    if status in {"completed", "aborted"}:
        history[-1]["extra"] = _extra(fields)
    return history


def _extra(fields: JsonObject) -> dict[str, Any]:
    """Who or what ended a run before its time, and what was lost."""
    number = fields.signed("run_status")
    user = _user(fields, "stopped_by_id") if number == _ABORTED_BY_USER else None
    reasons = [_REASONS[number]] if number in _REASONS and not user else []
    if fields.signed("processing_status") == _NOT_PROCESSED:
        reasons.append(_NO_METRICS)
    return {"by_user": user, "message": "; ".join(reasons) or None, "code": None}


def _user(fields: JsonObject, name: str) -> str | None:
    """Of a user, the old APIs know only the number."""
    number = fields.whole(name)
    return f"user {number}" if number else None


def _result(fields: JsonObject) -> str | None:
    """Passed or failed by the criteria of the script; error when it could not be carried out or judged."""
    number = fields.signed("run_status")
    if number in _REASONS:
        return "failed" if number == _ABORTED_BY_THRESHOLD else "error"
    result = fields.signed("result_status")
    if result == 0 and fields.signed("processing_status") == _NOT_PROCESSED:
        return "error"
    return None if result is None else _RESULTS.get(result, f"result_status {result}")


def _details(fields: JsonObject) -> dict[str, Any]:
    return {"message": fields.text("error_detail"), "code": fields.signed("error_code") or None}
