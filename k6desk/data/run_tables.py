"""Tables of runs for other programs: columns with the names of the API, one row for each thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from k6desk.api.models import Node, RunDetail, ZoneNodes
from k6desk.data.bundle import BundledRun
from k6desk.data.export_csv import csv_bytes
from k6desk.data.secrets import masked_text

_OF_RUN: dict[str, Callable[[BundledRun], object]] = {
    "id": lambda one: one.run.id,
    "test_id": lambda one: one.run.test_id,
    "test": lambda one: one.test_name,
    "project_id": lambda one: one.run.project_id,
    "project": lambda one: one.project_name,
    "status": lambda one: one.run.status,
    "result": lambda one: one.run.result,
    "created": lambda one: one.run.created_at,
    "ended": lambda one: one.run.ended_at,
    "started_by": lambda one: one.run.started_by,
    "max_vus": lambda one: one.run.max_vus,
    "vuh": lambda one: one.run.vuh,
    "note": lambda one: masked_text(one.run.note),
}
_HISTORY = ("status", "entered", "by_user", "code", "message")
_ZONES = ("load_zone", "configured_percent", "actual_percent", "nodes", "sizes")


class ZoneFact(NamedTuple):
    """A load zone of a run: its share in percent as configured and as it really was, and what ran there."""

    load_zone: str
    name: str
    configured: float | None
    really: float | None
    nodes: tuple[Node, ...]


def zones_of(
    detail: RunDetail | None, nodes: Sequence[ZoneNodes] | None, names: Mapping[str, str] | None = None
) -> Iterator[ZoneFact]:
    """Every load zone that was configured or that ran something, once; one that has no name is called by its id."""
    shares = {share.load_zone: share.percent for share in (detail and detail.distribution) or ()}
    real = {zone.load_zone: zone for zone in nodes or ()}
    for zone_id in dict.fromkeys((*shares, *real)):
        really, machines = (ran.percentage, ran.nodes) if (ran := real.get(zone_id)) else (None, ())
        yield ZoneFact(zone_id, (names or {}).get(zone_id, zone_id), shares.get(zone_id), really, machines)


def runs_csv(runs: Iterable[BundledRun]) -> bytes:
    """The runs."""
    return csv_bytes(tuple(_OF_RUN), [[value(one) for value in _OF_RUN.values()] for one in runs])


def history_csv(detail: RunDetail) -> bytes:
    """The status history of a run."""
    entries = detail.status_history
    rows = [(one.type, one.entered_at, one.by_user, one.code, masked_text(one.message or "")) for one in entries]
    return csv_bytes(_HISTORY, rows)


def zones_csv(detail: RunDetail | None, nodes: Sequence[ZoneNodes] | None) -> bytes:
    """The load zones of a run, one row for each, with how many machines ran there and of which sizes."""
    rows = [(each.load_zone, each.configured, each.really, *_machines(each)) for each in zones_of(detail, nodes)]
    return csv_bytes(_ZONES, rows)


def _machines(zone: ZoneFact) -> tuple[object, object]:
    if zone.really is None and not zone.nodes:
        return None, None
    return len(zone.nodes), " ".join(sorted({node.size for node in zone.nodes}))
