"""The log of a run in a bundle."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.api.logs import LogLine
from k6desk.data.bundle_log import log_document, log_lines
from k6desk.data.run_log import Mark, RunLog, pack

ROOM = 2**20
TEXT = st.text(st.characters(exclude_categories=["C"]), max_size=30)


def document(*lines: LogLine, mark: str = "") -> bytes:
    log = RunLog()
    log.take(lines)
    if mark:
        log.mark(mark)
    return pack(log.snapshot())


def rows(content: bytes) -> list:
    return RunLog.unpacked(content).rows()


@given(st.lists(st.tuples(st.integers(1, 2**62), st.sampled_from(["info", "error", "x"]), TEXT), max_size=6), TEXT)
def test_what_is_written_is_read_again(lines, mark):
    kept = document(*(LogLine(*line, {"lz": "a"}) for line in lines), mark=mark)
    assert rows(log_document(log_lines(kept, ROOM))) == rows(kept)


def test_a_line_of_the_log_is_a_line_of_json():
    kept = document(LogLine(5, "warn", "slow\nstack", {"source": "console"}), mark="3 lines were left out.")
    first, second = map(json.loads, log_lines(kept, ROOM).splitlines())
    assert first == {"at_ns": 5, "level": "warn", "text": "slow\nstack", "labels": {"source": "console"}}
    assert second == {"at_ns": 5, "missing": "3 lines were left out."}


def test_secrets_are_masked():
    kept = document(LogLine(5, "info", 'Authorization: "Bearer glc_eyJvIjoiMTIzNDU2Nzg5MCIsIm4iOiJhIn0="', {}))
    assert b"glc_eyJv" not in log_lines(kept, ROOM)


def test_the_newest_lines_are_those_that_fit():
    kept = document(*(LogLine(at, "info", f"line {at}", {}) for at in range(1, 100)))
    shown = rows(log_document(log_lines(kept, 500)))
    assert shown[-1].text == "line 99"
    assert 1 < len(shown) < 99


@pytest.mark.parametrize(
    "content", [b"{", b"[]\n", b'{"text": "no time"}', b'{"at_ns": -1}', b'{"at_ns": 1e99}', b"\xff"]
)
def test_nonsense_is_refused(content):
    with pytest.raises((ValueError, msgspec.MsgspecError)):
        log_document(content)


def test_a_mark_stays_a_mark():
    kept = document(LogLine(5, "info", "one", {}), mark="The connection was lost.")
    assert rows(log_document(log_lines(kept, ROOM)))[-1] == Mark(5, "The connection was lost.")
