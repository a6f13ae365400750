"""Schedules of load tests."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from k6desk.api.errors import NotFound
from k6desk.api.models import Page
from k6desk.api.plans import Schedule, Timing
from k6desk.api.v6.resource import Resource
from k6desk.api.wire import plans, requests


class Schedules(Resource):
    """The operations on schedules."""

    def schedules(self) -> AsyncGenerator[Page[Schedule], None]:
        """The schedules of all load tests."""
        return self._pages("/cloud/v6/schedules", plans.schedules_page)

    async def schedule_of_test(self, test_id: int) -> Schedule | None:
        """A load test's schedule; None when it has none (404)."""
        try:
            return plans.schedule(await self._exchange.get(f"/cloud/v6/load_tests/{test_id}/schedule"))
        except NotFound:
            return None

    async def schedule(self, schedule_id: int) -> Schedule:
        """One schedule."""
        return plans.schedule(await self._exchange.get(f"/cloud/v6/schedules/{schedule_id}"))

    async def set_schedule(self, test_id: int, timing: Timing) -> Schedule:
        """Give a load test a schedule in place of the one it may have."""
        path = f"/cloud/v6/load_tests/{test_id}/schedule"
        return plans.schedule(await self._exchange.act("POST", path, requests.timing(timing)))

    async def activate_schedule(self, schedule_id: int, *, active: bool) -> None:
        """Let a schedule start runs again, or no longer. `Conflict`: it has expired and cannot start any."""
        path = f"/cloud/v6/schedules/{schedule_id}/{'activate' if active else 'deactivate'}"
        await self._exchange.act("POST", path)

    async def delete_schedule(self, schedule_id: int) -> None:
        """Delete a schedule."""
        await self._exchange.act("DELETE", f"/cloud/v6/schedules/{schedule_id}")
