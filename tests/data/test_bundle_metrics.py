"""The metrics of a run in a bundle."""

from __future__ import annotations

import json
import math
from array import array
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.api.errors import BadAnswer
from k6desk.api.metrics import Answer, Matcher, Metric, Query, Series, ThresholdVerdict
from k6desk.data.bundle_metrics import metrics_documents, metrics_json
from k6desk.data.run_numbers import METRICS, VERDICTS, Told, Verdicts, key_of

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
ROOM = 2**20


def series(values: list[float], **labels: str) -> Series:
    return Series(labels, array("d", range(len(values))).tobytes(), array("d", values).tobytes())


def document(*found: Series) -> bytes:
    return msgspec.msgpack.encode(Told(Answer(found), AT, is_final=True))


def documents(query: Query, *found: Series) -> dict[str, bytes]:
    listed = (Metric("http_reqs", "counter"), Metric("my own", "trend", is_builtin=False))
    return {
        METRICS: msgspec.msgpack.encode((listed, True)),
        key_of(query.expression, query.selector, over_time=True): document(*found),
    }


@given(
    st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=5),
    st.text(st.characters(exclude_categories=["C"]), max_size=20),
    st.sampled_from([(), ("name", "status")]),
)
def test_what_is_written_is_read_again(values, text, by):
    query = Query("http_reqs", "rate", by, (Matcher("name", text, "=~"),), "sum" if by else None, by[:1])
    whole = documents(query, series(values, name=text, status="200"), series([1.5]))
    assert metrics_documents(metrics_json(whole, ROOM)) == whole


def test_gaps_are_kept():
    query = Query("http_reqs", "rate")
    read = metrics_documents(metrics_json(documents(query, series([1, math.nan, 3])), ROOM))
    told = msgspec.msgpack.decode(read["curve\nrate\nhttp_reqs"], type=Told)
    assert [math.isnan(value) for value in array("d", told.answer.series[0].values)] == [False, True, False]


def test_it_is_in_the_shape_of_the_api():
    said = json.loads(metrics_json(documents(Query("http_reqs", "rate"), series([2, 3], name="GET /")), ROOM))
    assert said["value"][0] == {"name": "http_reqs", "type": "counter", "origin": "builtin"}
    (answer,) = said["answers"]
    assert (answer["query"], answer["metric"], answer["over_time"]) == ("rate", "http_reqs", True)
    assert answer["result"] == [{"metric": {"name": "GET /"}, "values": [[0.0, 2.0], [1.0, 3.0]]}]


def test_what_does_not_fit_is_left_out_the_longest_first():
    whole = documents(Query("http_reqs", "rate"), series([1.0]))
    whole["value\nrate\ndata_sent"] = document(series([float(n) for n in range(1000)]))
    assert metrics_documents(metrics_json(whole, 2000)).keys() == {METRICS, "curve\nrate\nhttp_reqs"}


@given(st.binary(max_size=60) | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(msgspec.json.encode))
def test_nonsense_is_refused(content):
    with pytest.raises((ValueError, BadAnswer)):
        metrics_documents(content)


def test_secrets_in_labels_are_masked():
    url = "https://shop.example.com/?api_key=sk_live_51HxxxxxxxxxxxxxxxxxxxxxxQ"
    said = metrics_json(documents(Query("http_reqs", "rate"), series([1.0], url=url)), ROOM)
    assert b"sk_live_51" not in said
    assert b"shop.example.com" in said


def test_a_document_of_another_version_is_left_out():
    whole = documents(Query("http_reqs", "rate"), series([1.0]))
    read = metrics_documents(metrics_json(whole | {"value\nratio\nchecks": b"\x01", "odd": b""}, ROOM))
    assert read == whole


def test_the_verdicts_of_the_server_come_with_them_in_its_own_shape():
    said = (
        ThresholdVerdict("http_req_duration{a:b}", "p(95)<300", 300.0, 312.5, tainted=True),
        ThresholdVerdict("checks", "rate>0.9", None, None, tainted=False),
    )
    whole = documents(Query("http_reqs", "rate"), series([1.0]))
    whole[VERDICTS] = msgspec.msgpack.encode(Verdicts(said, AT, is_final=True))
    content = metrics_json(whole, ROOM)
    assert json.loads(content)["thresholds"]["said"]["k6-thresholds"][0]["tainted"] is True
    assert metrics_documents(content) == whole
    older = msgspec.json.encode({key: value for key, value in json.loads(content).items() if key != "thresholds"})
    assert VERDICTS not in metrics_documents(older)
    assert VERDICTS not in metrics_documents(metrics_json(whole | {VERDICTS: b"\x01"}, ROOM))


def test_a_name_with_blanks_stays_whole():
    whole = documents(Query("my metric", "rate"), series([1.0]))
    assert metrics_documents(metrics_json(whole, ROOM)) == whole
