"""CSV: what goes in comes out, and no text is a formula anywhere."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.data.export_csv import BOM, csv_bytes

FORMULA = re.compile(r"""(^|[;\t\r\n])[\s"]*[-=+@－＝＋＠]""")
"""What a spreadsheet may work out, at the beginning of a cell or where a semicolon separates cells."""

NASTY = st.text(alphabet=st.sampled_from("=+-@＝＋－＠\t\r\n;,\"' aä0\u00a0\u200b\ufeff|!"), max_size=12)


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(BOM)
    return list(csv.reader(io.StringIO(content[len(BOM) :].decode(), newline="")))


@given(st.lists(st.lists(NASTY | st.text(), min_size=2, max_size=2), max_size=5))
def test_texts_come_back_but_for_the_sign_that_defuses_a_formula(rows):
    [header, *found] = read(csv_bytes(["a", "b"], rows))
    assert header == ["a", "b"]
    assert len(found) == len(rows)
    for before, after in zip(rows, found, strict=True):
        for was, cell in zip(before, after, strict=True):
            assert cell.replace("'", "") == was.replace("'", "")
            assert not FORMULA.search(cell)
            if not re.search(r"[-=+@－＝＋＠]|^[\t\r\n]", was):
                assert cell == was


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "\nx",
        "  =1",
        "\u00a0=1",
        "＝1",
        "－1",
        '"=1',
        "\u200b=1",
        "\x00=1",
    ],
)
def test_what_looks_like_a_formula_begins_with_an_apostrophe(text):
    [_, [cell]] = read(csv_bytes(["a"], [[text]]))
    assert cell.startswith("'" + text[0])


def test_where_lists_are_separated_with_semicolons_it_is_no_formula_either():
    [_, [cell]] = read(csv_bytes(["a"], [['up; =cmd|" /C calc"!A1\n-1']]))
    assert cell == "up;' =cmd|\" /C calc\"!A1\n'-1"


def test_a_header_is_text_like_any_other():
    assert read(csv_bytes(["=1"], [])) == [["'=1"]]


def test_figures_stay_figures_and_texts_are_quoted():
    at = datetime(2026, 11, 21, 14, 3, 22, tzinfo=timezone(timedelta(hours=1)))
    row = ["-5", -5, -0.5, 2**63 - 1, None, True, float("nan"), float("-inf"), at]
    line = csv_bytes(["x"], [row]).decode("utf-8-sig").split("\r\n")[1]
    assert line == '"\'-5",-5,-0.5,9223372036854775807,"","true","","","2026-11-21T13:03:22Z"'


def test_fractions_of_a_second_are_kept():
    at = datetime(2026, 11, 21, 14, 3, 22, 250_000, tzinfo=UTC)
    assert read(csv_bytes(["x"], [[at]]))[1] == ["2026-11-21T14:03:22.250Z"]


def test_half_a_character_is_no_reason_to_fail():
    assert read(csv_bytes(["x"], [["a\ud800b"]]))[1] == ["a?b"]
