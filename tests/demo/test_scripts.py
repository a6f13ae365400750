from __future__ import annotations

import pytest

from k6desk.demo.scripts import literal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ([], "[]"),
        (None, "null"),
        (True, "true"),
        ('it\'s "quoted" \\ and\nbroken', "'it\\'s \"quoted\" \\\\ and\\nbroken'"),
        ({"vus": 10, "a-b": [1, 2]}, "{ vus: 10, 'a-b': [1, 2] }"),
    ],
)
def test_values_become_javascript(value, text):
    assert literal(value) == text


def test_long_values_take_a_line_for_each_part():
    assert (
        literal({"stages": ["a" * 30, "b" * 30]}) == f"{{\n  stages: [\n    '{'a' * 30}',\n    '{'b' * 30}',\n  ],\n}}"
    )
