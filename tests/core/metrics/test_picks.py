"""Which of many series are drawn, and in which place."""

from __future__ import annotations

import time
from array import array
from math import isnan, nan

from k6desk.api.metrics import Answer, Series
from k6desk.core.metrics.picks import MOST, Picks, largest_first, sizes_of


def series(value: str, *values: float) -> Series:
    return Series({"name": value}, array("d", range(len(values))).tobytes(), array("d", values).tobytes())


def test_the_size_is_a_sum_or_a_mean_of_what_is_a_number():
    answer = Answer((series("a", 1, 3), series("b", nan, 5, float("inf")), series("c", nan), series("")))
    assert {key: size for key, size in sizes_of(answer, "name", is_sum=True).items() if not isnan(size)} == {
        "a": 4,
        "b": 5,
    }
    means = sizes_of(answer, "name", is_sum=False)
    assert (means["a"], means["b"]) == (2, 5)
    assert largest_first(means) == ["b", "a", "", "c"]
    assert sizes_of(None, "name", is_sum=True) == {}


def test_the_largest_are_drawn_and_a_place_is_kept_while_others_grow():
    picks = Picks()
    picks.follow({f"n{at:02}": 100.0 - at for at in range(30)})
    assert picks.places == {f"n{at:02}": at for at in range(MOST)}
    picks.follow({f"n{at:02}": 100.0 - at for at in range(30)} | {"n20": 999.0})  # one of the largest, but all are near
    assert "n20" not in picks.places
    assert picks.places["n03"] == 3
    picks.follow({f"n{at:02}": 100.0 + at * 10 for at in range(30)} | {"n03": 500.0})  # now the last ones are largest
    assert picks.places["n03"] == 3
    assert set(picks.places) >= {"n29", "n28"}
    assert "n00" not in picks.places
    assert sorted(picks.places.values()) == list(range(MOST))


def test_one_that_vanishes_keeps_its_place():
    picks = Picks()
    picks.follow({"a": 3, "b": 2, "c": 1})
    picks.follow({"a": 3, "c": 1})
    picks.follow({"a": 3, "b": 2, "c": 1, "d": 9})
    assert picks.places == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_what_the_user_chose_does_not_change_by_itself():
    picks = Picks()
    picks.follow({"a": 3, "b": 2, "c": 1})
    picks.choose(["c", "x"])
    assert picks.places == {"c": 2, "x": 0}
    picks.follow({"a": 30, "b": 20})
    assert picks.places == {"c": 2, "x": 0}


def test_many_series_take_no_time():
    values = array("d", range(1200)).tobytes()
    answer = Answer(tuple(Series({"name": str(at)}, values, values) for at in range(500)))
    begun = time.perf_counter()
    assert len(largest_first(sizes_of(answer, "name", is_sum=True))) == 500
    assert time.perf_counter() - begun < 0.1
