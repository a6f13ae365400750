"""The phases of a run's load as its options plan them."""

from __future__ import annotations

import time
from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.core.metrics.phases import MOST, phases_of


def stages(*pairs):
    return [{"duration": duration, "target": target} for duration, target in pairs]


def told(options, duration_s=None):
    return [(phase.name, phase.start_s, phase.end_s) for phase in phases_of(options, duration_s)]


def test_stages_ramp_stay_and_ramp():
    options = {"stages": stages(("30s", 15), ("90s", 15), ("20s", 30), ("20s", 0))}
    assert told(options) == [
        ("Ramp up to 15", 0, 30),
        ("Steady at 15", 30, 120),
        ("Ramp up to 30", 120, 140),
        ("Ramp down", 140, 160),
    ]
    assert [phase.vus for phase in phases_of(options, None)] == [15, 15, 30, 0]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (None, []),
        ({"vus": 10}, []),
        ({"vus": 10, "duration": "1m"}, [("Steady at 10", 0, 60)]),
        ({"vus": 3, "iterations": 9}, [("Steady at 3", 0, 100)]),
        ({"vus": 3, "iterations": 9, "duration": "40s"}, [("Steady at 3", 0, 40)]),
        # Iterations a second, whatever they are counted in
        ({"scenarios": {"a": {"executor": "constant-arrival-rate", "rate": 90, "timeUnit": "1m", "duration": "30s"}}},
         [("Steady at 1.5/s", 0, 30)]),
        ({"scenarios": {"a": {"executor": "ramping-arrival-rate", "startTime": "10s", "startRate": 5,
                              "stages": stages(("20s", 50), ("0s", 200), ("10s", 200))}}},
         [("Ramp up to 50/s", 10, 30), ("Steady at 200/s", 30, 40)]),
        # Scenarios that follow each other with a pause, and ones that overlap: the total decides
        ({"scenarios": {"a": {"executor": "constant-vus", "vus": 5, "duration": "20s"},
                        "b": {"executor": "constant-vus", "vus": 8, "duration": "20s", "startTime": "30s"}}},
         [("Steady at 5", 0, 20), ("No load", 20, 30), ("Steady at 8", 30, 50)]),
        ({"scenarios": {"a": {"executor": "constant-vus", "vus": 5, "duration": "60s"},
                        "b": {"executor": "ramping-vus", "startVUs": 0, "startTime": "20s",
                              "stages": stages(("20s", 5), ("20s", 0))}}},
         [("Steady at 5", 0, 20), ("Ramp up to 10", 20, 40), ("Ramp down to 5", 40, 60)]),
        # VUs and rates do not add up, nor does what is steered from outside
        ({"scenarios": {"users": {"executor": "constant-vus", "vus": 5, "duration": "60s"},
                        "orders": {"executor": "constant-arrival-rate", "rate": 2, "duration": "20s",
                                   "startTime": "10s"}}},
         [("users", 0, 60), ("orders", 10, 30)]),
        ({"scenarios": {"by hand": {"executor": "externally-controlled", "vus": 5, "duration": "60s"}}},
         [("by hand", 0, 60)]),
        ({"scenarios": {"new": {"executor": "from-the-future"}}}, [("new", 0, 100)]),
        # A stage that cannot be read ends what is known
        ({"stages": [{"duration": "20s", "target": 5}, {"duration": "soon", "target": 9}, None]},
         [("Ramp up to 5", 0, 20)]),
    ],
)  # fmt: skip
def test_options_of_any_shape(options, expected):
    assert told(options, 100) == expected


def test_a_short_height_between_two_loads_is_a_spike():
    steady_first = stages(("1m", 10), ("2m", 10))
    held = told({"stages": [*steady_first, *stages(("5s", 90), ("10s", 90), ("5s", 10), ("2m", 10), ("10s", 0))]})
    assert held[2:] == [("Spike to 90", 180, 200), ("Steady at 10", 200, 320), ("Ramp down", 320, 330)]
    jumped = told({"stages": [*steady_first, *stages(("0s", 90), ("10s", 90), ("0s", 10), ("2m", 10))]})
    assert jumped[2] == ("Spike to 90", 180, 190)
    long = told({"stages": [*steady_first, *stages(("5s", 90), ("10m", 90), ("5s", 10), ("2m", 10))]})
    assert long[2:4] == [("Ramp up to 90", 180, 185), ("Steady at 90", 185, 785)]


def test_what_did_not_come_to_pass_is_cut_off():
    options = {"stages": stages(("30s", 15), ("90s", 15), ("20s", 0))}
    assert told(options, 50) == [("Ramp up to 15", 0, 30), ("Steady at 15", 30, 50)]


def test_a_staircase_without_end_is_one_span():
    options = {
        "scenarios": {"stairs": {"executor": "ramping-vus", "stages": stages(*((1000, n) for n in range(9000)))}}
    }
    assert told(options) == [("stairs", 0, 9000)]


def test_options_without_end_take_no_time():
    stairs = {"executor": "ramping-vus", "stages": stages(*((1000, n) for n in range(9000)))}
    begun = time.perf_counter()
    assert len(phases_of({"scenarios": {str(at): stairs for at in range(5000)}}, None)) <= MOST
    assert time.perf_counter() - begun < 0.5


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["1s", "2m", "0", "1h", "9" * 400 + "h", 10**400, -1, "constant-vus", "ramping-vus"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
spans = st.sampled_from(["0s", "1s", "90s", 250, "1h30m", "0.1ms", "soon", None])
levels = st.sampled_from([0, 1, 3, 10, 1e9, 0.1, -2, float("nan"), "ten", None])
scenarios = st.fixed_dictionaries(
    {"executor": st.sampled_from(
        ["constant-vus", "ramping-vus", "constant-arrival-rate", "ramping-arrival-rate", "shared-iterations",
         "per-vu-iterations", "externally-controlled", "?"])},
    optional={
        "vus": levels, "rate": levels, "startVUs": levels, "startRate": levels, "duration": spans, "timeUnit": spans,
        "startTime": spans, "maxDuration": spans, "gracefulStop": anything,
        "stages": st.lists(st.fixed_dictionaries({"duration": spans, "target": levels}) | anything, max_size=6),
    },
)  # fmt: skip


@given(
    st.one_of(
        st.dictionaries(st.sampled_from(["vus", "duration", "stages", "iterations", "scenarios"]), anything),
        st.fixed_dictionaries({"scenarios": st.dictionaries(st.text(max_size=3), scenarios | anything, max_size=5)}),
    ),
    st.none() | st.floats(),
)
def test_nonsense_gives_phases_in_order_or_none(options, duration_s):
    phases = phases_of(options, duration_s)
    assert len(phases) <= MOST
    for phase in phases:
        assert phase.name is not None
        assert 0 <= phase.start_s < phase.end_s
        assert isfinite(phase.end_s)
        assert phase.vus is None or phase.vus >= 0
    if not any(phase.kind == "scenario" for phase in phases):
        assert all(one.end_s <= other.start_s for one, other in pairwise(phases))
