"""The metrics of runs, which only API v5 has, for tokens with a stack and without one.

A metric or label without data is an empty answer or `NotFound`, and a method that the type of the metric does not have
an empty answer or `Refused`: all are normal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from k6desk.api.errors import NotFound, NotOffered, Refused, WebPage
from k6desk.api.exchange import Exchange
from k6desk.api.metrics import Answer, Metric, Query, ThresholdVerdict
from k6desk.api.v5_address import call, checked, label, matching
from k6desk.api.wire import metrics

T = TypeVar("T")

_NO_VERDICTS = "The server does not tell any more which thresholds were crossed; k6desk computes it from the metrics."
_REMOVED = {401, 405, 410}
"""A token that is good for everything else is refused (401) where the old API does not know its kind any more."""


class Metrics:
    """The operations on the metrics of runs, and what API v2 says of their thresholds."""

    _exchange: Exchange
    _has_verdicts = True

    async def metrics(self, run_id: int) -> tuple[Metric, ...]:
        """The metrics that a run has samples of."""
        return await self._read(f"{_run(run_id)}/metrics", metrics.metrics)

    async def test_metrics(self, test_id: int, run_count: int) -> tuple[Metric, ...]:
        """The metrics that the newest runs of a load test have samples of."""
        return await self._read(call(f"{_test(test_id)}/metrics", test_run_count=run_count), metrics.metrics)

    async def series(self, run_id: int, selector: str) -> tuple[dict[str, str], ...]:
        """The labels of each series that a selector chooses; at most `wire.metrics.MOST_NAMED`."""
        return await self._read(matching(f"{_run(run_id)}/series", selector), metrics.series)

    async def metric_labels(self, run_id: int, selector: str = "") -> tuple[str, ...]:
        """The names of the labels that the series of a run have, or those that a selector chooses."""
        return await self._read(matching(f"{_run(run_id)}/labels", selector), metrics.names)

    async def label_values(self, run_id: int, label_name: str, selector: str = "") -> tuple[str, ...]:
        """The values that a label has in a run, or in the series that a selector chooses."""
        path = f"{_run(run_id)}/label/{label(label_name)}/values"
        return await self._read(matching(path, selector), metrics.names)

    async def curve(
        self, run_id: int, query: Query, step_s: int, start: datetime | None = None, end: datetime | None = None
    ) -> Answer:
        """A query over time, a sample every `step_s` seconds, in the whole run or from `start` to `end`."""
        path = f"{_run(run_id)}/query_range_k6"
        return await self._read(call(path, **_texts(query), step=step_s, start=start, end=end), metrics.answer)

    async def total(self, run_id: int, query: Query) -> Answer:
        """A query over a whole run: one sample for each series."""
        return await self._read(call(f"{_run(run_id)}/query_aggregate_k6", **_texts(query)), metrics.answer)

    async def totals_of_runs(self, test_id: int, query: Query, run_ids: Sequence[int]) -> Answer:
        """A query over each of these runs of a load test; the label `RUN_LABEL` of a series names its run."""
        if not run_ids:
            return Answer()
        path = f"{_test(test_id)}/query_aggregate_k6"
        return await self._read(call(path, **_texts(query), test_run_ids=list(dict.fromkeys(run_ids))), metrics.answer)

    async def newest_totals(self, test_id: int, query: Query, run_count: int) -> Answer:
        """A query over each of the newest runs of a load test; the label `RUN_LABEL` of a series names its run."""
        path = f"{_test(test_id)}/query_aggregate_k6"
        return await self._read(call(path, **_texts(query), test_run_count=run_count), metrics.answer)

    async def verdicts(self, run_id: int) -> tuple[ThresholdVerdict, ...]:
        """What the server says of the thresholds of a run.

        Only the old API v2 says it, and may not for long: once it has gone it is always `NotOffered`, without asking.
        """
        if not self._has_verdicts:
            raise NotOffered(_NO_VERDICTS)
        try:
            return await self._read(f"/loadtests/v2/thresholds?test_run_id={run_id}", metrics.verdicts)
        except (Refused, WebPage) as error:
            if not _is_gone(error):
                raise
            self._has_verdicts = False
            raise NotOffered(_NO_VERDICTS) from error

    async def _read(self, path: str, read: Callable[[bytes], T]) -> T:
        body = await self._exchange.get(path)
        if len(body) <= metrics.LONG:
            return read(body)
        async with self._turn:
            return await asyncio.to_thread(read, body)

    @cached_property
    def _turn(self) -> asyncio.Lock:
        """Of several threads that read, each would take its time from the window's."""
        return asyncio.Lock()


def _run(run_id: int) -> str:
    return f"/cloud/v5/test_runs/{run_id}"


def _test(test_id: int) -> str:
    return f"/cloud/v5/load_tests/{test_id}"


def _texts(query: Query) -> dict[str, str]:
    checked(query)
    return {"query": query.expression, "metric": query.selector}


def _is_gone(error: Refused | WebPage) -> bool:
    """Whether it is the operation that is not there, and not the run: of a run, the API says so in its own words."""
    if isinstance(error, NotFound):
        return not error.code
    return isinstance(error, WebPage) or error.status in _REMOVED
