"""Scales have round figures in one unit and hold what they are for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.ui.charts.scale import scale_of


@pytest.mark.parametrize(
    ("high", "unit", "per_s", "words"),
    [
        (310, "ms", False, ["0", "100 ms", "200 ms", "300 ms", "400 ms"]),
        (980, "ms", False, ["0", "0.5 s", "1.0 s"]),
        (1900, "ms", False, ["0", "0.5 s", "1.0 s", "1.5 s", "2.0 s"]),
        (0.034, "share", False, ["0", "1 %", "2 %", "3 %", "4 %"]),
        (1, "share", False, ["0", "50 %", "100 %"]),
        (1.7e6, "bytes", True, ["0", "0.5 MB/s", "1.0 MB/s", "1.5 MB/s", "2.0 MB/s"]),
        (3, "count", False, ["0", "1", "2", "3"]),
        (3, "count", True, ["0", "1/s", "2/s", "3/s"]),
        (0, "count", False, ["0", "1"]),
        (1e-9, "count", False, ["0", "1"]),
        (0, "share", False, ["0", "0.5 %", "1.0 %"]),
    ],
)
def test_words_of_a_scale(high, unit, per_s, words):
    assert [word for _, word in scale_of(0, high, unit, per_s=per_s, ticks=4).ticks] == words


@given(
    st.floats(-1e12, 1e12),
    st.floats(0, 1e12),
    st.sampled_from(["ms", "bytes", "share", "count", ""]),
    st.integers(1, 9),
    st.booleans(),
)
def test_every_scale_holds_its_values_on_few_ticks(low, span, unit, ticks, from_zero):
    scale = scale_of(low, low + span, unit, ticks=ticks, from_zero=from_zero)
    slack = 1e-6 * max(abs(low), abs(low + span)) + 1e-12
    assert scale.low <= low + slack
    assert scale.high >= low + span - slack
    assert scale.low < scale.high
    assert 2 <= len(scale.ticks) <= ticks + 3
