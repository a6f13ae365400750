"""Curves of a run that goes on."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from k6desk.api.metrics import Answer, Series
from k6desk.api.models import Run
from k6desk.core.metrics.curves import MOST_POINTS, joined, newest, step_for

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def series(points: dict[float, float], **labels: str) -> Series:
    return Series(labels, array("d", points).tobytes(), array("d", points.values()).tobytes())


def points(one: Series) -> dict[float, float]:
    return dict(zip(array("d", one.times), array("d", one.values), strict=True))


def run(**fields) -> Run:
    return Run(**{"id": 1, "test_id": 2, "project_id": 3, "status": "running", "created_at": NOW} | fields)


def test_what_is_new_replaces_the_end_of_what_is_known():
    known = Answer((series({0: 1, 3: 2, 6: 3}),))
    news = Answer((series({3: 20, 6: 30, 9: 40}),))
    assert points(joined(known, news, since=3).series[0]) == {0: 1, 3: 20, 6: 30, 9: 40}


def test_series_keep_their_places_and_new_ones_come_last():
    known = Answer((series({0: 1}, name="b"), series({0: 2}, name="a")))
    news = Answer((series({3: 5}, name="c"), series({3: 6}, name="a")))
    whole = joined(known, news, since=3)
    assert [one.labels["name"] for one in whole.series] == ["b", "a", "c"]
    assert [points(one) for one in whole.series] == [{0: 1}, {0: 2, 3: 6}, {3: 5}]


def test_the_newest_sample_is_that_of_any_series():
    assert newest(Answer((series({0: 1, 3: 1}, a="1"), series({9: 1}, a="2"), series({}, a="3")))) == 9
    assert newest(Answer()) is None


@given(st.dictionaries(st.integers(0, 500), st.integers(0, 9)), st.integers(0, 500))
def test_asking_again_from_anywhere_gives_the_same_curve(values, since):
    whole = dict(sorted(values.items()))
    later = {at: value for at, value in whole.items() if at >= since}
    again = joined(Answer((series(whole),)), Answer((series(later),)), since)
    assert points(again.series[0]) == whole


def test_the_step_is_that_of_k6_until_there_would_be_too_many_points():
    assert step_for(run(estimated_duration_s=600), NOW) == 3
    assert step_for(run(estimated_duration_s=3 * MOST_POINTS), NOW) == 3
    assert step_for(run(estimated_duration_s=3 * MOST_POINTS + 1), NOW) == 6
    assert step_for(run(), NOW + timedelta(hours=10)) == 30


def test_while_a_run_goes_on_its_step_stays():
    live = run(estimated_duration_s=7000)
    assert step_for(live, NOW) == step_for(live, NOW + timedelta(minutes=50))
