"""What runs were told to do differently."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from k6desk.api.models import Cost, Run, RunDetail, ZoneShare
from k6desk.core.compare.run_differences import Difference, cost_differences, option_differences, place_differences
from k6desk.data.secrets import MASK

RUN = Run(1, 10, 1, "completed", datetime(2026, 4, 6, tzinfo=UTC))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=12,
)
OPTIONS = st.dictionaries(st.text(max_size=6), JSON, max_size=4)


def detail(options: dict | None = None, **fields: object) -> RunDetail:
    return RunDetail(RUN, options=options, **fields)


def test_options_are_compared_path_by_path():
    one = {"vus": 10, "scenarios": {"main": {"stages": [{"duration": "1m", "target": 20}]}}, "tags": {}}
    two = {"vus": 10, "scenarios": {"main": {"stages": [{"duration": "1m", "target": 50}, {"target": 0}]}}}
    assert option_differences([detail(one), detail(two)]) == [
        Difference("scenarios.main.stages[0].target", ("20", "50")),
        Difference("tags", ("{}", None)),
        Difference("scenarios.main.stages[1].target", (None, "0")),
    ]


def test_no_secret_is_among_them():
    one, two = ({"cloud": {"token": token}, "env": {"KEY": token}} for token in ("first secret", "second secret"))
    found = option_differences([detail(one), detail(two), detail({})])
    assert found == [Difference(path, (MASK, MASK, None)) for path in ("cloud.token", "env.KEY")]


@given(OPTIONS)
def test_options_are_not_different_from_themselves(options):
    assert option_differences([detail(options), detail(options)]) == []


@given(OPTIONS, OPTIONS)
def test_the_same_paths_are_found_from_either_side(one, two):
    there = option_differences([detail(one), detail(two)])
    back = option_differences([detail(two), detail(one)])
    assert {found.name: found.values for found in there} == {found.name: found.values[::-1] for found in back}


def test_costs_and_places():
    one = detail(None, cost=Cost(6.75, 10, 10, 0, 32.5, {"volume": 10, "local_run": 25}), k6_versions={"k6": "1.0"})
    two = detail(None, cost=Cost(9, 10, 10, 0, 10, {"volume": 10}), distribution=(ZoneShare("amazon:us:ashburn", 100),))
    assert cost_differences([one, two]) == [
        Difference("VUH", ("6.75", "9.00")),
        Difference("Reduction: local_run", ("25 %", None)),
    ]
    assert place_differences([one, two]) == [
        Difference("k6", ("1.0", None)),
        Difference("Load from amazon:us:ashburn", (None, "100 %")),
    ]
