from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k6desk.demo.errors import Refusal
from k6desk.demo.metrics.arguments import read_arguments

KINDS = {"query": "text", "metric": "text", "step": "number", "start": "time", "test_run_ids": "numbers"}


def test_every_kind_is_read():
    text = "query='rate by (name,status)',metric='http_reqs{a=\"x=y, ''z''\"}',step=5,start=2026-04-06T19:00:00Z"
    assert read_arguments(text, KINDS) == {
        "query": "rate by (name,status)",
        "metric": "http_reqs{a=\"x=y, 'z'\"}",
        "step": 5,
        "start": 1_775_502_000_000_000,
    }
    assert read_arguments(" test_run_ids = [1, 9007203549710276] ", KINDS) == {
        "test_run_ids": [1, 9_007_203_549_710_276]
    }
    assert read_arguments("", KINDS) == {}


@given(st.text())
def test_any_text_comes_through_its_quotes(text):
    assert read_arguments("metric='" + text.replace("'", "''") + "',step=3", KINDS) == {"metric": text, "step": 3}


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("query=rate", "query"),
        ("query='rate", None),
        ("query='rate'metric='a'", None),
        ("query='rate',", None),
        (",query='rate'", None),
        ("step='5'", "step"),
        ("step=-5", "step"),
        ("step=1e3", "step"),
        ("start=yesterday", "start"),
        ("test_run_ids=[]", "test_run_ids"),
        ("test_run_ids=[1,a]", "test_run_ids"),
        ("test_run_ids=1", "test_run_ids"),
        ("step=5,step=6", "step"),
        ("pace=5", "pace"),
    ],
)
def test_what_is_wrong_is_refused(text, target):
    with pytest.raises(Refusal) as caught:
        read_arguments(text, KINDS)
    assert (caught.value.status_code, caught.value.target) == (400, target)
