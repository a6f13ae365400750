from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from k6desk.demo.cost import cost_of
from k6desk.demo.workload import browser, steady


def test_reductions_compound():
    cost = cost_of(steady(10, 3600), 1, {"volume": 10, "local_run": 25})
    assert cost.base_total_vuh == 10
    assert cost.reduction_rate == Decimal("32.5")
    assert cost.total_vuh == Decimal("6.75")


def test_browser_users_cost_ten_times_as_much():
    cost = cost_of(browser(2, 3600, (3600, 0)), 1, {})
    assert (cost.protocol_vuh, cost.browser_vuh, cost.total_vuh) == (0, 20, 20)


@given(st.dictionaries(st.text(max_size=5), st.integers(0, 100), max_size=4), st.floats(0, 1))
def test_parts_rates_and_total_always_agree(reductions, share):
    cost = cost_of(browser(3, 900, (300, 50), (600, 50)), share, reductions)
    assert cost.total_vuh == cost.protocol_vuh + cost.browser_vuh
    assert cost.total_vuh == cost.base_total_vuh * (100 - cost.reduction_rate) / 100
    assert 0 <= cost.total_vuh <= cost.base_total_vuh
