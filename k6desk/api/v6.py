"""A Grafana Cloud stack through the REST API v6: one method per operation."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from functools import partial

from k6desk.api import wire
from k6desk.api.errors import BadAnswer, NotFound
from k6desk.api.exchange import Exchange
from k6desk.api.models import Limits, LoadTest, LoadZone, Page, Project, Run, Script, StackAccess, ZoneNodes
from k6desk.api.paging import pages
from k6desk.api.secret import Secret
from k6desk.api.transport import STACK_URL_HEADER

_LARGEST_PAGE = 1000


class CloudV6:
    """The k6 cloud of one Grafana Cloud stack. Without a `stack_id` only `check_access` works."""

    def __init__(self, origin: str, token: Secret, stack_id: int | None) -> None:
        self._exchange = Exchange(origin, token, stack_id)

    async def check_access(self, stack_url: str) -> StackAccess:
        """Whether the token may use the stack at this URL."""
        return wire.access(await self._exchange.get("/cloud/v6/auth", {STACK_URL_HEADER: stack_url}))

    def projects(self) -> AsyncGenerator[Page[Project], None]:
        """All projects."""
        return pages(self._exchange.get, wire.projects_page, "/cloud/v6/projects", {}, _LARGEST_PAGE)

    def load_tests(self) -> AsyncGenerator[Page[LoadTest], None]:
        """All load tests of all projects."""
        return pages(self._exchange.get, wire.load_tests_page, "/cloud/v6/load_tests", {}, _LARGEST_PAGE)

    def runs(
        self,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        page_size: int = 1000,
        keep_raw: bool = False,
    ) -> AsyncGenerator[Page[Run], None]:
        """All runs, oldest first, created at or after the one time and before the other."""
        times = {"created_after": created_after, "created_before": created_before}
        bounds = {name: _timestamp(time) for name, time in times.items() if time is not None}
        return self._runs("/cloud/v6/test_runs", bounds, page_size, keep_raw)

    def test_runs(
        self, test_id: int, *, page_size: int = 200, keep_raw: bool = False
    ) -> AsyncGenerator[Page[Run], None]:
        """The runs of one load test, newest first."""
        path, newest_first = f"/cloud/v6/load_tests/{test_id}/test_runs", {"$orderby": "created desc"}
        return self._runs(path, newest_first, page_size, keep_raw)

    async def run(self, run_id: int) -> bytes:
        """One run as the server's JSON; `wire.run_detail` reads it."""
        return await self._exchange.get(f"/cloud/v6/test_runs/{run_id}")

    async def distribution(self, run_id: int) -> tuple[ZoneNodes, ...] | None:
        """The nodes that generate(d) a run's load by zone; None when the server has no data (404)."""
        try:
            return wire.distribution(await self._exchange.get(f"/cloud/v6/test_runs/{run_id}/distribution"))
        except NotFound:
            return None

    async def limits(self, project_id: int) -> Limits:
        """What a project may use."""
        return wire.limits(await self._exchange.get(f"/cloud/v6/projects/{project_id}/limits"))

    async def load_zones(self) -> list[LoadZone]:
        """The load zones of the stack."""
        return wire.load_zones(await self._exchange.get("/cloud/v6/load_zones"))

    async def set_note(self, run_id: int, note: str) -> None:
        """Replace a run's note. The API has no version check: read the run before."""
        await self._exchange.act("PATCH", f"/cloud/v6/test_runs/{run_id}", wire.note_patch(note))

    async def abort(self, run_id: int) -> None:
        """Ask a run to stop. `Conflict`: it had already ended."""
        await self._exchange.act("POST", f"/cloud/v6/test_runs/{run_id}/abort")

    async def run_script(self, run_id: int) -> Script:
        """The script that a run used, frozen when it started."""
        return await self._script(f"/cloud/v6/test_runs/{run_id}/script")

    async def test_script(self, test_id: int) -> Script:
        """The script that a test would run today."""
        return await self._script(f"/cloud/v6/load_tests/{test_id}/script")

    async def reset(self) -> None:
        """Drop every pooled connection, because the computer slept or its network changed."""
        await self._exchange.reset()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._exchange.aclose()

    def _runs(
        self, path: str, query: dict[str, str], page_size: int, keep_raw: bool
    ) -> AsyncGenerator[Page[Run], None]:
        return pages(self._exchange.get, partial(wire.runs_page, keep_raw=keep_raw), path, query, page_size)

    async def _script(self, path: str) -> Script:
        answer = await self._exchange.download(path, "text/javascript, application/x-tar")
        is_archive = answer.body[257:262] == b"ustar"
        if answer.content_type == "application/x-tar" and not is_archive:
            raise BadAnswer("The server calls this script a k6 archive, but it is none, so k6desk did not use it.")
        return Script(answer.body, is_archive)


def _timestamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
