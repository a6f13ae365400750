"""Answers about what is going to run and what it may cost: schedules, estimates, labels."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from k6desk.api.lenient import JsonObject, utc
from k6desk.api.models import Page, Whole
from k6desk.api.plans import Cron, Estimate, Label, LabelKey, Recurrence, Schedule, Timing
from k6desk.api.wire.lists import page, required
from k6desk.api.wire.runs import cost


class _Rule(Struct):
    frequency: str
    interval: Annotated[int, Meta(ge=1, le=2**63 - 1)] = 1
    byday: tuple[str, ...] | None = None
    until: datetime | None = None
    count: Whole | None = None


class _Schedule(Struct):
    id: Whole
    load_test_id: Whole
    starts: datetime
    deactivated: bool
    recurrence_rule: _Rule | None = None
    cron: Cron | None = None
    next_run: datetime | None = None


def schedules_page(body: bytes) -> tuple[Page[Schedule], str | None]:
    """One page of schedules and the link to the next."""
    return page(body, _schedule)


def schedule(body: bytes) -> Schedule:
    """One schedule."""
    return required(_schedule(JsonObject.parse(body)))


def estimate(body: bytes) -> Estimate:
    """What a run would cost."""
    fields = JsonObject.parse(body)
    vuh = fields.amount("vuh_usage")
    return Estimate(vuh, cost(vuh, fields.object("breakdown")))


def label_keys(body: bytes) -> list[LabelKey]:
    """The labels of a stack."""
    return page(body, _label_key)[0].rows


def labels(body: bytes) -> list[Label]:
    """A project's labels."""
    return page(body, _label)[0].rows


def _schedule(fields: JsonObject) -> Schedule | None:
    """A schedule of which every part is as documented: without its end or its rule it would be another one."""
    try:
        row = msgspec.convert(fields.members, _Schedule)
    except msgspec.ValidationError:
        return None
    starts_at = utc(row.starts)
    if starts_at is None:
        return None
    return Schedule(
        id=row.id,
        test_id=row.load_test_id,
        timing=Timing(starts_at, _recurrence(row.recurrence_rule) if row.recurrence_rule else None, row.cron),
        is_active=not row.deactivated,
        next_run_at=utc(row.next_run),
        created_by=fields.text("created_by"),
    )


def _recurrence(rule: _Rule) -> Recurrence:
    return Recurrence(rule.frequency, rule.interval, rule.byday or (), utc(rule.until), rule.count)


def _label_key(fields: JsonObject) -> LabelKey | None:
    key_id, key = fields.whole("id"), fields.text("key")
    return None if key_id is None or key is None else LabelKey(key_id, key, fields.text("description") or "")


def _label(fields: JsonObject) -> Label | None:
    key, value = fields.text("key"), fields.text("value")
    return None if key is None or value is None else Label(key, value)
