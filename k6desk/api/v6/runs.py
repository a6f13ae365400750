"""Test runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from functools import partial

from k6desk.api.errors import NotFound, NotOffered
from k6desk.api.models import Page, Run, Script, ZoneNodes
from k6desk.api.v6.resource import Resource
from k6desk.api.wire import requests, runs


class Runs(Resource):
    """The operations on runs."""

    def runs(
        self,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        page_size: int = 1000,
        keep_raw: bool = False,
    ) -> AsyncGenerator[Page[Run], None]:
        """All runs, oldest first, created at or after the one time and before the other."""
        query = _created(created_after, created_before)
        return self._pages("/cloud/v6/test_runs", partial(runs.runs_page, keep_raw=keep_raw), query, page_size)

    def test_runs(
        self,
        test_id: int,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        starred: bool | None = None,
        page_size: int = 200,
        keep_raw: bool = False,
    ) -> AsyncGenerator[Page[Run], None]:
        """The runs of one load test, newest first."""
        query = {
            "$orderby": "created desc",
            **_created(created_after, created_before),
            "is_starred": None if starred is None else str(starred).lower(),
        }
        path = f"/cloud/v6/load_tests/{test_id}/test_runs"
        return self._pages(path, partial(runs.runs_page, keep_raw=keep_raw), query, page_size)

    async def run(self, run_id: int) -> bytes:
        """One run as the server's JSON; `wire.runs.run_detail` reads it."""
        return await self._exchange.get(f"/cloud/v6/test_runs/{run_id}")

    async def shared_run(self, public_id: str) -> Page[Run]:
        """Always `NotOffered`: this API has no public links."""
        raise NotOffered("This server does not know the public links of runs.")

    async def distribution(self, run_id: int) -> tuple[ZoneNodes, ...] | None:
        """The nodes that generate(d) a run's load by zone; None when the server has no data (404)."""
        try:
            return runs.distribution(await self._exchange.get(f"/cloud/v6/test_runs/{run_id}/distribution"))
        except NotFound:
            return None

    async def run_script(self, run_id: int) -> Script:
        """The script that a run used, frozen when it started."""
        return await self._script(f"/cloud/v6/test_runs/{run_id}/script")

    async def set_note(self, run_id: int, note: str) -> None:
        """Replace a run's note. The API has no version check: read the run before."""
        await self._exchange.act("PATCH", f"/cloud/v6/test_runs/{run_id}", requests.note_patch(note))

    async def abort(self, run_id: int) -> None:
        """Ask a run to stop. `Conflict`: it had already ended."""
        await self._exchange.act("POST", f"/cloud/v6/test_runs/{run_id}/abort")

    async def star(self, run_id: int, *, starred: bool) -> None:
        """Star a run, or take its star away. A star does not make the server keep the results longer."""
        await self._exchange.act("POST", f"/cloud/v6/test_runs/{run_id}/{'star' if starred else 'unstar'}")

    async def save(self, run_id: int, *, saved: bool) -> None:
        """Have the server keep a run's results beyond their retention, or no longer.

        `Conflict`: the results are already deleted, or there is no room for more.
        """
        await self._exchange.act("POST", f"/cloud/v6/test_runs/{run_id}/{'save' if saved else 'unsave'}")

    async def delete_run(self, run_id: int) -> None:
        """Delete a run and its results for good. `Conflict`: it is still running."""
        await self._exchange.act("DELETE", f"/cloud/v6/test_runs/{run_id}")


def _created(after: datetime | None, before: datetime | None) -> dict[str, str | None]:
    return {
        "created_after": requests.timestamp(after) if after else None,
        "created_before": requests.timestamp(before) if before else None,
    }
