"""Whatever the messages of the log's server look like, what is a line is read and the rest is counted."""

from __future__ import annotations

import json

import pytest

from k6desk.api import logs


def frame(*streams, dropped=None) -> bytes:
    return json.dumps({"streams": list(streams), "dropped_entries": dropped}).encode()


def stream(*values, **labels) -> dict:
    return {"stream": labels, "values": list(values)}


def test_lines_of_all_streams_come_in_the_order_of_time():
    batch = logs.read(
        frame(
            stream(["30", "c"], ["10", "a"], level="info", lz="x"),
            stream(["20", "b"], level="error"),
            dropped=[{"labels": {}, "timestamp": "15"}, {"labels": {}, "timestamp": "16"}],
        )
    )
    assert [(line.at_ns, line.level, line.text) for line in batch.lines] == [
        (10, "info", "a"),
        (20, "error", "b"),
        (30, "info", "c"),
    ]
    assert batch.lines[0].labels == {"lz": "x"}
    assert (batch.dropped, batch.unreadable) == (2, 0)


def test_times_may_be_numbers_and_levels_any_word():
    (line,) = logs.read(frame(stream([1_700_000_000_123_456_789, "hi", {"more": "x"}], level="Verbose"))).lines
    assert (line.at_ns, line.level) == (1_700_000_000_123_456_789, "verbose")


@pytest.mark.parametrize(
    "value", [["soon", "a"], ["-1", "a"], [str(2**63), "a"], ["1"], ["1", None], "1", None, [1.5, "a"]]
)
def test_what_is_no_line_is_counted_and_the_others_are_read(value):
    batch = logs.read(frame(stream(value, ["2", "b"])))
    assert [line.text for line in batch.lines] == ["b"]
    assert batch.unreadable == 1


@pytest.mark.parametrize("message", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_message_is_counted(message):
    assert logs.read(message) == logs.LogBatch(unreadable=1)


@pytest.mark.parametrize("message", [{}, {"streams": None}, {"streams": [], "dropped_entries": None}])
def test_a_message_without_lines_is_nothing(message):
    assert logs.read(json.dumps(message).encode()) == logs.LogBatch()


def test_streams_of_another_shape_are_counted():
    assert logs.read(frame("x", {"stream": {}}, {"values": [["1", "a"]]})).unreadable == 2


def test_an_endless_line_is_cut_and_says_so():
    (line,) = logs.read(frame(stream(["1", "x" * (logs.LINE_LIMIT + 1234)]))).lines
    assert line.text.startswith("x" * logs.LINE_LIMIT + "…")
    assert "1,234 more characters" in line.text


def test_labels_are_bounded():
    many = {f"l{number}": "v" * 5000 for number in range(500)}
    (line,) = logs.read(frame(stream(["1", "a"], **many))).lines
    assert len(line.labels) <= logs.MOST_LABELS
    assert all(len(value) == logs.LABEL_LIMIT for value in line.labels.values())
