"""What the tables of a comparison say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from k6desk.core.compare.compared_runs import ScriptChange
from k6desk.core.compare.run_comparison import COST, DURATION, FIGURES, Change, Request, RequestChange, change
from k6desk.ui.compare.cells import Cell, CellsTable
from k6desk.ui.compare.words import (
    absolute_words,
    change_words,
    damage_words,
    relative_words,
    script_words,
    value_words,
)

P95 = next(figure for figure in FIGURES if figure.title == "p95 response time")
FAILED = next(figure for figure in FIGURES if figure.title == "Failed requests")
RATE = next(figure for figure in FIGURES if figure.title == "Request rate")


@pytest.mark.parametrize(
    ("figure", "old", "new", "words"),
    [
        (P95, 300, 400, "worse +33 %, +100 ms"),
        (P95, 400, 300, "better −25 %, −100 ms"),
        (P95, 300, 301, "≈ +0.3 %, +1 ms"),
        (P95, 300, 300, "the same"),
        (P95, 10, 5000, "worse ×500, +4.99 s"),
        (FAILED, 0, 0.12, "worse +12.00 points"),
        (FAILED, 0.02, 0.020001, "≈ ±0 %, ±0.00 points"),
        (RATE, 18.5, 20.5, "better +11 %, +2/s"),
        (COST, 0.5, 0.25, "−50 %, −0.25 VUH"),
        (DURATION, 180, 90, "−50 %, −1 min 30 s"),
        (P95, None, 300, ""),
    ],
)
def test_what_became_of_a_figure(figure, old, new, words):
    assert change_words(figure, change(old, new, figure.unit, figure.better)) == words


def test_values_have_their_units():
    assert value_words(P95, None) == "–"
    assert value_words(RATE, 18.52) == "18.5/s"
    assert value_words(COST, 0.421) == "0.42 VUH"
    assert value_words(DURATION, 160) == "2 min 40 s"
    assert absolute_words(P95, Change()) == relative_words(Change()) == ""


def test_damage_says_what_is_lost():
    old, new = Request("/", "GET", 100, 100, 200, 0.0), Request("/", "GET", 1000, 130, 260, 0.0)
    assert damage_words(RequestChange("slower", 30_000, old, new)) == "+30.00 s in all"
    assert damage_words(RequestChange("new failures", 12.4, old, new)) == "12 more failed"
    assert damage_words(RequestChange("only in the second", 3, None, new)) == "only in this run"
    assert damage_words(RequestChange("only in the first", 3, old, None)) == "only in reference"


@pytest.mark.parametrize(
    ("became", "words"),
    [
        (None, "Not known"),
        (ScriptChange(is_same=True), "The same"),
        (ScriptChange(files=1, added=1, removed=3), "1 line added, 3 removed"),
        (ScriptChange(files=2, added=12, removed=3), "12 lines added, 3 removed in 2 files"),
        (ScriptChange(files=1), "1 file different, not in text"),
        (ScriptChange(problem="This archive is damaged."), "This archive is damaged."),
    ],
)
def test_what_became_of_a_script(became, words):
    assert script_words(became) == words


def test_a_table_bears_being_asked_for_what_it_has_not_got(dressed):
    table = CellsTable("Figures")
    table.resize(300, 200)
    table.show_cells([Cell("Figure"), Cell("1", line=0)], [[Cell("p95")], [Cell("p99"), Cell("3 ms")]])
    model = table.cells
    assert model.data(model.index(0, 1)) == ""
    assert model.headerData(-1, Qt.Orientation.Horizontal) is None
    table.grab()
    table.show_cells([], [])
    table.grab()
    assert table.as_text() == ""
    table.deleteLater()
