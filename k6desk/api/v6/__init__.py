"""A Grafana Cloud stack through the REST API v6: a module for each group of its operations. Metrics come from v5."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from k6desk.api.exchange import Exchange
from k6desk.api.logs import LogBatch
from k6desk.api.models import StackAccess
from k6desk.api.operations import Operation
from k6desk.api.secret import Secret
from k6desk.api.transport import STACK_URL_HEADER
from k6desk.api.v5 import Metrics
from k6desk.api.v6.labels import Labels
from k6desk.api.v6.load_tests import LoadTests
from k6desk.api.v6.load_zones import LoadZones
from k6desk.api.v6.projects import Projects
from k6desk.api.v6.runs import Runs
from k6desk.api.v6.schedules import Schedules
from k6desk.api.wire import catalogue


class CloudV6(Runs, LoadTests, Schedules, Projects, LoadZones, Labels, Metrics):
    """The k6 cloud of one Grafana Cloud stack. Without a `stack_id` only `check_access` works."""

    lacks: Mapping[Operation, str] = {
        "search": "This server finds load tests by their whole name only.",
        "shared_run": "This server does not know the public links of runs.",
    }
    going: frozenset[Operation] = frozenset({"save", "baseline"})
    requests_per_poll = 1

    def __init__(self, origin: str, token: Secret, stack_id: int | None) -> None:
        self._exchange = Exchange(origin, token, stack_id)

    async def check_access(self, stack_url: str) -> StackAccess:
        """Whether the token may use the stack at this URL."""
        return catalogue.access(await self._exchange.get("/cloud/v6/auth", {STACK_URL_HEADER: stack_url}))

    def log(self, run_id: int, start_ns: int) -> AsyncGenerator[LogBatch, None]:
        """A run's log from a time on (ns since the epoch), and what is being written; it may not end by itself."""
        return self._exchange.log(run_id, start_ns)

    async def reset(self) -> None:
        """Drop every pooled connection, because the computer slept or its network changed."""
        await self._exchange.reset()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._exchange.aclose()
