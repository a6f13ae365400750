"""A path through many points."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QPainterPath

from k6desk.ui.charts.path import path_of

VALUE = st.floats(-1e9, 1e9) | st.just(float("nan")) | st.just(float("inf"))


@given(st.lists(VALUE, max_size=30))
def test_it_is_the_path_that_qt_draws_point_by_point(values):
    expected = QPainterPath()
    is_broken = True
    for time, value in enumerate(values):
        if not np.isfinite(value):
            is_broken = True
            continue
        if is_broken:
            expected.moveTo(time, value)
        else:
            expected.lineTo(time, value)
        is_broken = False
    path = path_of(np.arange(len(values), dtype=float), np.array(values, dtype=float))
    assert lines(path) == lines(expected)


def lines(path: QPainterPath) -> list[list[tuple[float, float]]]:
    """What is drawn: a point alone is not."""
    found = ([(point.x(), point.y()) for point in part] for part in path.toSubpathPolygons())
    return [part for part in found if len(part) > 1]
