"""The runs of API v2, which is announced for removal: it alone starts and stops runs for a token without a stack."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from urllib.parse import urlencode

from k6desk.api.exchange import Exchange
from k6desk.api.legacy import translate
from k6desk.api.legacy.wanted import Wanted
from k6desk.api.lenient import JsonObject
from k6desk.api.models import Page, Run

_PATH = "/loadtests/v2"
_AT_ONCE = 100
"""Ids in one request, so that its address stays short."""


class RunsV2:
    """Starts, stops and reads runs."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def start(self, test_id: int) -> bytes:
        """Start a run of a load test; it comes as JSON of API v6. Asked twice, it starts two."""
        answer = await self._exchange.act("POST", f"{_PATH}/tests/{test_id}/start-testrun")
        return translate.run_json(_inner(answer))

    async def stop(self, run_id: int) -> None:
        """Ask a run to stop."""
        await self._exchange.act("POST", f"{_PATH}/runs/{run_id}/stop")

    async def run(self, run_id: int, columns: Sequence[str]) -> JsonObject:
        """These properties of a run, as the API has them."""
        return _inner(await self._exchange.get(f"{_PATH}/runs/{run_id}?{_query(columns)}"))

    async def shared_run(self, public_id: str) -> Page[Run]:
        """The run of a public link, in a page of one, or of none when there is no such run."""
        query = _query(translate.COLUMNS, public_id=public_id)
        return translate.v2_page(await self._exchange.get(f"{_PATH}/runs?{query}"))

    async def runs_of_test(self, test_id: int, wanted: Wanted) -> AsyncGenerator[Page[Run], None]:
        """The runs of a load test.

        This list has neither conditions nor pages: so the ids and times of all runs are asked for, and then the rest of
        those that are wanted.
        """
        answer = await self._exchange.get(f"{_PATH}/runs?{_query(('id', 'created'), test_id=test_id)}")
        listed = JsonObject.parse(answer).objects("k6-runs", _created_and_id)
        ids = [id_ for at, id_ in sorted(listed, reverse=wanted.newest_first) if wanted.covers(at)]
        if not ids:
            yield Page([])
        for start in range(0, len(ids), _AT_ONCE):
            query = _query(translate.COLUMNS, test_id=test_id, **{"ids[]": ids[start : start + _AT_ONCE]})
            page = translate.v2_page(await self._exchange.get(f"{_PATH}/runs?{query}"), wanted.keep_raw)
            page.rows.sort(key=lambda run: (run.created_at, run.id), reverse=wanted.newest_first)
            yield page


def _inner(body: bytes) -> JsonObject:
    return JsonObject.parse(body).object("k6-run")


def _created_and_id(fields: JsonObject) -> tuple[datetime, int] | None:
    created_at, run_id = fields.time("created"), fields.whole("id")
    return None if created_at is None or run_id is None else (created_at, run_id)


def _query(columns: Sequence[str], **named: int | str | list[int]) -> str:
    return urlencode({**named, "$select": ",".join(columns)}, doseq=True, safe="$,[]")
