"""The rows of a log: they come at the end and go at the beginning, filtered or not."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from k6desk.api.logs import LogLine
from k6desk.data import run_log
from k6desk.data.run_log import RunLog
from k6desk.ui.detail.log_model import LogModel
from k6desk.ui.roles import ACCESSIBLE, TOOL_TIP


def lines(*numbers: int) -> list[LogLine]:
    return [LogLine(number, "error" if number % 10 == 0 else "info", f"line {number}", {}) for number in numbers]


@pytest.fixture
def log(monkeypatch) -> RunLog:
    monkeypatch.setattr(run_log, "MOST_LINES", 100)
    monkeypatch.setattr(run_log, "AT_ONCE", 10)
    return RunLog()


@pytest.fixture
def model(log):
    model = LogModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_log(log)
    yield model
    del tester


def texts(model) -> list[str]:
    return [row.text for row in model.rows()]


def test_lines_come_and_go(log, model):
    for start in range(0, 400, 7):
        log.take(lines(*range(start, start + 7)))
        model.take_in()
        assert texts(model) == [row.text for row in log.rows()]
    assert log.first > 0


def test_a_filter_holds_for_what_comes_and_what_goes(log, model):
    model.filter("LINE", 3)
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    for start in range(0, 400, 7):
        log.take(lines(*range(start, start + 7)))
        model.take_in()
    assert texts(model) == [row.text for row in log.rows() if row.level == "error"]
    assert not resets
    model.filter("line 39 nothing", 0)
    assert texts(model) == []
    model.filter("39 line", 0)
    assert all("39" in said for said in texts(model))


def test_what_the_log_has_let_go_is_still_shown_until_it_is_taken_in(log, model):
    log.take(lines(*range(90)))
    model.take_in()
    log.take(lines(*range(90, 200)))
    assert texts(model)[0] == "line 0"
    model.data(model.index(0, 0))
    model.take_in()
    assert texts(model) == [row.text for row in log.rows()]


def test_marks_stay_unless_words_are_sought(log, model):
    log.take(lines(1, 2))
    log.mark("12 lines were left out.")
    model.take_in()
    model.filter("", 3)
    assert texts(model) == ["12 lines were left out."]
    model.filter("lines", 0)
    assert texts(model) == []


def test_a_text_is_found_forwards_and_backwards_around_the_end_among_what_is_shown(log, model):
    log.take(lines(*range(30)))
    model.take_in()
    assert [model.next_with("LINE 2", at, 1) for at in (0, 2, 20, 29)] == [2, 20, 21, 2]
    assert [model.next_with("line 2", at, -1) for at in (0, 2, 20, 30)] == [29, 29, 2, 29]
    assert model.next_with("nowhere", 0, 1) == -1
    model.filter("", 3)
    assert texts(model)[model.next_with("line 2", -1, 1)] == "line 20"
    assert model.next_with("line 21", 0, 1) == -1


def test_a_row_is_said_and_its_time_is_exact(log, model):
    log.take([LogLine(1_700_000_000_123_456_789, "odd\nlevel", "a\n\tb <b>", {})])
    model.take_in()
    index = model.index(0, 0)
    assert index.data(ACCESSIBLE).endswith("odd level: a ↵   b <b>")
    assert "2023-11-14T22:13:20.123456789Z" in index.data(TOOL_TIP)
