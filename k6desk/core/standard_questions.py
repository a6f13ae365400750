"""Everything that the pages of a run's results begin with and that a comparison asks for, for a run kept whole."""

from __future__ import annotations

from collections.abc import Sequence

from k6desk.api.metrics import Metric
from k6desk.api.models import RunDetail
from k6desk.core.compare.run_comparison import CURVE_ASKS, FIGURE_ASKS, REQUEST_ASKS
from k6desk.core.metrics import requests, standard_charts
from k6desk.core.metrics.asked import Asked, Known
from k6desk.core.summary import summary
from k6desk.core.thresholds.thresholds import thresholds_of
from k6desk.data.stored import Stored


def standard_questions(
    metrics: Sequence[Metric] | None, detail: Stored[RunDetail] | None, known: Known
) -> tuple[Asked, ...]:
    """What to ask of a run with these metrics and details; `known` is what is known of it already."""
    thresholds = thresholds_of(detail.value.options if detail else None)
    asked = [*summary.asks(metrics or (), thresholds), *standard_charts.asks(metrics), *requests.asks(known)]
    return tuple(dict.fromkeys([*asked, *FIGURE_ASKS, *CURVE_ASKS, *REQUEST_ASKS]))
