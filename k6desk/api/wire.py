"""Server JSON in, records out: the one place that knows the shapes of the API's JSON.

A page of runs is decoded straight into the narrow `Run` when every row is as documented. A page with an odd row is read
row by row instead, and all other answers always are read leniently: what is missing or of a wrong type is None, a row
without its ids, status or start is left out and counted. An answer that is not JSON of the promised kind is
`BadAnswer`, never another exception.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from k6desk.api.errors import BadAnswer
from k6desk.api.lenient import JsonObject, bad_answer, clean, line, utc
from k6desk.api.models import (
    Cost,
    Limits,
    LoadTest,
    LoadZone,
    Node,
    Page,
    Project,
    Run,
    RunDetail,
    Since,
    StackAccess,
    StatusEntry,
    Total,
    ZoneNodes,
    ZoneShare,
)

T = TypeVar("T")

_LONGEST_MESSAGE = 300
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)


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
        except _UNREADABLE:
            pass  # one odd row is enough: read them one by one
        else:
            rows = [run for run in map(_tidy, page.value) if run is not None]
            return Page(rows, _count(page.total), len(page.value) - len(rows)), page.next_link
    return _runs_one_by_one(body, keep_raw)


def projects_page(body: bytes) -> tuple[Page[Project], str | None]:
    """One page of projects and the link to the next."""
    return _page(body, _project)


def load_tests_page(body: bytes) -> tuple[Page[LoadTest], str | None]:
    """One page of load tests and the link to the next."""
    return _page(body, _load_test)


def load_zones(body: bytes) -> list[LoadZone]:
    """The load zones of a stack."""
    return _page(body, _load_zone)[0].rows


def run_detail(body: bytes) -> RunDetail:
    """One run in full, from an answer of today or one without the newer fields."""
    fields = JsonObject.parse(body)
    run = _run(fields)
    if run is None:
        raise BadAnswer("The server's answer about this run has no id, status or start, so k6desk did not use it.")
    result = fields.object("result_details")
    has_distribution = isinstance(fields.members.get("distribution"), list)
    return RunDetail(
        run=run,
        status_history=fields.objects("status_history", _status_entry),
        result_message=result.text("message"),
        result_code=result.signed("code"),
        cost=_cost(fields.object("cost")) if fields.has_object("cost") else None,
        distribution=fields.objects("distribution", _zone_share) if has_distribution else None,
        options=fields.object("options").members if fields.has_object("options") else None,
        max_browser_vus=fields.whole("max_browser_vus"),
        k6_versions=fields.object("k6_versions").texts(),
        k6_dependencies=fields.object("k6_dependencies").texts(),
    )


def distribution(body: bytes) -> tuple[ZoneNodes, ...]:
    """The nodes that generate(d) the load of a run."""
    zones = JsonObject.parse(body).object("distribution")
    return tuple(
        ZoneNodes(name, zone.amount("percentage"), zone.objects("nodes", _node))
        for name, zone in ((name, zones.object(name)) for name in zones.members)
    )


def limits(body: bytes) -> Limits:
    """What a project may use."""
    fields = JsonObject.parse(body)
    return Limits(
        project_id=_required(fields.whole("project_id")),
        vuh_max_per_month=fields.whole("vuh_max_per_month"),
        vu_max_per_test=fields.whole("vu_max_per_test"),
        vu_browser_max_per_test=fields.whole("vu_browser_max_per_test"),
        duration_max_per_test=fields.whole("duration_max_per_test"),
    )


def access(body: bytes) -> StackAccess:
    """The stack that a token belongs to."""
    fields = JsonObject.parse(body)
    return StackAccess(_required(fields.whole("stack_id")), _required(fields.whole("default_project_id")))


def error_message(body: bytes) -> str:
    """What an error answer says, on one line; empty when it is in no documented shape."""
    try:
        error = JsonObject.parse(body).object("error")
    except BadAnswer:
        return ""
    details = error.objects("details", lambda detail: detail.text("message"))
    return line("; ".join(dict.fromkeys(filter(None, (error.text("message"), *details)))), _LONGEST_MESSAGE)


def note_patch(note: str) -> bytes:
    """The request body that replaces a run's note."""
    return msgspec.json.encode({"note": clean(note)})


def _runs_one_by_one(body: bytes, keep_raw: bool) -> tuple[Page[Run], str | None]:
    try:
        page = _RAW_ROWS.decode(body)
    except _UNREADABLE:
        # A lone surrogate or a NaN anywhere makes the whole page undecodable; written anew without them it is not.
        try:
            page = _RAW_ROWS.decode(json.dumps(JsonObject.parse(body).members))
        except _UNREADABLE:
            raise bad_answer() from None
    rows: list[Run] = []
    raw: dict[int, bytes] = {}
    for row in page.value:
        run = _one_run(row)
        if run is not None:
            rows.append(run)
            if keep_raw:
                raw[run.id] = bytes(row)
    next_link = page.next_link if isinstance(page.next_link, str) else None
    return Page(rows, _count(page.total), len(page.value) - len(rows), raw), next_link


def _one_run(row: msgspec.Raw) -> Run | None:
    try:
        return _tidy(_RUN.decode(row))
    except _UNREADABLE:
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


def _project(fields: JsonObject) -> Project | None:
    project_id = fields.whole("id")
    if project_id is None:
        return None
    return Project(project_id, fields.text("name") or "", fields.flag("is_default", default=False))


def _load_test(fields: JsonObject) -> LoadTest | None:
    test_id, project_id = fields.whole("id"), fields.whole("project_id")
    if test_id is None or project_id is None:
        return None
    return LoadTest(test_id, project_id, fields.text("name") or "", fields.time("created"), fields.time("updated"))


def _load_zone(fields: JsonObject) -> LoadZone | None:
    zone_id, key = fields.whole("id"), fields.text("k6_load_zone_id")
    if zone_id is None or key is None:
        return None
    return LoadZone(
        id=zone_id,
        name=fields.text("name") or key,
        k6_load_zone_id=key,
        available=fields.flag("available", default=True),
        public=fields.flag("public", default=True),
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


def _cost(fields: JsonObject) -> Cost:
    breakdown = fields.object("breakdown")
    return Cost(
        total_vuh=fields.amount("total_vuh"),
        base_total_vuh=breakdown.amount("base_total_vuh"),
        protocol_vuh=breakdown.amount("protocol_vuh"),
        browser_vuh=breakdown.amount("browser_vuh"),
        reduction_rate=breakdown.amount("reduction_rate"),
        reductions=breakdown.object("reduction_rate_breakdown").amounts(),
    )


def _zone_share(fields: JsonObject) -> ZoneShare | None:
    zone = fields.text("load_zone")
    return None if zone is None else ZoneShare(zone, fields.amount("percent"))


def _node(fields: JsonObject) -> Node:
    return Node(fields.text("size") or "", fields.text("public_ip") or "")


def _page(body: bytes, read: Callable[[JsonObject], T | None]) -> tuple[Page[T], str | None]:
    fields = JsonObject.parse(body)
    values = fields.members.get("value")
    if not isinstance(values, list):
        raise bad_answer()
    rows = list(fields.objects("value", read))
    return Page(rows, _count(fields.members.get("@count")), len(values) - len(rows)), fields.text("@nextLink")


def _count(value: Any) -> int | None:
    """The length of a list, which one documented example gives as a string."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    return JsonObject({"@count": value}).whole("@count")


def _required(value: int | None) -> int:
    if value is None:
        raise bad_answer()
    return value
