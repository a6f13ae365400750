"""Thinned lines keep every spike and every gap."""

from __future__ import annotations

from math import nan

import numpy as np

from k6desk.ui.charts.lines import Line
from k6desk.ui.charts.peaks import dots, extremes, part, thinned


def test_one_spike_and_one_dip_among_many_samples_stay():
    times = np.arange(100_000.0)
    values = np.ones(100_000)
    values[[4_321, 77_777]] = 50, -50
    few_times, few = thinned(times, values, 200)
    assert len(few) == len(few_times) == 1000
    assert (few.max(), few.min()) == (50, -50)
    assert (np.diff(few_times) >= 0).all()


def test_a_gap_that_can_be_seen_stays_and_a_spike_beside_it_too():
    times = np.arange(3000.0)
    values = np.ones(3000)
    values[1000:2000] = nan
    values[999] = 7
    few_times, few = thinned(times, values, 30)
    assert np.nanmax(few) == 7
    assert np.isnan(few[(few_times > 1050) & (few_times < 1950)]).all()


def test_earlier_spans_do_not_change_when_samples_are_added():
    values = np.random.default_rng(1).normal(size=2000)
    less, more = (thinned(np.arange(float(n)), values[:n], 25)[1] for n in (1900, 2000))
    assert np.array_equal(less[:-4], more[: len(less) - 4])


def test_a_part_begins_and_ends_where_the_line_enters_and_leaves():
    line = Line("", np.array([0.0, 10.0, 20.0]), np.array([0.0, 100.0, 0.0]))
    times, values = part(line, 5, 18)
    assert times.tolist() == [5, 10, 18]
    assert np.allclose(values, [50, 100, 20])
    assert part(line, 12, 14)[1].tolist() == [80, 60]
    assert extremes(line, 5, 8) == (50, 80)
    assert extremes(line, 30, 40) is None


def test_steps_enter_with_the_value_they_hold():
    line = Line("", np.array([0.0, 10.0, 20.0]), np.array([1.0, 2.0, 3.0]), as_steps=True)
    assert [each.tolist() for each in part(line, 5, 15)] == [[5, 10], [1, 2]]


def test_only_samples_without_neighbours_are_dots():
    line = Line("", np.arange(6.0), np.array([1, nan, 2, 3, nan, 4]))
    assert dots(line, 0, 10)[0].tolist() == [0, 5]
    assert dots(line, 1, 4)[0].tolist() == []
