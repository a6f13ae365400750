"""Lines of series: gaps where samples are missing, and the value at a time."""

from __future__ import annotations

from array import array
from math import inf, isnan, nan

import numpy as np
import pytest

from k6desk.api.metrics import Series
from k6desk.ui.charts.lines import Line, line_of


def _series(times: list[float], values: list[float]) -> Series:
    return Series({}, array("d", times).tobytes(), array("d", values).tobytes())


def test_times_count_from_the_origin_and_what_is_no_number_is_a_gap():
    line = line_of("p95", _series([1000, 1003, 1006, 1009], [1.0, inf, 1e308, 3.0]), 1000)
    assert line.times.tolist() == [0, 3, 6, 9]
    assert np.isnan(line.values).tolist() == [False, True, True, False]
    assert (line.step, line.latest) == (3, 3.0)


@pytest.mark.parametrize(("missing", "is_broken"), [(1, False), (2, False), (3, True)])
def test_a_line_breaks_where_more_than_two_samples_are_missing(missing, is_broken):
    after = 9 + 3 * (missing + 1)
    times = [0, 3, 6, 9, after, after + 3, after + 6]
    line = line_of("rps", _series(times, [1.0] * 7), 0)
    assert bool(np.isnan(line.values).any()) is is_broken
    assert line.value_at(after) == 1.0


def test_what_is_counted_is_zero_where_a_sample_is_missing():
    line = line_of("rps", _series([3, 6, 15, 18], [1.0, 2.0, 3.0, 4.0]), 3, is_count=True)
    assert line.times.tolist() == [0, 3, 6, 9, 12, 15]
    assert line.values.tolist() == [1.0, 2.0, 0.0, 0.0, 3.0, 4.0]
    assert line_of("rps", _series([3], [1.0]), 3, is_count=True).values.tolist() == [1.0]


def test_nothing_is_made_up_between_samples_that_keep_no_step():
    times = [0.0, 3.0, 7.0, 10.0]
    assert line_of("rps", _series(times, [1.0] * 4), 0, is_count=True).times.tolist() == times
    days = [0.0, 0.1, 864_000.0]
    assert line_of("rps", _series(days, [1.0] * 3), 0, is_count=True).times.tolist() == days


def test_samples_out_of_order_twice_or_without_a_partner_do_no_harm():
    line = line_of("rps", _series([3, 0, nan, 3, 6], [2.0, 1.0, 9.0, 5.0]), 0)
    assert line.times.tolist() == [0, 3]
    assert line.values.tolist() == [1.0, 2.0]


def test_a_line_is_as_it_was_when_its_samples_are():
    line, again = (line_of("p95", _series([0, 3, 6], [1, nan, 3]), 0) for _ in range(2))
    assert line.has_samples_of(again)
    assert line.looks_like(again)
    assert not line.has_samples_of(line_of("p95", _series([0, 3, 6], [1, 2, 3]), 0))
    assert not line.looks_like(line_of("p95", _series([0], [1]), 0, role=2))


def test_the_value_at_a_time_is_that_of_the_nearest_sample_or_none():
    line = Line("p95", np.array([0.0, 3.0, 6.0]), np.array([1.0, nan, 3.0]))
    assert line.value_at(1.4) == 1.0
    assert isnan(line.value_at(3))
    assert line.value_at(6.5) == 3.0
    assert isnan(line.value_at(30))
    assert isnan(Line("", np.empty(0), np.empty(0)).value_at(0))


def test_a_step_holds_its_value_until_the_next_sample():
    line = Line("VUs", np.array([0.0, 3.0]), np.array([1.0, 2.0]), as_steps=True)
    assert line.value_at(2.9) == 1.0
    assert line.value_at(5.9) == 2.0
