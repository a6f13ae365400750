"""Runs side by side: what is worse one way is better the other way, and noise is neither."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.api.metrics import Answer, Series
from k6desk.api.models import Run, RunDetail, StatusEntry, Total
from k6desk.core.compare.run_comparison import (
    BILLED,
    COST,
    DURATION,
    FIGURES,
    KINDS,
    REQUEST_ASKS,
    VUS,
    Request,
    Tolerance,
    change,
    compare_figures,
    compare_requests,
    figures_of,
    request_asks,
    requests_of,
)
from k6desk.core.metrics.asked import Asked

NOW = datetime(2026, 4, 6, 19, 0, tzinfo=UTC)
VALUES = st.floats(0, 1e9, allow_nan=False)
UNITS = st.sampled_from(["ms", "share", "count", "bytes"])
SHARES = st.floats(0, 0.5)
OPPOSITE = {"better": "worse", "worse": "better", "about the same": "about the same"}


def tolerance_of(share: float) -> Tolerance:
    return Tolerance(share)


def run(run_id: int = 1, **fields: object) -> Run:
    known = {"test_id": 10, "project_id": 1, "status": "completed", "result": "passed", "created_at": NOW}
    return Run(id=run_id, **{**known, **fields})


def answer(values: dict[tuple[str, ...], float], labels: tuple[str, ...] = ()) -> Answer:
    zero = array("d", [0.0]).tobytes()
    return Answer(
        tuple(
            Series(dict(zip(labels, key, strict=True)), zero, array("d", [value]).tobytes())
            for key, value in values.items()
        )
    )


# -- a change ----------------------------------------------------------------------------------------------------------


@given(VALUES, VALUES, UNITS, st.sampled_from(["lower", "higher"]), SHARES)
def test_worse_one_way_is_better_the_other_way(old, new, unit, better, share):
    there = change(old, new, unit, better, tolerance_of(share))
    back = change(new, old, unit, better, tolerance_of(share))
    assert back.verdict == OPPOSITE[there.verdict]
    assert back.absolute == -there.absolute


@given(VALUES, st.floats(-1, 1), UNITS, st.sampled_from(["lower", "higher", "neither"]), st.floats(0.001, 0.5))
def test_what_is_within_the_tolerance_is_about_the_same(old, part, unit, better, share):
    new = old * (1 + part * share * 0.999999)
    assert change(old, new, unit, better, tolerance_of(share)).verdict == "about the same"


@given(VALUES, VALUES, UNITS, SHARES, SHARES)
def test_a_wider_tolerance_never_finds_more(old, new, unit, one, other):
    narrow, wide = sorted((one, other))
    if change(old, new, unit, "lower", tolerance_of(narrow)).verdict == "about the same":
        assert change(old, new, unit, "lower", tolerance_of(wide)).verdict == "about the same"


@pytest.mark.parametrize(
    ("old", "new", "unit", "better", "verdict"),
    [
        (300, 316, "ms", "lower", "worse"),
        (300, 314, "ms", "lower", "about the same"),
        (2, 6, "ms", "lower", "about the same"),  # three times as long, and yet nothing
        (0.001, 0.005, "share", "lower", "about the same"),
        (0.001, 0.0075, "share", "lower", "worse"),
        (18, 20, "count", "higher", "better"),
        (0, 1, "count", "lower", "worse"),
        (10, 100, "count", "neither", "different"),
        (None, 1, "ms", "lower", ""),
        (1, None, "ms", "lower", ""),
    ],
)
def test_verdicts(old, new, unit, better, verdict):
    assert change(old, new, unit, better).verdict == verdict


def test_without_a_tolerance_every_difference_counts():
    assert change(300, 300.01, "ms", "lower", Tolerance(0)).verdict == "worse"
    assert change(300, 300, "ms", "lower", Tolerance(0)).verdict == "about the same"


def test_there_is_no_relative_change_of_nothing():
    assert change(0, 3, "count", "lower").relative is None
    assert change(200, 300, "ms", "lower").relative == 0.5


# -- the figures of runs -----------------------------------------------------------------------------------------------


def test_the_figures_of_runs_are_compared_with_the_first():
    asked = {figure.title: Asked(figure.query) for figure in FIGURES if figure.query}
    p95 = asked["p95 response time"]
    first = {p95: answer({(): 310.0}), asked["Requests"]: answer({(): 5000.0})}
    second = {p95: answer({(): 620.0}), asked["Requests"]: answer({})}
    two = run(2, max_vus=20, ended_at=NOW + timedelta(seconds=90))
    history = (StatusEntry("created", NOW), StatusEntry("running", NOW + timedelta(seconds=30)))
    runs = [
        figures_of(run(1, max_vus=20, cost=Total("0.5"), execution_duration_s=180), None, first.get),
        figures_of(two, RunDetail(two, status_history=history), second.get),
    ]
    rows = {row.figure.title: row for row in compare_figures(runs)}
    assert rows["p95 response time"].values == (310.0, 620.0)
    assert [one.verdict for one in rows["p95 response time"].changes] == ["about the same", "worse"]
    assert rows["p95 response time"].changes[1].relative == 1.0
    assert rows["Requests"].values == (5000.0, None)
    assert rows["Requests"].changes[1].verdict == ""
    assert rows[VUS.title].values == (20, 20)
    assert rows[DURATION.title].values == (180, 60)
    assert rows[BILLED.title].values == (180, None)
    assert rows[COST.title].values == (0.5, None)
    assert "Iterations" not in rows, "no run has any"


# -- requests ----------------------------------------------------------------------------------------------------------

FIGURES_OF_REQUESTS = st.builds(
    Request,
    st.sampled_from("abcd"),
    st.sampled_from(["GET", "POST"]),
    st.floats(0, 1e6),
    st.none() | st.floats(0, 1e5),
    st.none() | st.floats(0, 1e5),
    st.none() | st.floats(0, 1),
)
REQUESTS = st.lists(FIGURES_OF_REQUESTS).map(lambda found: {(one.name, one.method): one for one in found})


@given(REQUESTS, REQUESTS)
def test_every_request_is_there_once_and_the_worst_come_first(old, new):
    found = compare_requests(old, new)
    assert len(found) == len(old.keys() | new.keys())
    assert {(one.either.name, one.either.method) for one in found} == old.keys() | new.keys()
    ranks = [KINDS.index(one.kind) for one in found]
    assert ranks == sorted(ranks)


@given(REQUESTS)
def test_nothing_happened_to_what_is_the_same(requests):
    assert {one.kind for one in compare_requests(requests, requests)} <= {"about the same"}


@given(REQUESTS, REQUESTS)
def test_what_one_run_alone_has_is_named_so(old, new):
    only = {(one.either.name, one.either.method): one.kind for one in compare_requests(old, new)}
    assert {key for key, kind in only.items() if kind == "only in the first"} == old.keys() - new.keys()
    assert {key for key, kind in only.items() if kind == "only in the second"} == new.keys() - old.keys()


def test_the_order_is_that_of_the_damage():
    old = {(name, "GET"): Request(name, "GET", 100, 100, 200, 0.0) for name in ("rare", "often", "same", "gone", "ill")}
    new = {
        ("rare", "GET"): Request("rare", "GET", 10, 300, 500, 0.0),
        ("often", "GET"): Request("often", "GET", 5000, 130, 240, 0.0),
        ("same", "GET"): Request("same", "GET", 100, 101, 203, 0.0),
        ("ill", "GET"): Request("ill", "GET", 100, 50, 60, 0.2),
        ("new", "GET"): Request("new", "GET", 3, 9, 9, 0.0),
    }
    found = compare_requests(old, new)
    assert [one.either.name for one in found] == ["ill", "often", "rare", "new", "gone", "same"]
    assert found[0].damage == pytest.approx(20)
    assert found[1].damage == pytest.approx(5000 * 30)


def test_requests_are_read_by_name_and_method_whatever_they_were_answered():
    count, average, p95, failed = REQUEST_ASKS
    each = ("name", "method")
    known = {
        count: answer({("/login", "POST"): 40, ("/", "GET"): 60}, each),
        average: answer({("/login", "POST"): 120}, each),
        p95: answer({("/login", "POST"): 310}, each),
        failed: answer({("/login", "POST"): 0.1}, each),
    }
    assert requests_of(known.get) == {
        ("/login", "POST"): Request("/login", "POST", 40, 120, 310, 0.1),
        ("/", "GET"): Request("/", "GET", 60),
    }
    assert requests_of({}.get) is None


def test_requests_without_names_are_told_apart_by_their_urls():
    known = {REQUEST_ASKS[0]: answer({("", "GET"): 60}, ("name", "method"))}
    count = request_asks(known.get)[0]
    assert count not in REQUEST_ASKS
    assert requests_of(known.get) is None, "the answer by URL is not there yet"
    known[count] = answer({("https://a/", "GET"): 40, ("https://b/", "GET"): 20}, ("url", "method"))
    assert [(one.name, one.count) for one in requests_of(known.get).values()] == [
        ("https://a/", 40),
        ("https://b/", 20),
    ]
