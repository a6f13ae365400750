"""What k6desk needs of a k6 cloud. `v6.py` is a Grafana Cloud stack."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Protocol

from k6desk.api.models import Limits, LoadTest, LoadZone, Page, Project, Run, Script, StackAccess, ZoneNodes


class Cloud(Protocol):
    """One account's cloud. Every method raises `errors.CloudError`; lists come page by page."""

    async def check_access(self, stack_url: str) -> StackAccess:
        """Whether the token may use the stack at this URL."""

    def projects(self) -> AsyncGenerator[Page[Project], None]:
        """All projects."""

    def load_tests(self) -> AsyncGenerator[Page[LoadTest], None]:
        """All load tests of all projects."""

    def runs(
        self,
        *,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        page_size: int = 1000,
        keep_raw: bool = False,
    ) -> AsyncGenerator[Page[Run], None]:
        """All runs, oldest first, created at or after the one time and before the other."""

    def test_runs(
        self, test_id: int, *, page_size: int = 200, keep_raw: bool = False
    ) -> AsyncGenerator[Page[Run], None]:
        """The runs of one load test, newest first."""

    async def run(self, run_id: int) -> bytes:
        """One run as the server's JSON; `wire.run_detail` reads it."""

    async def distribution(self, run_id: int) -> tuple[ZoneNodes, ...] | None:
        """The nodes that generate(d) a run's load by zone; None when the server has no data (404)."""

    async def limits(self, project_id: int) -> Limits:
        """What a project may use."""

    async def load_zones(self) -> list[LoadZone]:
        """The load zones of the stack."""

    async def set_note(self, run_id: int, note: str) -> None:
        """Replace a run's note. The API has no version check: read the run before."""

    async def abort(self, run_id: int) -> None:
        """Ask a run to stop. `Conflict`: it had already ended."""

    async def run_script(self, run_id: int) -> Script:
        """The script that a run used, frozen when it started."""

    async def test_script(self, test_id: int) -> Script:
        """The script that a test would run today."""

    async def reset(self) -> None:
        """Drop every pooled connection, because the computer slept or its network changed."""

    async def aclose(self) -> None:
        """Close every connection."""
