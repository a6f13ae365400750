from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.demo.errors import Refusal
from k6desk.demo.fields import Field, order_keys, select
from k6desk.demo.odata import matching

FIELDS = {
    "id": Field("number", lambda row: row["id"]),
    "name": Field("text", lambda row: row["name"]),
    "ended": Field("time", lambda row: row["ended"]),
    "deleted": Field("boolean", lambda row: row["deleted"]),
    "config": Field("object", lambda row: {"archive": row["name"]}),
}
ROWS = [
    {"id": 1, "name": "Home page", "ended": "2026-05-01T10:00:00.000000Z", "deleted": False},
    {"id": 2, "name": "heavy 'Friday' rush", "ended": "2026-05-02T10:00:00.500000Z", "deleted": True},
    {"id": 2**53 + 1, "name": "", "ended": None, "deleted": False},
]
COMPARED = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}


def found(wanted):
    return [place for place, row in enumerate(ROWS) if row in matching(wanted, ROWS, FIELDS)]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ("id eq 2", [1]),
        ("2 eq id", [1]),
        ("id ge 1.5", [1, 2]),
        (f"id eq {2**53}", []),
        (f"id eq {2**53 + 1}", [2]),
        ("id gt -1", [0, 1, 2]),
        ("contains(name,'heavy')", [1]),
        ("contains( name , 'HEAVY' )", []),
        ("contains(name,'''Friday''')", [1]),
        ("name eq ''", [2]),
        ("startswith(name,'Ho') or endswith(name,'rush')", [0, 1]),
        ("contains(name,'e') eq false", [2]),
        ("deleted", [1]),
        ("not deleted", [0, 2]),
        ("deleted ne true", [0, 2]),
        ("ended lt 2026-05-02", [0]),
        ("ended ge 2026-05-02T10:00:00.5Z", [1]),
        ("ended eq 2026-05-01T12:00:00+02:00", [0]),
        ("ended eq null", [2]),
        ("ended ne null", [0, 1]),
        ("ended gt 0001-01-01", [0, 1]),
        ("not (ended gt 0001-01-01)", [2]),
        ("id eq 1 or id eq 2 and deleted eq false", [0]),
        ("(id eq 1 or id eq 2) and deleted eq false", [0]),
        ("(id eq 1 or id eq 2) and not (deleted eq false)", [1]),
        ("not id eq 1 and not id eq 2", [2]),
        ("not(id eq 1)and(id eq 2)", [1]),
    ],
)
def test_filters_are_read_as_odata_reads_them(wanted, places):
    assert found(wanted) == places


@pytest.mark.parametrize(
    ("wanted", "place", "words"),
    [
        ("", 1, "the end"),
        ("   ", 4, "the end"),
        ("run_status eq 5 and", 1, "'run_status'"),
        ("id eq 5 and", 12, "the end"),
        ("id eq 5 id", 9, "'and', 'or' or the end"),
        ("id", 3, "one of eq, ne"),
        ("id = 5", 4, "found '= 5'"),
        ("id equals 5", 4, "'equals'"),
        ("id eq 'five'", 4, "a number and a text"),
        ("name gt true", 6, "a text and a boolean"),
        ("contains(id,'5')", 10, "a text"),
        ("contains(name,5)", 15, "a text"),
        ("contains(name 'x')", 15, "','"),
        ("tolower(name) eq 'x'", 1, "contains, startswith, endswith"),
        ("(id eq 5", 9, "')'"),
        ("id eq 5)", 8, "found ')'"),
        ("name eq 'open", 9, "quoted text"),
        ("config eq null", 1, "'config'"),
        ("ended gt 2026-02-30", 10, "a date-time that exists"),
        ("ended gt 0001-01-01T00:00+05:00", 10, "a date-time that exists"),
        ("id eq 5and id eq 6", 7, "found '5and id"),
        ("ID eq 5", 1, "'ID'"),
        (f"{'(' * 5000}id eq 5{')' * 5000}", 52, "at most 50 levels"),
        (f"{'not ' * 5000}deleted", 205, "at most 50 levels"),
        (f"id eq {'9' * 5000}", 7, "found '9999"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(wanted, place, words):
    with pytest.raises(Refusal) as refused:
        found(wanted)
    assert (refused.value.status_code, refused.value.target) == (400, "$filter")
    assert refused.value.detail.startswith(f"$filter at character {place}: expected ")
    assert words in refused.value.detail


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def comparison(operator, name, value):
    literal = quoted(value) if isinstance(value, str) else str(value).lower()
    return f"{name} {operator} {literal}", lambda row: COMPARED[operator](row[name], value)


def either(left, right):
    return f"{left[0]} or {right[0]}", lambda row: left[1](row) or right[1](row)


def both(left, right):
    return f"({left[0]}) and ({right[0]})", lambda row: left[1](row) and right[1](row)


def negation(inner):
    return f"not ({inner[0]})", lambda row: not inner[1](row)


EXPRESSIONS = st.recursive(
    st.one_of(
        st.builds(comparison, st.sampled_from(list(COMPARED)), st.just("id"), st.integers(-(2**62), 2**62)),
        st.builds(comparison, st.sampled_from(list(COMPARED)), st.just("name"), st.text(max_size=5)),
        st.builds(comparison, st.sampled_from(["eq", "ne"]), st.just("deleted"), st.booleans()),
    ),
    lambda inner: st.builds(either, inner, inner) | st.builds(both, inner, inner) | st.builds(negation, inner),
    max_leaves=12,
)
THINGS = st.fixed_dictionaries(
    {"id": st.integers(-(2**62), 2**62), "name": st.text(max_size=5), "ended": st.none(), "deleted": st.booleans()}
)


@given(EXPRESSIONS, st.lists(THINGS, max_size=5))
def test_any_expression_means_what_it_says(expression, rows):
    wanted, means = expression
    assert matching(wanted, rows, FIELDS) == [row for row in rows if means(row)]


WORDS = ("and", "or", "not", "eq", "gt", "contains", "(", ")", ",", "id", "name", "ended", "deleted", "null", "'a'")


@given(st.text(max_size=30) | st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
def test_any_text_is_a_filter_or_refused(wanted):
    with suppress(Refusal):
        assert len(found(wanted)) <= len(ROWS)


def test_chosen_fields_come_in_the_order_of_the_answer():
    assert select(None, FIELDS)(ROWS[0]).keys() == FIELDS.keys()
    assert list(select("name, id", FIELDS)(ROWS[0]).items()) == [("id", 1), ("name", "Home page")]


@pytest.mark.parametrize("wanted", ["", "id,", "id,names", "*", "ID"])
def test_unknown_fields_cannot_be_chosen(wanted):
    with pytest.raises(Refusal, match=r"\$select"):
        select(wanted, FIELDS)


def test_null_comes_first_and_objects_have_no_order():
    keys = order_keys(FIELDS)
    assert [row["id"] for row in sorted(ROWS, key=keys["ended"])] == [2**53 + 1, 1, 2]
    assert [row["name"][:1] for row in sorted(ROWS, key=keys["name"])] == ["", "h", "H"]
    assert "config" not in keys
