"""Which thresholds of a run can be drawn across which chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from k6desk.api.metrics import Matcher
from k6desk.core.metrics.standard_charts import ChartSpec
from k6desk.core.thresholds.thresholds import Threshold, Verdict

MOST = 6
"""More lines across a chart hide what is drawn in it."""


def limits_of(
    chart: ChartSpec, verdicts: Sequence[Verdict], types: Mapping[str, str], matchers: tuple[Matcher, ...]
) -> tuple[Verdict, ...]:
    """The verdicts whose limit is in the unit of this chart and about the samples that it shows.

    `types` are the types of the metrics by their names, and `matchers` what the chart is filtered by.
    """
    return tuple(verdict for verdict in verdicts if _fits(chart, verdict.threshold, types, matchers))[:MOST]


def _fits(chart: ChartSpec, threshold: Threshold, types: Mapping[str, str], matchers: tuple[Matcher, ...]) -> bool:
    kind, query = types.get(threshold.metric, ""), threshold.query(types.get(threshold.metric, ""))
    if threshold.metric not in chart.metrics or query is None or threshold.limit is None:
        return False
    if kind == "counter" and (threshold.aggregate != "rate" or not chart.per_s):
        return False  # a sum over the whole run
    if chart.label and not any(line.query.method == query.method for line in chart.lines):
        return False
    shown = matchers if any(line.query.matchers for line in chart.lines) else ()
    return any(set(threshold.matchers) == set(each) for each in _parts(chart, threshold, shown))


def _parts(chart: ChartSpec, threshold: Threshold, matchers: tuple[Matcher, ...]) -> Iterator[tuple[Matcher, ...]]:
    """What matches all samples of the chart, and what matches those of one of its series."""
    yield matchers
    for matcher in threshold.matchers:
        if matcher.label == chart.label and matcher.operator == "=":
            yield (*matchers, matcher)
