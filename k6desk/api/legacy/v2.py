"""The runs of API v2, which is announced for removal: it alone starts and stops runs for a token without a stack."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from k6desk.api.exchange import Exchange
from k6desk.api.legacy import translate
from k6desk.api.lenient import JsonObject
from k6desk.api.models import Page, Run

_PATH = "/loadtests/v2"
_AT_ONCE = 100
"""Ids in one request, so that its address stays short."""


class RunsV2:
    """Start, stop and read runs. What is read comes as JSON of API v6, like everything of this package."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def start(self, test_id: int) -> bytes:
        """Start a run of a load test. Asked twice, it starts two."""
        answer = await self._exchange.act("POST", f"{_PATH}/tests/{test_id}/start-testrun")
        return translate.run_json(_inner(answer))

    async def stop(self, run_id: int) -> None:
        """Ask a run to stop."""
        await self._exchange.act("POST", f"{_PATH}/runs/{run_id}/stop")

    async def run(self, run_id: int, columns: Sequence[str]) -> JsonObject:
        """These properties of a run, as API v2 has them."""
        return _inner(await self._exchange.get(f"{_PATH}/runs/{run_id}?{_query({'$select': ','.join(columns)})}"))

    async def shared_run(self, public_id: str) -> Page[Run]:
        """The run of a public link, in a list of one, or of none when there is no such run."""
        query = _query({"public_id": public_id, "$select": ",".join(translate.COLUMNS)})
        return translate.v2_page(await self._exchange.get(f"{_PATH}/runs?{query}"))

    async def runs_of_test(
        self, test_id: int, after: datetime | None, before: datetime | None, *, newest_first: bool, keep_raw: bool
    ) -> AsyncGenerator[Page[Run], None]:
        """The runs of a load test that were created in this time.

        The list has neither conditions nor pages: so only the ids and times of all runs are asked for, and then the
        rest of those that are wanted.
        """
        query = _query({"test_id": test_id, "$select": "id,created"})
        listed = JsonObject.parse(await self._exchange.get(f"{_PATH}/runs?{query}")).objects("k6-runs", _id_and_time)
        first, end = after or datetime.min.replace(tzinfo=UTC), before or datetime.max.replace(tzinfo=UTC)
        wanted = sorted(((at, id_) for id_, at in listed if first <= at < end), reverse=newest_first)
        for start in range(0, len(wanted), _AT_ONCE):
            ids = [id_ for _, id_ in wanted[start : start + _AT_ONCE]]
            query = _query({"test_id": test_id, "ids[]": ids, "$select": ",".join(translate.COLUMNS)})
            page = translate.v2_page(await self._exchange.get(f"{_PATH}/runs?{query}"), keep_raw)
            page.rows.sort(key=lambda run: (run.created_at, run.id), reverse=newest_first)
            yield page


def _inner(body: bytes) -> JsonObject:
    return JsonObject.parse(body).object("k6-run")


def _id_and_time(fields: JsonObject) -> tuple[int, datetime] | None:
    run_id, created_at = fields.whole("id"), fields.time("created")
    return None if run_id is None or created_at is None else (run_id, created_at)


def _query(members: dict[str, object]) -> str:
    return urlencode(members, doseq=True, safe="$,[]:")
