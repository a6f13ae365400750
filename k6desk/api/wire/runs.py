"""Answers about runs: as rows of a list, in full, and the nodes that made their load."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import msgspec
from msgspec.structs import replace

from k6desk.api.errors import BadAnswer
from k6desk.api.lenient import JsonObject, bad_answer, clean, utc
from k6desk.api.models import Cost, Node, Page, Run, RunDetail, Since, StatusEntry, Total, ZoneNodes, ZoneShare
from k6desk.api.wire.lists import UNREADABLE, count, decoded


class _RunRows(msgspec.Struct):
    value: list[Run]
    total: int | str | None = msgspec.field(name="@count", default=None)
    next_link: str | None = msgspec.field(name="@nextLink", default=None)


class _RawRows(msgspec.Struct):
    value: list[msgspec.Raw]
    total: Any = msgspec.field(name="@count", default=None)
    next_link: Any = msgspec.field(name="@nextLink", default=None)


_RUN_ROWS = msgspec.json.Decoder(_RunRows)
_RAW_ROWS = msgspec.json.Decoder(_RawRows)
_RUN = msgspec.json.Decoder(Run)


def runs_page(body: bytes, keep_raw: bool = False) -> tuple[Page[Run], str | None]:
    """One page of runs and the link to the next; with `keep_raw` also each row's own JSON."""
    if not keep_raw:
        try:
            page = _RUN_ROWS.decode(body)
        except UNREADABLE:
            pass  # one odd row is enough: read them one by one
        else:
            rows = [run for run in map(_tidy, page.value) if run is not None]
            return Page(rows, count(page.total), len(page.value) - len(rows)), page.next_link
    return _runs_one_by_one(body, keep_raw)


def run_detail(body: bytes) -> RunDetail:
    """One run in full, from an answer of today or one without the newer fields."""
    fields = JsonObject.parse(body)
    run = _run(fields)
    if run is None:
        raise BadAnswer("The server's answer about this run has no id, status or start, so k6desk did not use it.")
    result, total = fields.object("result_details"), fields.object("cost")
    has_distribution = isinstance(fields.members.get("distribution"), list)
    return RunDetail(
        run=run,
        status_history=fields.objects("status_history", _status_entry),
        status_details=_status_entry(fields.object("status_details")),
        result_type=result.text("type"),
        result_message=result.text("message"),
        result_code=result.signed("code"),
        cost=cost(total.amount("total_vuh"), total.object("breakdown")) if fields.has_object("cost") else None,
        distribution=fields.objects("distribution", _zone_share) if has_distribution else None,
        options=fields.object("options").members if fields.has_object("options") else None,
        max_browser_vus=fields.whole("max_browser_vus"),
        k6_versions=fields.object("k6_versions").texts(),
        k6_dependencies=fields.object("k6_dependencies").texts(),
    )


def distribution(body: bytes) -> tuple[ZoneNodes, ...]:
    """The nodes that generate(d) the load of a run."""
    fields = JsonObject.parse(body)
    if not fields.has_object("distribution"):
        raise bad_answer()
    zones = fields.object("distribution")
    return tuple(
        ZoneNodes(name, zone.amount("percentage"), zone.objects("nodes", _node))
        for name, zone in ((name, zones.object(name)) for name in zones.members)
    )


def cost(total_vuh: float | None, breakdown: JsonObject) -> Cost:
    """What a run costs, from its total and the breakdown of it."""
    return Cost(
        total_vuh=total_vuh,
        base_total_vuh=breakdown.amount("base_total_vuh"),
        protocol_vuh=breakdown.amount("protocol_vuh"),
        browser_vuh=breakdown.amount("browser_vuh"),
        reduction_rate=breakdown.amount("reduction_rate"),
        reductions=breakdown.object("reduction_rate_breakdown").amounts(),
    )


def _runs_one_by_one(body: bytes, keep_raw: bool) -> tuple[Page[Run], str | None]:
    page = decoded(_RAW_ROWS, body)
    rows: list[Run] = []
    raw: dict[int, bytes] = {}
    for row in page.value:
        run = _one_run(row)
        if run is not None:
            rows.append(run)
            if keep_raw:
                raw[run.id] = bytes(row)
    next_link = page.next_link if isinstance(page.next_link, str) else None
    return Page(rows, count(page.total), len(page.value) - len(rows), raw), next_link


def _one_run(row: msgspec.Raw) -> Run | None:
    try:
        return _tidy(_RUN.decode(row))
    except UNREADABLE:
        pass
    try:
        return _run(JsonObject.parse(bytes(row)))
    except BadAnswer:
        return None


def _tidy(run: Run) -> Run | None:
    """A run as decoded, with times in UTC and clean text; None if its start is no usable time."""
    created, ended, expires, since = run.created_at, run.ended_at, run.retention_expires_at, run.status_details
    entered = since.entered_at if since else None
    if (
        (created.tzinfo is UTC and 1 < created.year < 9999)
        and (ended is None or (ended.tzinfo is UTC and 1 < ended.year < 9999))
        and (expires is None or (expires.tzinfo is UTC and 1 < expires.year < 9999))
        and (entered is None or (entered.tzinfo is UTC and 1 < entered.year < 9999))
        and run.note.isprintable()
        and run.status.isprintable()
        and (run.result is None or run.result.isprintable())
        and (run.started_by is None or run.started_by.isprintable())
    ):
        return run
    started = utc(created)
    if started is None:
        return None
    return replace(
        run,
        created_at=started,
        ended_at=utc(ended),
        retention_expires_at=utc(expires),
        status_details=since and Since(utc(entered)),
        note=clean(run.note),
        status=clean(run.status),
        result=run.result and clean(run.result),
        started_by=run.started_by and clean(run.started_by),
    )


def _run(fields: JsonObject) -> Run | None:
    run_id, test_id, project_id = (fields.whole(name) for name in ("id", "test_id", "project_id"))
    status, created_at = fields.text("status"), fields.time("created")
    if run_id is None or test_id is None or project_id is None or status is None or created_at is None:
        return None
    return Run(
        id=run_id,
        test_id=test_id,
        project_id=project_id,
        status=status,
        created_at=created_at,
        result=fields.text("result"),
        ended_at=fields.time("ended"),
        started_by=fields.text("started_by"),
        note=fields.text("note") or "",
        is_starred=fields.flag("is_starred", default=False),
        max_vus=fields.whole("max_vus"),
        estimated_duration_s=fields.whole("estimated_duration"),
        execution_duration_s=fields.whole("execution_duration"),
        retention_expires_at=fields.time("retention_expiry"),
        cost=Total(fields.object("cost").amount("total_vuh")) if fields.has_object("cost") else None,
        status_details=(
            Since(fields.object("status_details").time("entered")) if fields.has_object("status_details") else None
        ),
    )


def _status_entry(fields: JsonObject) -> StatusEntry | None:
    word, extra = fields.text("type"), fields.object("extra")
    if word is None:
        return None
    return StatusEntry(
        type=word,
        entered_at=fields.time("entered"),
        by_user=extra.text("by_user"),
        code=extra.signed("code"),
        message=extra.text("message"),
    )


def _zone_share(fields: JsonObject) -> ZoneShare | None:
    zone = fields.text("load_zone")
    return None if zone is None else ZoneShare(zone, fields.amount("percent"))


def _node(fields: JsonObject) -> Node:
    return Node(fields.text("size") or "", fields.text("public_ip") or "")
