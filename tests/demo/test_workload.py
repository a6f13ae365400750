from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.demo.workload import arrivals, browser, go_span, ramp, span, steady


def test_ramps_bill_the_area_under_their_stages():
    workload = ramp((30, 15), (90, 15), (20, 30), (20, 0))
    assert workload.duration_s == 160
    assert workload.max_vus == 30
    assert workload.vu_s == 30 * 7.5 + 90 * 15 + 20 * 22.5 + 20 * 15


def test_browser_and_protocol_users_are_counted_apart():
    workload = browser(5, 900, (120, 60), (780, 60))
    assert (workload.max_vus, workload.max_browser_vus) == (65, 5)
    assert workload.browser_vu_s == 4500
    assert workload.vu_s == 120 * 30 + 780 * 60
    assert set(workload.options["scenarios"]) == {"ui", "api"}


def test_constant_users_and_constant_arrivals_are_k6_options():
    assert steady(10, 90).options == {"vus": 10, "duration": "1m30s"}
    assert arrivals(20, 30, 60).options["scenarios"]["steady_rate"]["executor"] == "constant-arrival-rate"


@pytest.mark.parametrize(
    ("seconds", "short", "go"),
    [(0, "0s", "0s"), (45, "45s", "45s"), (600, "10m", "10m0s"), (5400, "1h30m", "1h30m0s"), (3605, "1h5s", "1h0m5s")],
)
def test_spans_are_written_as_people_and_as_k6_do(seconds, short, go):
    assert span(seconds) == short
    assert go_span(seconds) == go


@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 500)), min_size=1, max_size=6))
def test_a_ramp_never_bills_more_than_its_peak(stages):
    workload = ramp(*stages)
    assert 0 <= workload.vu_s <= workload.max_vus * workload.duration_s
