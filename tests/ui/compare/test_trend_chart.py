"""Painting a trend: what cannot be drawn must not end the program, for Qt calls Python there."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from math import inf, nan

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPaintEvent

from k6desk.api.models import Run
from k6desk.core.compare.trend import STANDARD, aggregates_of, trend_of
from k6desk.core.thresholds.thresholds import thresholds_of
from k6desk.ui.compare.trend_chart import TrendChart

ODD = (0.0, 1e-320, 1e99, -1e99, 1e308, -1e308, inf, nan, None)


@pytest.mark.parametrize("size", [QSize(1, 1), QSize(400, 200)], ids=["no room", "room"])
@pytest.mark.parametrize("metric", STANDARD, ids=lambda metric: metric.name)
def test_odd_values_are_drawn(dressed, metric, size):
    options = {"thresholds": {metric.name: ["p(95)<300", "rate<1e308", "count>-5"]}}
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    chart, ground = TrendChart(), QRect(0, 0, 1, 1)
    chart.setMinimumSize(1, 1)
    chart.resize(size)
    for aggregate, (one, other) in product(aggregates_of(metric), product(ODD, ODD)):
        runs = [Run(1, 10, 1, "completed", first, "passed"), Run(2, 10, 1, "odd", last, "odder")]
        values = {run_id: value for run_id, value in ((1, one), (2, other)) if value is not None}
        chart.show_trend(trend_of(aggregate, runs, values, thresholds_of(options)))
        chart.paintEvent(QPaintEvent(ground))  # not by Qt: an error comes out here
    chart.show_trend(trend_of(aggregates_of(metric)[0], [], {}))
    chart.paintEvent(QPaintEvent(ground))
    chart.deleteLater()
