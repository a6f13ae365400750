"""A log holds its lines in order, nothing twice, and no more than memory should."""

from __future__ import annotations

import zlib

import pytest

from k6desk.api.logs import LogLine
from k6desk.data import run_log
from k6desk.data.run_log import Mark, RunLog, pack

SOURCE = {"lz": "amazon:us:ashburn"}


def lines(*numbers: int, said: str = "line") -> list[LogLine]:
    return [LogLine(number, "info", f"{said} {number}", dict(SOURCE)) for number in numbers]


def texts(log: RunLog) -> list[str]:
    return [row.text for row in log.rows()]


def test_what_the_server_says_again_is_taken_once():
    log = RunLog()
    log.take(lines(1, 2, 3))
    log.expect_replay(2)
    assert log.take(lines(2, 3, 4)) == 1
    assert texts(log) == ["line 1", "line 2", "line 3", "line 4"]


def test_two_lines_that_are_alike_are_two():
    log = RunLog()
    log.take(lines(1, 1))
    log.expect_replay(1)
    assert log.take(lines(1, 1, 1)) == 1
    assert len(texts(log)) == 3


def test_a_time_alone_does_not_make_a_line_the_same():
    log = RunLog()
    log.take(lines(1))
    log.expect_replay(1)
    assert log.take(lines(1, said="other")) == 1


def test_all_that_is_asked_for_again_is_known_however_much_it_is(monkeypatch):
    monkeypatch.setattr(run_log, "REPLAYED", 2)
    log = RunLog()
    log.take(lines(*range(100)))
    log.expect_replay(10)
    assert log.take(lines(*range(10, 101))) == 1
    assert texts(log)[-2:] == ["line 99", "line 100"]


def test_the_newest_stay_and_what_went_is_counted(monkeypatch):
    monkeypatch.setattr(run_log, "MOST_LINES", 100)
    monkeypatch.setattr(run_log, "AT_ONCE", 10)
    log = RunLog()
    log.take([LogLine(0, "error", "first", {})])
    for start in range(0, 1000, 50):
        log.take(lines(*range(start, start + 50)))
        assert len(log.rows()) <= 100
    assert texts(log)[-1] == "line 999"
    assert log.cut == 1001 - len(log.rows())
    assert log.first == log.cut
    assert log.row(log.end - 1).text == "line 999"
    assert log.counts[3] == 0
    assert log.counts[1] == len(log.rows())


def test_long_lines_take_no_more_room_than_many_short_ones(monkeypatch):
    monkeypatch.setattr(run_log, "MOST_CHARACTERS", 10_000)
    log = RunLog()
    for number in range(50):
        log.take([LogLine(number, "info", "x" * 999, {})])
    assert sum(len(said) for said in texts(log)) <= 10_000
    assert log.last_ns == 49


def test_colours_of_a_terminal_go_and_what_hides_text_is_seen():
    log = RunLog()
    log.take([LogLine(1, "info", "\x1b[31;1mred\x1b[0m \x1b]0;title\x07\u202eevil\x00\r\n\tat x", {})])
    assert texts(log) == ["red ‹U+202E›evil‹U+0000›\n\tat x"]


def test_a_document_holds_all_of_it():
    log = RunLog()
    log.take(lines(1, 2))
    log.mark("3 lines were left out.")
    log.take([LogLine(3, "odd", "last", {"a": "b"})])
    log.is_complete = True
    read = RunLog.unpacked(pack(log.snapshot()))
    assert read.rows() == log.rows()
    assert isinstance(read.row(2), Mark)
    assert (read.is_complete, read.last_ns, read.counts) == (True, 3, log.counts)


def test_a_document_has_the_newest_lines_if_not_all_fit(monkeypatch):
    monkeypatch.setattr(run_log, "LARGEST_DOCUMENT", 2_000)
    log = RunLog()
    log.take(lines(*range(3_000)))
    content = pack(log.snapshot())
    read = RunLog.unpacked(content)
    assert len(content) <= 2_000
    assert texts(read)[-1] == "line 2999"
    assert read.cut == 3_000 - len(read.rows()) > 0


@pytest.mark.parametrize("content", [b"", b"x", zlib.compress(b"x"), zlib.compress(b"\x80")])
def test_a_document_that_cannot_be_read_is_none(content):
    assert RunLog.unpacked(content) is None


@pytest.mark.parametrize(
    ("level", "grade"), [("fatal", 3), ("warn", 2), ("info", 1), ("", 1), ("odd", 1), ("trace", 0)]
)
def test_levels_that_are_not_known_count_as_information(level, grade):
    assert run_log.severity(level) == grade


def test_rows_are_found_by_words_and_severity_also_after_some_went(monkeypatch):
    monkeypatch.setattr(run_log, "MOST_LINES", 10)
    monkeypatch.setattr(run_log, "AT_ONCE", 5)
    log = RunLog()
    log.take([LogLine(number, "error" if number % 2 else "debug", f"Line {number} Ünder", {}) for number in range(9)])
    log.mark("a gap under way")
    assert list(log.numbers(0, [], 0)) == list(range(10))
    assert list(log.numbers(0, [], 3)) == [1, 3, 5, 7, 9]
    assert list(log.numbers(0, ["line", "ünder"], 3)) == [1, 3, 5, 7]
    assert list(log.numbers(4, ["ünder"], 0)) == [4, 5, 6, 7, 8]
    log.take(lines(10, 11))
    assert log.first == 7
    assert list(log.numbers(0, ["line"], 0)) == [7, 8, 10, 11]
    assert [log.row(number).text for number in log.numbers(0, ["line 8"], 0)] == ["Line 8 Ünder"]
