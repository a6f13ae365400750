"""Figures in the form in which k6 prints them."""

from __future__ import annotations

import pytest

from k6desk.core.summary.k6_figures import plain, printed


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0, "ms", "0s"),
        (0.0000125, "ms", "12ns"),
        (0.0505281, "ms", "50.52µs"),
        (5.716761, "ms", "5.71ms"),
        (310.0, "ms", "310ms"),
        (1518.851933, "ms", "1.51s"),
        (65_400, "ms", "1m5s"),
        (3_725_000, "ms", "1h2m5s"),
        (0.9814317, "share", "98.14%"),
        (1.0, "share", "100.00%"),
        (0.29, "share", "29.00%"),
        (227_970, "bytes", "228 kB"),
        (1417.97, "bytes", "1.4 kB"),
        (9, "bytes", "9 B"),
        (18.5356612257, "count", "18.535661"),
        (2980, "count", "2980"),
        (None, "ms", "–"),
        (float("nan"), "count", "–"),
    ],
)
def test_figures_are_cut_off_as_k6_does_it(value, unit, words):
    assert printed(value, unit) == words


def test_figures_have_no_needless_zeros():
    assert [plain(value, 2) for value in (3.0, 2.5, -0.001, 1.005e6)] == ["3", "2.5", "0", "1005000"]
