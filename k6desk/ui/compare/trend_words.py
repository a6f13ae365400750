"""What is said of the runs of a trend."""

from __future__ import annotations

from datetime import UTC, datetime

from k6desk.core.compare.run_comparison import change
from k6desk.core.compare.trend import Point, Trend
from k6desk.core.metrics.units import words
from k6desk.ui import text
from k6desk.ui.compare.cells import Cell
from k6desk.ui.compare.words import relative_words

TITLES = (Cell("Run"), Cell("Value"), Cell("Against the run before"), Cell("Thresholds"))


def point_words(trend: Trend, point: Point, now: datetime) -> str:
    """A run and its value: "Run 123 · today 14:03 · Failed · 310 ms, against p(95)<300"."""
    crossed = "".join(f", against {text.one_line(limit.source, 60)}" for limit in point.crossed)
    when = text.when(point.run.created_at, now)
    return f"Run {point.run.id} · {when} · {text.outcome_word(point.run)} · {value_words(trend, point)}{crossed}"


def value_words(trend: Trend, point: Point) -> str:
    """The value of a run, or why there is none."""
    aggregate = trend.aggregate
    if point.value is None:
        return "no data" if point.is_known else "not loaded"
    return words(point.value, aggregate.unit, per_s=aggregate.per_s)


def usual_words(trend: Trend) -> str:
    """How many runs failed, and how the newest stands against the others."""
    failed = sum(point.has_failed for point in trend.points)
    said = f"{text.count(len(trend.points), 'run')}, {failed:,} of them failed or were stopped" if failed else ""
    said = said or text.count(len(trend.points), "run")
    usual = trend.against_usual
    if usual is None or usual[0].value is None:
        return f"{said}."
    point, median = usual
    assert point.value is not None
    aggregate = trend.aggregate
    against = relative_words(change(median, point.value, aggregate.unit, "neither"))
    value = words(point.value, aggregate.unit, per_s=aggregate.per_s)
    before = words(median, aggregate.unit, per_s=aggregate.per_s)
    amount = f" ({against})" if against else ""
    return f"{said}. The last one that ended has {value}, against a median of {before} before it{amount}."


def unknown_words(trend: Trend) -> str:
    """How many values are not known here; "" if all are."""
    unknown = sum(not point.is_known for point in trend.points)
    return f"The values of {text.count(unknown, 'run')} were never loaded on this computer." if unknown else ""


def row_cells(trend: Trend, at: int) -> list[Cell]:
    """A run as a row of the table."""
    point = trend.points[at]
    before = next((one.value for one in reversed(trend.points[:at]) if one.value is not None), None)
    became = change(before, point.value, trend.aggregate.unit, "neither")
    kept = "crossed" if point.crossed else "kept" if trend.limits and point.value is not None else ""
    limits = point.crossed or (trend.limits if kept else ())
    outcome, when = text.outcome_word(point.run), text.when(point.run.created_at, datetime.now(UTC))
    role = "failed" if point.run.result == "failed" else "warning" if point.has_failed else "muted"
    return [
        Cell(f"Run {point.run.id}", f"{outcome}, {when}", role, text.exact(point.run.created_at)),
        Cell(value_words(trend, point)),
        Cell(relative_words(became) or "–"),
        Cell(
            ", ".join(text.one_line(one.source, 60) for one in limits) or "–",
            kept,
            "failed" if point.crossed else "muted",
        ),
    ]
