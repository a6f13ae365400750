"""Schedules: all of them, one by its id or by its test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

import msgspec
from cronsim import CronSimError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from k6desk.demo.bodies import Body, json_body
from k6desk.demo.clock import moment
from k6desk.demo.errors import Refusal
from k6desk.demo.inventory import ConflictError
from k6desk.demo.queries import check_names, page
from k6desk.demo.routes.load_tests import find_test
from k6desk.demo.routes.resource import resource
from k6desk.demo.schedules import Cron, Recurrence, Schedule, check_cron
from k6desk.demo.shapes import schedule_json
from k6desk.demo.world import World

_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Count = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class _Rule(Body):
    frequency: Literal["HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
    interval: _Count = 1
    byday: list[Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]] | None = None
    until: _Time | None = None
    count: _Count | None = None


class _Cron(Body):
    schedule: Annotated[str, msgspec.Meta(max_length=256)]
    time_zone: Annotated[str, msgspec.Meta(max_length=128)]


class _Timing(Body):
    starts: _Time
    recurrence_rule: _Rule | None = None
    cron: _Cron | None = None


class ScheduleRoutes:
    """`/schedules` and `/load_tests/{id}/schedule`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._schedules = world.schedules

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        of_test, one = "/cloud/v6/load_tests/{id:int}/schedule", "/cloud/v6/schedules/{id:int}"
        return [
            resource("/cloud/v6/schedules", get=self.list),
            resource(of_test, get=self.of_test, post=self.set),
            resource(one, get=self.retrieve, delete=self.delete),
            resource(f"{one}/activate", post=self.activate),
            resource(f"{one}/deactivate", post=self.deactivate),
        ]

    async def list(self, request: Request) -> Response:
        """List all schedules."""
        check_names(request)
        return page(request, self._schedules.all(), self._row(self._now()))

    async def of_test(self, request: Request) -> Response:
        """The schedule of a test."""
        schedule = self._schedules.of_test(find_test(self._world, request).id)
        if schedule is None:
            raise Refusal(404, "The load test has no schedule.")
        return JSONResponse(schedule_json(schedule, self._now()))

    async def set(self, request: Request) -> Response:
        """Give a test a schedule in place of the one that it may have."""
        test = find_test(self._world, request)
        timing = await json_body(request, _Timing)
        if timing.recurrence_rule and timing.cron:
            raise Refusal(400, "Only one of recurrence_rule and cron can be set.", "cron")
        rule = _recurrence(timing.recurrence_rule) if timing.recurrence_rule else _cron(timing.cron)
        now = self._now()
        schedule = self._schedules.set(test.id, _utc(timing.starts, "starts"), rule, self._world.user, now)
        return JSONResponse(schedule_json(schedule, now))

    async def retrieve(self, request: Request) -> Response:
        """One schedule."""
        return JSONResponse(schedule_json(self._find(request), self._now()))

    async def delete(self, request: Request) -> Response:
        """Delete a schedule."""
        self._schedules.remove(self._find(request))
        return Response(status_code=204)

    async def activate(self, request: Request) -> Response:
        """Let a schedule start runs again, if any are to come."""
        if not self._schedules.activate(self._find(request), True, self._now()):
            raise ConflictError("Cannot re-activate an expired schedule.")
        return Response(status_code=204)

    async def deactivate(self, request: Request) -> Response:
        """Let a schedule start no runs; nothing happens when it is over."""
        self._schedules.activate(self._find(request), False, self._now())
        return Response(status_code=204)

    def _find(self, request: Request) -> Schedule:
        schedule = self._schedules.get(request.path_params["id"])
        if schedule is None:
            raise Refusal(404, "Schedule not found.")
        return schedule

    def _now(self) -> datetime:
        return moment(self._world.now())

    def _row(self, now: datetime) -> Callable[[Schedule], bytes]:
        return lambda schedule: msgspec.json.encode(schedule_json(schedule, now))


def _recurrence(rule: _Rule) -> Recurrence:
    if rule.byday is not None and rule.frequency != "WEEKLY":
        raise Refusal(400, "byday can be set for WEEKLY only.", "recurrence_rule.byday")
    until = _utc(rule.until, "recurrence_rule.until") if rule.until else None
    return Recurrence(rule.frequency, rule.interval, tuple(rule.byday) if rule.byday else None, until, rule.count)


def _cron(cron: _Cron | None) -> Cron | None:
    if cron is None:
        return None
    if cron.time_zone not in _time_zones():
        raise Refusal(400, f"There is no time zone {cron.time_zone!r}.", "cron.time_zone")
    found = Cron(cron.schedule, cron.time_zone)
    try:
        check_cron(found)
    except CronSimError as error:
        raise Refusal(400, f"The cron expression is not right: {error}", "cron.schedule") from None
    return found


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _utc(at: datetime, target: str) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Refusal(400, f"{target} is out of the calendar.", target) from None
