from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.demo.estimates import OptionsError, workload_of, zones_of

BROWSER = {"options": {"browser": {"type": "chromium"}}}


def needs(options):
    load = workload_of(options)
    return load.duration_s, load.max_vus, load.max_browser_vus, load.vu_s, load.browser_vu_s


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, (1, 1, 0, 1, 0)),
        ({"vus": 10, "duration": "1m30s"}, (90, 10, 0, 900, 0)),
        ({"vus": 10, "duration": 2500}, (3, 10, 0, 25, 0)),
        ({"vus": 2, "iterations": 10}, (5, 2, 0, 10, 0)),
        ({"stages": [{"duration": "10s", "target": 20}, {"duration": "0", "target": 4}]}, (10, 20, 0, 100, 0)),
        ({"vus": 30, "stages": [{"duration": "10s", "target": 10}]}, (10, 30, 0, 200, 0)),
        ({"scenarios": {"a": {"executor": "per-vu-iterations", "vus": 3, "iterations": 4}}}, (4, 3, 0, 12, 0)),
        (
            {
                "scenarios": {
                    "api": {"executor": "constant-arrival-rate", "duration": "1m", "preAllocatedVUs": 5, "maxVUs": 9},
                    "ui": {"executor": "constant-vus", "vus": 2, "duration": "1m", "startTime": "30s", **BROWSER},
                }
            },
            (90, 11, 2, 540, 120),
        ),
    ],
)
def test_a_workload_follows_from_the_options(options, wanted):
    assert needs(options) == wanted


@pytest.mark.parametrize(
    ("options", "target"),
    [
        ({"vus": "10", "duration": "1m"}, "vus"),
        ({"vus": True, "duration": "1m"}, "vus"),
        ({"vus": -1, "duration": "1m"}, "vus"),
        ({"duration": "soon"}, "duration"),
        ({"duration": "999999h"}, "duration"),
        ({"duration": math.nan}, "duration"),
        ({"stages": [3]}, "stages"),
        ({"scenarios": []}, "scenarios"),
        ({"scenarios": {"a": 1}}, "options.scenarios.a"),
        ({"scenarios": {"a": {"executor": "magic"}}}, "options.scenarios.a.executor"),
    ],
)
def test_an_option_that_is_not_right_is_named(options, target):
    with pytest.raises(OptionsError) as caught:
        workload_of(options)
    assert caught.value.target.removeprefix("options.scenarios.default.") == target


def test_zones_have_a_default():
    assert zones_of({}) == (("amazon:us:ashburn", 100),)
    parts = {"a": {"loadZone": "amazon:ie:dublin", "percent": 60}, "b": {"loadZone": "x", "percent": 40}}
    assert zones_of({"cloud": {"distribution": parts}}) == (("amazon:ie:dublin", 60), ("x", 40))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = ("vus", "duration", "iterations", "stages", "scenarios", "cloud", "executor", "target", "distribution")


@given(st.dictionaries(st.sampled_from(NAMES), JSON | st.dictionaries(st.sampled_from(NAMES), JSON)))
def test_any_options_are_read_or_refused(options):
    for read in (workload_of, zones_of):
        with suppress(OptionsError):
            read(options)
