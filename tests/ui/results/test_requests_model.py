"""The table of requests: what is looked at stays with its request, whatever the figures become."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from k6desk.core.metrics.requests import RequestRow
from k6desk.ui.results.requests_columns import COLUMNS, COUNT, FAILURES, REQUEST, STATUS
from k6desk.ui.results.requests_model import RequestsModel
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, TOOL_TIP

P95 = [column.title for column in COLUMNS].index("p95")

ROWS = (
    RequestRow("/a", "GET", "200", 900, 9.0, 1.0, 5.0, 9.0, 10.0, 11.0, 0),
    RequestRow("/b", "GET", "200", 50, 0.5, 1.0, 50.0, 90.0, 95.0, 99.0, 0),
    RequestRow("/b", "GET", "500", 7, 0.07, 1.0, 70.0, 700.0, 720.0, 730.0, 7),
    RequestRow("/c", "POST", "0", 3, 0.03, None, None, None, None, None, None),
)


@pytest.fixture
def model(qtbot):
    model = RequestsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_rows(ROWS)
    return model


def names(model: RequestsModel) -> list[str]:
    return [f"{row.name} {row.status}" for row in model.rows()]


def test_what_fails_and_what_is_slow_stands_first(model):
    assert names(model) == ["/b 500", "/b 200", "/a 200", "/c 0"]


def test_a_column_sorts_and_sorts_the_other_way_round(model):
    model.sort_by(COUNT)
    assert names(model) == ["/a 200", "/b 200", "/b 500", "/c 0"]
    model.sort_by(COUNT)
    assert names(model) == ["/c 0", "/b 500", "/b 200", "/a 200"]
    model.sort_by(REQUEST)
    assert names(model) == ["/a 200", "/b 500", "/b 200", "/c 0"]


@pytest.mark.parametrize("again", [False, True])
def test_what_is_not_known_stands_last_in_either_direction(model, again):
    model.sort_by(P95)
    if again:
        model.sort_by(P95)
    assert names(model)[-1] == "/c 0"


def test_an_index_stays_with_its_request(model):
    index = QPersistentModelIndex(model.index(model.row_of(("/a", "GET", "200")), COUNT))
    model.sort_by(COUNT)
    assert (model.row(index.row()).name, index.column()) == ("/a", COUNT)
    model.show_rows((*ROWS[1:], RequestRow("/new", "GET", "200", 10_000)))
    assert not index.isValid()


def test_only_what_is_different_is_told(model, qtbot):
    told = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row(), last.column())))
    model.layoutChanged.connect(lambda: told.append("layout"))
    model.show_rows((replace(ROWS[0], count=901), *ROWS[1:]))
    assert told == [(2, 2, len(COLUMNS) - 1)]
    assert model.row(2).count == 901
    model.show_rows(model.all)
    assert len(told) == 1


def test_rows_that_are_pointed_at_do_not_move_away(model):
    slower = (replace(ROWS[0], failures=500), *ROWS[1:], RequestRow("/new", "GET", "500", 1, failures=1))
    before = names(model)
    model.show_rows(slower, hold=True)
    assert names(model) == [*before, "/new 500"]
    model.show_rows(slower)
    assert names(model)[0] == "/a 200"


def test_words_narrow_by_name_method_and_status(model):
    model.narrow("get 500")
    assert names(model) == ["/b 500"]
    model.narrow("POST")
    assert names(model) == ["/c 0"]
    model.narrow("nothing like it")
    assert model.rowCount() == 0
    model.narrow("")
    assert model.rowCount() == len(ROWS)


def test_names_of_the_server_are_plain_and_whole_in_the_tooltip(model):
    hostile = "/<b>x</b>\u202eexe.gpj\n" + "y" * 10_000
    model.show_rows((RequestRow(hostile, "GET", "200", 1),))
    shown = model.index(0, REQUEST).data(DISPLAY)
    assert "\u202e" not in shown
    assert "\n" not in shown
    assert len(shown) <= 420
    hint = model.index(0, REQUEST).data(TOOL_TIP)
    assert "&lt;b&gt;" in hint
    assert "\u202e" not in hint
    assert len(hint) < 3000


def test_the_method_is_said_once():
    model = RequestsModel()
    model.show_rows((RequestRow("GET /cart", "GET", "200", 2), RequestRow("/pay", "POST", "200", 1)))
    assert {model.index(row, REQUEST).data(DISPLAY) for row in range(2)} == {"GET /cart", "POST /pay"}


def test_cells_are_read_aloud_with_their_column(model):
    row = model.row_of(("/b", "GET", "500"))
    assert model.index(row, STATUS).data(ACCESSIBLE) == "Status: 500"
    assert model.index(row, P95).data(ACCESSIBLE) == "p95: 700 ms"
    assert "7 of 7 failed (100 %)" in model.index(row, FAILURES).data(TOOL_TIP)
