"""The thresholds of runs as API v2 tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

from k6desk.demo.metrics.thresholds import Limit, limits_of
from k6desk.demo.runs import Run
from k6desk.demo.shapes import options_json
from k6desk.demo.world import World

if TYPE_CHECKING:
    from k6desk.demo.metrics.measured import Measured


def threshold_rows(world: World, run: Run, measured: Measured | None) -> list[dict[str, Any]]:
    """The thresholds of a run, each with its value in what is measured; one without samples is not crossed."""
    test = world.begun_from(run.index)
    run_id = world.run_id(run.index)
    rows = []
    for limit in limits_of(options_json(test.draft, test.home_id)):
        value = _value(measured, limit)
        rows.append(
            {
                "id": crc32(f"{run_id} {limit.key} {limit.source}".encode()),
                "testrun_id": run_id,
                "name": limit.key,
                "stat": limit.source,
                "value": limit.limit,
                "calculated_value": value,
                "tainted": value is not None and not limit.is_met(value),
            }
        )
    return rows


def _value(measured: Measured | None, limit: Limit) -> float | None:
    kind = measured.types.get(limit.selector.metric) if measured else None
    expression = limit.expression(kind) if kind else None
    if measured is None or expression is None:
        return None
    _, curves = measured.totals(expression, limit.selector)
    return float(curves[0].values[0]) if curves else None
