"""Values of metrics in words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.core.metrics.units import figure, unit_of, words


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (310.27, "ms", "310 ms"),
        (5.716761, "ms", "5.72 ms"),
        (0.0096, "ms", "9.6 µs"),
        (0.9999, "ms", "1 ms"),
        (1.5e-7, "ms", "0 ms"),
        (0, "ms", "0 ms"),
        (1518.85, "ms", "1.52 s"),
        (61_000, "ms", "1 min 01 s"),
        (3_720_000, "ms", "1 h 02 min"),
        (1_712_630, "bytes", "1.71 MB"),
        (227_970, "bytes", "228 kB"),
        (999, "bytes", "999 B"),
        (0.0278523, "share", "2.79 %"),
        (1, "share", "100 %"),
        (0.9994, "share", "99.9 %"),
        (0.9998, "share", "99.98 %"),
        (0.999999, "share", ">99.99 %"),
        (2980, "count", "2,980"),
        (30, "", "30"),
        (None, "ms", "–"),
        (math.nan, "ms", "–"),
        (math.inf, "count", "–"),
    ],
)
def test_a_value_is_said_in_its_unit(value, unit, said):
    assert words(value, unit) == said


def test_what_comes_every_second_says_so():
    assert words(18.5357, "count", per_s=True) == "18.5/s"
    assert words(10652.6, "bytes", per_s=True) == "10.7 kB/s"
    assert words(1 / 3600, "count", per_s=True) == "1/h"
    assert words(0, "count", per_s=True) == "0/s"


@pytest.mark.parametrize(
    ("metric", "kind", "unit"),
    [
        ("http_req_duration", "trend", "ms"),
        ("iteration_duration", "trend", "ms"),
        ("browser_web_vital_lcp", "trend", "ms"),
        ("browser_web_vital_cls", "trend", ""),
        ("search_hits", "trend", ""),
        ("data_received", "counter", "bytes"),
        ("http_reqs", "counter", "count"),
        ("http_req_failed", "rate", "share"),
        ("vus", "gauge", "count"),
        ("my_gauge", "gauge", ""),
        ("anything", "a type of tomorrow", ""),
    ],
)
def test_the_unit_is_known_by_the_metric(metric, kind, unit):
    assert unit_of(metric, kind) == unit


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["ms", "bytes", "share", "count", ""]))
def test_every_number_has_words(value, unit):
    assert words(value, unit)


@given(st.floats(0.001, 1e9))
def test_a_figure_is_near_its_number(value):
    shown = float(figure(value).replace(",", ""))
    assert shown == pytest.approx(value, rel=0.0051)
