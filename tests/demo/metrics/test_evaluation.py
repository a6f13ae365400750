"""The methods, on a table that is small enough to count by hand, and on the recorded run."""

from __future__ import annotations

import math

import numpy as np
import pytest

from k6desk.demo.errors import Refusal
from k6desk.demo.metrics.evaluation import Bins, evaluate
from k6desk.demo.metrics.expressions import read_expression, read_selector
from k6desk.demo.metrics.tables import Table

LABELS = [{"name": "a", "zone": "x"}, {"name": "b", "zone": "x"}, {"name": "c"}]
SERIES, STEP = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 1, 3, 1, 2, 1])


def bins(of_step, length_s):
    """Bins of these steps; the first step of each tells when it is."""
    counts = np.bincount(of_step, minlength=len(length_s))
    at_s = np.array([0.0, *(1000.0 + 3 * of_step.tolist().index(i) for i in range(1, len(length_s)))])
    end_s = np.maximum(np.cumsum(counts), 1) * 3.0
    return Bins(of_step, 1000.0 + 3 * np.arange(len(of_step)), np.array(length_s), end_s, at_s)


EACH = bins(np.array([1, 2, 3, 4]), [3.0] * 5)
PAIRS = bins(np.array([1, 1, 2, 2]), [3.0, 6.0, 6.0])
ALL = bins(np.array([1, 1, 1, 1]), [3.0, 12.0])
LAST_TWO = bins(np.array([0, 0, 1, 1]), [6.0, 6.0])


def ask(table, query, in_bins=EACH, selector="m"):
    curves = evaluate(table, read_expression(query), read_selector(selector), in_bins)
    return {tuple(curve.labels.values()): [None if math.isnan(v) else v for v in curve.values] for curve in curves}


COUNTER = Table("counter", LABELS, SERIES, STEP, {"sum": np.array([3.0, 6, 12, 9, 30, 90])})
RATE = Table(
    "rate", LABELS, SERIES, STEP, {"total": np.array([4.0, 4, 2, 1, 1, 8]), "nonzero": np.array([1.0, 4, 0, 1, 0, 8])}
)
GAUGE = Table(
    "gauge",
    LABELS,
    SERIES,
    STEP,
    {
        "last": np.array([5.0, 7, 2, 20, 30, 1]),
        "min": np.array([1.0, 5, 2, 10, 20, 1]),
        "max": np.array([6.0, 9, 7, 20, 30, 1]),
        "avg": np.array([3.0, 7, 5, 15, 25, 1]),
    },
)
TREND = Table(
    "trend",
    LABELS,
    SERIES,
    STEP,
    {
        "count": np.array([10.0, 10, 20, 30, 10, 20]),
        "avg": np.array([50.0, 150, 50, 250, 450, 5]),
        "knots": np.array([[0.0, 100], [100, 200], [0, 100], [200, 300], [400, 500], [5, 5]]),
    },
    (0.0, 1.0),
)


def test_counters():
    assert ask(COUNTER, "increase") == {(): [3, 105, 30, 12]}
    assert ask(COUNTER, "rate", PAIRS) == {(): [18, 7]}
    assert ask(COUNTER, "value by (name)") == {
        ("a",): [3, 9, 9, 21],
        ("b",): [None, 9, 39, 39],
        ("c",): [None, 90, 90, 90],
    }
    assert ask(COUNTER, "cumrate", PAIRS) == {(): [18, 12.5]}
    assert ask(COUNTER, "increase", LAST_TWO) == {(): [42]}
    assert ask(COUNTER, "value", LAST_TWO) == {(): [150]}
    assert ask(COUNTER, "max_rate(3s)", ALL) == {(): [35]}
    assert ask(COUNTER, "max_rate(6s)", ALL) == {(): [22.5]}
    assert ask(COUNTER, "increase by (zone)", ALL) == {("x",): [60], (): [90]}
    assert ask(COUNTER, "increase by (name)", ALL, 'm{zone="x",name!="a"}') == {("b",): [39]}


def test_folds():
    assert ask(COUNTER, "max(increase by (name))") == {(): [3, 90, 30, 12]}
    assert ask(COUNTER, "avg(increase by (name,zone)) by (zone)", ALL) == {("x",): [30], (): [90]}
    assert ask(COUNTER, "min(value by (name))") == {(): [3, 9, 9, 21]}


def test_rates():
    assert ask(RATE, "ratio") == {(): [0.25, 1, 0, 0]}
    assert ask(RATE, "ratio by (name)", ALL) == {("a",): [0.5], ("b",): [0.5], ("c",): [1]}
    assert ask(RATE, "increase_z", ALL) == {(): [6]}
    assert ask(RATE, "rate_total", PAIRS) == {(): [17 / 6, 0.5]}
    assert ask(RATE, "value_nz", PAIRS) == {(): [14, 14]}


def test_gauges():
    assert ask(GAUGE, "last by (name)", PAIRS) == {("a",): [7, 2], ("b",): [20, 30], ("c",): [1, None]}
    assert ask(GAUGE, "sum(last by (name))", PAIRS) == {(): [28, 32]}
    assert ask(GAUGE, "min", ALL) == ask(GAUGE, "min", bins(np.array([1, 1, 1, 1]), [3.0, 12.0])) == {(): [1]}
    assert ask(GAUGE, "max", PAIRS) == {(): [20, 30]}
    assert ask(GAUGE, "avg by (name)", ALL) == {("a",): [5], ("b",): [20], ("c",): [1]}
    assert ask(GAUGE, "last_time by (name)", ALL) == {("a",): [1009], ("b",): [1006], ("c",): [1003]}


def test_trends():
    assert ask(TREND, "histogram_min by (name)", ALL) == {("a",): [0], ("b",): [200], ("c",): [5]}
    assert ask(TREND, "histogram_max", PAIRS) == {(): [300, 500]}
    assert ask(TREND, "histogram_avg", ALL)[()] == [pytest.approx(151)]
    assert ask(TREND, "histogram_count_increase", ALL) == {(): [100]}
    assert ask(TREND, "histogram_count_value by (name)") == {
        ("a",): [10, 20, 20, 40],
        ("b",): [None, 30, 40, 40],
        ("c",): [None, 20, 20, 20],
    }
    # Of 40 values 30 are spread over 0 to 100 and 10 over 100 to 200.
    for share, value in ((0, 0), (0.375, 50), (0.75, 100), (0.875, 150), (1, 200)):
        assert ask(TREND, f"histogram_quantile({share}) by (name)", ALL)[("a",)] == [pytest.approx(value, abs=1e-4)]
    assert ask(TREND, "histogram_quantile(0.5) by (name)", ALL)[("c",)] == [pytest.approx(5)]
    assert ask(TREND, "histogram_stddev by (name)", ALL)[("c",)] == [0]
    assert ask(TREND, "histogram_stddev by (name)")[("b",)][1] == pytest.approx(100 / math.sqrt(12))


@pytest.mark.parametrize(
    ("table", "query"),
    [
        (COUNTER, "last"),
        (COUNTER, "ratio"),
        (RATE, "rate"),
        (GAUGE, "rate"),
        (TREND, "avg"),
        (TREND, "histogram_quantile"),
        (TREND, "histogram_quantile(1.1)"),
        (COUNTER, "max_rate"),
        (COUNTER, "rate(5)"),
        (COUNTER, "nonsense"),
    ],
)
def test_a_method_that_the_type_does_not_have_is_refused(table, query):
    with pytest.raises(Refusal) as caught:
        ask(table, query)
    assert (caught.value.status_code, caught.value.target) == (400, "query")
