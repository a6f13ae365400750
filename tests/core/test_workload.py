"""How much load options make."""

from __future__ import annotations

import pytest

from k6desk.core.workload import Workload, seconds, workload_of


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, Workload(None, None)),
        ({"vus": 10, "duration": "1m30s"}, Workload(10, 90)),
        ({"vus": 5, "stages": [{"duration": "30s", "target": 20}, {"duration": "1m", "target": 0}]}, Workload(20, 90)),
        ({"vus": 3, "iterations": 9}, Workload(3, None)),
        (
            {
                "scenarios": {
                    "a": {"executor": "constant-vus", "vus": 5, "duration": "1m"},
                    "b": {"executor": "ramping-arrival-rate", "preAllocatedVUs": 2, "maxVUs": 9, "startTime": "2m",
                          "stages": [{"duration": "1m", "target": 50}]},
                }
            },
            Workload(14, 180),
        ),
        ({"scenarios": {"a": {"executor": "from-the-future"}, "b": "?"}}, Workload(1, None)),
        ({"scenarios": {"a": {"executor": "ramping-vus", "stages": "?"}}}, Workload(1, None)),
        ({"scenarios": [], "vus": "many", "duration": None}, Workload(None, None)),
        ({"stages": [None, {"duration": 5000, "target": 3}]}, Workload(3, None)),
    ],
)  # fmt: skip
def test_options_of_any_shape(options, expected):
    assert workload_of(options) == expected


@pytest.mark.parametrize(
    ("span", "expected"), [("1h2m3s", 3723), (1500, 1.5), ("0", 0), ("soon", None), (True, None), ("1m x", None)]
)
def test_spans(span, expected):
    assert seconds(span) == expected
