from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.demo.errors import Refusal
from k6desk.demo.metrics.expressions import Expression, read_expression, read_selector


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("rate", Expression("rate", None, ())),
        ("value()", Expression("value", None, ())),
        ("min", Expression("min", None, ())),
        ("max ()", Expression("max", None, ())),
        ("rate by (name,status)", Expression("rate", None, ("name", "status"))),
        ("histogram_quantile(0.95) by ( name )", Expression("histogram_quantile", 0.95, ("name",))),
        ("max_rate(5s)", Expression("max_rate", 5.0, ())),
        ("sum(last by (instance_id))", Expression("last", None, ("instance_id",), "sum")),
        (
            "avg( histogram_quantile(0.5) by (a, b) ) by (b)",
            Expression("histogram_quantile", 0.5, ("a", "b"), "avg", ("b",)),
        ),
        ("max(max by (a))", Expression("max", None, ("a",), "max")),
    ],
)
def test_an_expression_is_read(text, expression):
    assert read_expression(text) == expression


@pytest.mark.parametrize(
    "text",
    [
        "",
        "by (name)",
        "rate by",
        "rate by ()",
        "rate by (name",
        "rate by (name,)",
        "rate rate",
        "histogram_quantile(0,95)",
        "histogram_quantile(-1)",
        "sum(last by (a)",
        "median(last by (a))",
        "sum(max(last))",
        "rate by ('name')",
        "5",
    ],
)
def test_an_expression_that_cannot_be_read_is_refused_with_its_place(text):
    with pytest.raises(Refusal, match="at character") as caught:
        read_expression(text)
    assert (caught.value.status_code, caught.value.target) == (400, "query")


LABELS = {"name": "GET /a", "status": "200"}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("m", True),
        ("m{}", True),
        ('m{status="200"}', True),
        ('m{status!="200"}', False),
        ('m{status!="0",name=~"GET .*"}', True),
        ('m{name=~"GET"}', False),
        ('m{name!~"POST.*",}', True),
        ('m{other=""}', True),
        ('m{other!=""}', False),
        (r'm{status=~"2\\d\\d"}', True),
        (r'm{status=~"2\d\d"}', True),
    ],
)
def test_a_selector_chooses_series(text, matches):
    selector = read_selector(text)
    assert selector.metric == "m"
    assert selector.matches(LABELS) is matches


@given(st.text())
def test_any_label_value_can_be_selected(value):
    selector = read_selector("m{name=" + json.dumps(value, ensure_ascii=False) + "}")
    assert selector.matches({"name": value})
    assert not selector.matches({"name": value + "!"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        'm{name="a"',
        "m{name='a'}",
        "m{name}",
        'm{name=="a"}',
        'm{name=~"("}',
        'm{,name="a"}',
        "m n",
        'm{a="b}',
    ],
)
def test_a_selector_that_cannot_be_read_is_refused(text):
    with pytest.raises(Refusal) as caught:
        read_selector(text, "match[]")
    assert (caught.value.status_code, caught.value.target) == (400, "match[]")
