"""What starting a test would do and cost, gathered before the user decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from msgspec import Struct

from k6desk.api.cloud import Cloud
from k6desk.api.errors import CloudError, NotFound, NotOffered, Refused, SignedOut
from k6desk.api.models import Limits, LoadTest, RunDetail, ZoneShare
from k6desk.api.plans import Estimate
from k6desk.core.store import Store
from k6desk.core.workload import Workload, workload_of
from k6desk.data.archive import OpenedArchive
from k6desk.data.problems import ArchiveProblem

OVER_LIMIT = "validation_error"
NO_SCRIPT = "This test has no script yet, so there is nothing to run; upload one first."
FROM_ARCHIVE = "Estimated from the options in the test's archive."
FROM_LAST_RUN = "Estimated from the options of the test's last run; its script may have changed since."
NO_ESTIMATE = "There is no estimate."
NOTHING_KNOWN = "There is no estimate: the options of a plain script are known only after its first run."


class StartPlan(Struct, frozen=True):
    """The estimate of a start and what it rests on.

    `basis` is one sentence on where the estimate came from, or why there is none; `refusal` why the server would not
    run the test. `used_vuh` is a lower bound of what the project has used this calendar month (UTC), None if this kind
    of account tells no costs. `has_key` says whether the server takes a key with a start, so that asking again cannot
    start a second run.
    """

    test: LoadTest
    basis: str
    options: Mapping[str, Any] | None = None
    workload: Workload = Workload(None, None)
    estimate: Estimate | None = None
    refusal: str = ""
    zones: tuple[ZoneShare, ...] = ()
    last_run: RunDetail | None = None
    limits: Limits | None = None
    used_vuh: float | None = 0.0
    has_key: bool = True

    @property
    def left_vuh(self) -> float | None:
        """What the project's monthly limit leaves after this run, below zero when it is over; None = no limit."""
        if self.used_vuh is None or self.limits is None or self.limits.vuh_max_per_month is None:
            return None
        run = self.estimate.vuh if self.estimate and self.estimate.vuh else 0.0
        return self.limits.vuh_max_per_month - self.used_vuh - run


async def plan_of(cloud: Cloud, store: Store, test: LoadTest) -> StartPlan:
    """The plan of a test. Raises `CloudError` when the server cannot be asked; what it lacks is left out."""
    last = await _last_run(cloud, store, test.id)
    options, basis = await _options(cloud, test.id, last)
    no_costs = cloud.lacks.get("cost")
    estimate, refusal = None, NO_SCRIPT if basis == NO_SCRIPT else ""
    if options is not None:
        try:
            estimate = await cloud.estimate(test.project_id, options)
        except SignedOut:
            raise
        except CloudError as error:
            is_refused = isinstance(error, Refused) and (
                error.code == OVER_LIMIT or error.status == HTTPStatus.BAD_REQUEST
            )
            if is_refused and basis == FROM_ARCHIVE:
                refusal = str(error)  # these are the options that would run
            basis = f"There is no estimate: {error}"
    month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return StartPlan(
        test=test,
        basis=NO_ESTIMATE if refusal else no_costs or basis,
        options=options,
        workload=_workload(options, last) if options else _workload_of_newest(store, test.id),
        estimate=estimate,
        refusal=refusal,
        zones=zones_of(options) or (last.distribution if last and last.distribution else ()),
        last_run=last,
        limits=await _limits(cloud, store, test.project_id),
        used_vuh=None if no_costs else store.vuh_since(test.project_id, month),
        has_key="start" not in cloud.going,
    )


def zones_of(options: Mapping[str, Any] | None) -> tuple[ZoneShare, ...]:
    """The load zones that k6 options name, under `cloud` or, as older scripts do, under `ext.loadimpact`."""
    options = options or {}
    for home in (options.get("cloud"), _part(options, "ext").get("loadimpact")):
        shares = _part(home, "distribution").values() if isinstance(home, dict) else ()
        zones = [ZoneShare(str(share["loadZone"]), _percent(share)) for share in shares if _names_a_zone(share)]
        if zones:
            return tuple(zones)
    return ()


def _workload(options: Mapping[str, Any] | None, last: RunDetail | None) -> Workload:
    known = workload_of(options or {})
    if last is None or last.options is not options:  # the figures of the last run are of the same options only
        return known
    run = last.run
    return Workload(
        run.max_vus if run.max_vus is not None else known.vus,
        run.estimated_duration_s if run.estimated_duration_s is not None else known.duration_s,
    )


def _workload_of_newest(store: Store, test_id: int) -> Workload:
    """What the newest run was to be, where nothing else is known."""
    newest = next(iter(store.latest_of_test(test_id, 1)), None)
    return Workload(newest.max_vus, newest.estimated_duration_s) if newest else Workload(None, None)


async def _options(cloud: Cloud, test_id: int, last: RunDetail | None) -> tuple[Mapping[str, Any] | None, str]:
    try:
        script = await cloud.test_script(test_id)
    except NotFound:
        return None, NO_SCRIPT
    except NotOffered:
        script = None
    if script and script.is_archive:
        try:
            options = OpenedArchive(script.content).options
        except ArchiveProblem:
            options = None
        if options is not None:
            return options, FROM_ARCHIVE
    if last and last.options is not None:
        return last.options, FROM_LAST_RUN
    return None, NOTHING_KNOWN


async def _last_run(cloud: Cloud, store: Store, test_id: int) -> RunDetail | None:
    for run in store.latest_of_test(test_id, 5):
        stored = store.detail(run.id)
        if stored is None:
            try:
                asked_at = datetime.now(UTC)
                detail = await store.put_detail(await cloud.run(run.id), asked_at)
            except NotFound:
                continue
        else:
            detail = stored.value
        if detail.options is not None:
            return detail
    return None


async def _limits(cloud: Cloud, store: Store, project_id: int) -> Limits | None:
    asked_at = datetime.now(UTC)
    try:
        limits = await cloud.limits(project_id)
    except SignedOut:
        raise
    except (NotOffered, Refused):
        return store.limits(project_id)
    await store.put_limits([limits], asked_at)
    return limits


def _part(value: Any, name: str) -> dict[str, Any]:
    part = value.get(name) if isinstance(value, dict) else None
    return part if isinstance(part, dict) else {}


def _names_a_zone(share: Any) -> bool:
    return isinstance(share, dict) and isinstance(share.get("loadZone"), str)


def _percent(share: dict[str, Any]) -> float | None:
    percent = share.get("percent")
    return float(percent) if isinstance(percent, int | float) else None
