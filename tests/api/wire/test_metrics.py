"""Answers about metrics, as documented and otherwise."""

from __future__ import annotations

import contextlib
import json
import math
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k6desk.api.errors import BadAnswer
from k6desk.api.metrics import Answer, Metric, ThresholdVerdict
from k6desk.api.wire import metrics
from tests.api.wire.samples import BROKEN, json_values, page_of

READERS = (metrics.answer, metrics.metrics, metrics.series, metrics.names, metrics.verdicts)


def body_of(*rows) -> bytes:
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": list(rows)}}).encode()


def samples_of(answer: Answer) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
    return [
        (each.labels, list(zip(array("d", each.times), array("d", each.values), strict=True))) for each in answer.series
    ]


def one(samples, **more):
    """What is read of one series with these samples."""
    ((labels, read),) = samples_of(metrics.answer(body_of({"metric": {"a": "b"}, "values": samples, **more})))
    assert labels == {"a": "b"}
    return read


texts = st.text(st.characters(exclude_categories=["C"]), max_size=20)
measurable = st.floats(-metrics.GREATEST, metrics.GREATEST, exclude_min=True, exclude_max=True)


@given(
    st.lists(
        st.tuples(
            st.dictionaries(texts.filter("__name__".__ne__), texts, max_size=4),
            st.dictionaries(st.integers(0, metrics.LAST_S - 1), measurable, min_size=1, max_size=20),
        ),
        max_size=5,
    ),
    st.randoms(use_true_random=False),
)
def test_good_series_come_back_whatever_the_order_and_the_spelling(series, random):
    rows = []
    for labels, samples in series:
        values = [[at, random.choice([value, repr(value)])] for at, value in samples.items()]
        random.shuffle(values)
        rows.append({"metric": labels | {"__name__": "m"}, "values": values})
    answer = metrics.answer(body_of(*rows))
    assert answer.left_out == 0
    assert samples_of(answer) == [(labels, sorted(samples.items())) for labels, samples in series]


def test_a_value_may_be_a_string_infinite_or_nothing():
    read = one([[1, "1.5"], [2, "+Inf"], [3, "-Inf"], [4, 7], [5, 2.5]])
    assert read == [(1, 1.5), (2, math.inf), (3, -math.inf), (4, 7), (5, 2.5)]
    for gap in ("NaN", None, "", "many", True, [], {}, 10**400, "1e999x"):
        (_, first), (_, second), (_, third) = one([[1, 1], [2, gap], [3, 3]])
        assert (first, math.isnan(second), third) == (1, True, 3)


def test_what_no_time_and_no_value_can_be_is_none():
    read = one([[-1, 1], [0, 1e308], [1, "-1e300"], [2, 2**63], [3, 2**62], [metrics.LAST_S, 1], [1e300, 1]])
    assert [at for at, _ in read] == [0, 1, 2, 3]
    assert [value for _, value in read if not math.isnan(value)] == [2.0**62]
    assert metrics.answer(body_of({"values": [[1e308, 1], [1_700_000_000_000, 1]]})) == Answer(left_out=1)
    assert one(None, value=[-62_135_596_800, 5]) == one(None, value=[1e308, "5"]) == [(0, 5)]


def test_a_verdict_holds_even_if_its_value_can_be_none():
    rows = [{"name": "m", "stat": "p(95)<1e308", "value": 1e308, "calculated_value": 1e308, "tainted": False}]
    read = metrics.verdicts(json.dumps({"k6-thresholds": rows}).encode())
    assert read == (ThresholdVerdict("m", "p(95)<1e308", 1e308, None, tainted=False),)


def test_one_sample_may_stand_alone():
    assert one([], value=[5, "1.5"]) == one(None, value=[5, 1.5]) == [(5, 1.5)]
    assert one([[5, 2]], value=[6, 3]) == [(5, 2)]


def test_samples_are_put_in_order_and_of_two_at_one_time_the_later_counts():
    assert one([[3, 30], [1, 10], [2, 20], [1, 11]]) == [(1, 11), (2, 20), (3, 30)]
    assert one([[1, 1], [1, 2]]) == [(1, 2)]


@pytest.mark.parametrize("odd", [[1], [], 5, None, ["NaN", 1], [None, 1], [{}, 1], {"0": 1}])
def test_a_sample_without_a_time_is_left_out(odd):
    assert one([[1, 1], odd, [2, 2]]) == [(1, 1), (2, 2)]


def test_a_sample_with_more_than_two_parts_and_a_time_as_text_is_read():
    assert one([["1", 1, "more"], ["2.5", "2"]]) == [(1, 1), (2.5, 2)]


@pytest.mark.parametrize("empty", [{"values": []}, {"values": None}, {"value": None}, {}])
def test_a_series_without_samples_is_no_series(empty):
    assert metrics.answer(body_of({"metric": {"a": "b"}, **empty})) == Answer()


@pytest.mark.parametrize("odd", [5, "x", None, [], {"values": 5}, {"values": [[None, 1]]}, {"value": [1]}])
def test_a_series_that_cannot_be_read_is_counted_and_the_others_are_kept(odd):
    good = {"metric": {"a": "b"}, "values": [[1, 1]]}
    answer = metrics.answer(body_of(odd, good))
    assert (len(answer.series), answer.left_out) == (1, 1)


def test_labels_may_be_numbers_and_lose_only_what_cannot_be_held():
    labels = {"__name__": "m", "test_run_id": 2**60, "status": "200", "name": "\u202eעברית", "x": None, "y": [1]}
    ((read, _),) = samples_of(metrics.answer(body_of({"metric": labels, "values": [[1, 1]]})))
    assert read == {"test_run_id": str(2**60), "status": "200", "name": "\u202eעברית"}
    body = body_of({"metric": {"a": "\ud800\0", "b": "x" * 10_240}, "values": [[1, 1]]}, {"values": [[1, 1]]})
    (read, _), (none, _) = samples_of(metrics.answer(body))
    assert read == {"a": "\ufffd\ufffd", "b": "x" * 10_240}
    assert none == {}


def test_bare_nan_bad_utf8_and_lone_surrogates_cost_no_other_series():
    good = b'{"metric":{"a":"b"},"values":[[1,1]]}'
    for odd in (b'{"values":[[1,NaN],[2,Infinity]]}', b'{"metric":{"a":"\xff"},"values":[[1,1]]}'):
        answer = metrics.answer(b'{"data":{"result":[' + odd + b"," + good + b"]}}")
        assert (len(answer.series), answer.left_out) == (2, 0)


def test_what_only_looks_like_bare_nan_or_a_lone_surrogate_stays():
    said = '[NaN, -Infinity] "NaN" C:\\ud800 \U0001f600'
    odd = {"metric": {"a": "\ud800"}, "values": [[1, math.nan], [2, -math.inf]]}
    answer = metrics.answer(body_of(odd, {"metric": {"a": said}, "values": [[1, 1]]}))
    assert [each.labels["a"] for each in answer.series] == ["\ufffd", said]
    assert all(map(math.isnan, array("d", answer.series[0].values)))


def test_only_the_first_series_of_very_many_are_kept():
    rows = [5, *({"metric": {"n": n}, "values": [[1, n]]} for n in range(metrics.MOST_SERIES + 20))]
    answer = metrics.answer(body_of(*rows))
    assert [each.labels["n"] for each in answer.series] == [str(n) for n in range(metrics.MOST_SERIES)]
    assert answer.left_out == 21


def test_no_data_is_an_empty_answer_and_an_answer_without_data_is_none():
    assert metrics.answer(b'{"status":"success","data":{"resultType":"vector","result":null}}') == Answer()
    for body in (b'{"status":"error","error":"no"}', b'{"data":null}', b'{"data":[]}', b'{"data":{"result":{}}}'):
        with pytest.raises(BadAnswer):
            metrics.answer(body)


def test_metrics():
    listed = page_of(
        {"name": "http_reqs", "type": "counter", "origin": "builtin", "id": "x", "test_run_id": 7},
        {"name": "my_trend", "type": "trend", "origin": "script"},
        {"name": "vus", "labels": ["a"]},
        {"type": "gauge"},
        5,
    )
    assert metrics.metrics(listed) == (
        Metric("http_reqs", "counter"),
        Metric("my_trend", "trend", is_builtin=False),
        Metric("vus", ""),
    )


def test_series_labels_and_values():
    assert metrics.series(b'{"data":[{"__name__":"m","a":"b"},{},5,{"c":1}]}') == (
        {"__name__": "m", "a": "b"},
        {"c": "1"},
    )
    assert metrics.names('{"data":["name",5,null,"ü\\u0000",""]}'.encode()) == ("name", "ü\ufffd", "")
    assert metrics.names(b'{"data":null}') == metrics.series(b'{"data":null}') == ()


@pytest.mark.parametrize(
    ("said", "crossed"),
    [(True, True), (False, False), (1, True), (0, False), ("true", True), ("0", False), ("False", False)],
)
def test_a_verdict(said, crossed):
    row = {"name": "m", "stat": "p(95)<300", "tainted": said}
    for value, read in ((310.5, 310.5), ("310.5", 310.5), (None, None), ("NaN", None), ([], None)):
        body = json.dumps({"k6-thresholds": [row | {"value": 300, "calculated_value": value}]}).encode()
        assert metrics.verdicts(body) == (ThresholdVerdict("m", "p(95)<300", 300, read, crossed),)


@pytest.mark.parametrize("more", [{}, {"tainted": None}, {"tainted": "perhaps"}, {"tainted": 2}, {"tainted": []}])
def test_a_threshold_of_which_nothing_is_said_has_not_passed(more):
    body = json.dumps({"k6-thresholds": [{"name": "m", "stat": "p(95)<300", **more}]}).encode()
    assert metrics.verdicts(body) == ()


@pytest.mark.parametrize("body", [*BROKEN.values(), b'{"data":5}'], ids=[*BROKEN, "data is a number"])
@pytest.mark.parametrize("read", READERS)
def test_what_is_no_answer_is_a_bad_answer(read, body):
    with pytest.raises(BadAnswer):
        read(body)


rows = st.fixed_dictionaries(
    {},
    optional={
        "metric": json_values,
        "values": st.lists(json_values | st.lists(json_values, min_size=2, max_size=2), max_size=4) | json_values,
        "value": json_values,
    },
)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=300)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.lists(rows | json_values, max_size=4).map(lambda several: body_of(*several))
    | st.lists(json_values, max_size=4).map(lambda several: json.dumps({"data": several}).encode())
    | st.lists(json_values, max_size=4).map(lambda several: json.dumps({"k6-thresholds": several}).encode())
)
def test_any_bytes_are_an_answer_or_a_bad_answer(body):
    for read in READERS:
        with contextlib.suppress(BadAnswer):
            read(body)
    with contextlib.suppress(BadAnswer):
        for labels, samples in samples_of(metrics.answer(body)):
            json.dumps(labels, ensure_ascii=False).encode()  # a lone surrogate cannot be stored
            times = [at for at, _ in samples]
            assert times == sorted(set(times))
            assert all(map(math.isfinite, times))
