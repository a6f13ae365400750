"""Conditions of API v5: what is typed is a value, never syntax."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from k6desk.api.legacy.odata import Property, address, options

NAME, STATUS, CREATED = Property("name"), Property("run_status"), Property("created")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (NAME.contains("heavy"), "contains(name,'heavy')"),
        (NAME.contains("it's') or (1 eq 1"), "contains(name,'it''s'') or (1 eq 1')"),
        (NAME.eq("a''b"), "name eq 'a''''b'"),
        (STATUS.eq(5), "run_status eq 5"),
        (STATUS.ne(-2) & STATUS.gt(0) & STATUS.le(9), "run_status ne -2 and run_status gt 0 and run_status le 9"),
        (STATUS.lt(3) & (STATUS.eq(1) | STATUS.eq(2)), "run_status lt 3 and (run_status eq 1 or run_status eq 2)"),
        (
            (STATUS.eq(1) & STATUS.eq(2)) | ~STATUS.eq(3),
            "(run_status eq 1 and run_status eq 2) or not (run_status eq 3)",
        ),
        (
            CREATED.ge(datetime(2026, 4, 6, 21, tzinfo=timezone(timedelta(hours=2)))),
            "created ge 2026-04-06T19:00:00.000000Z",
        ),
    ],
)
def test_conditions(condition, text):
    assert condition.text == text


def test_a_query_has_only_what_is_asked_and_arrives_as_it_was_meant():
    path = address("/x", options(select=("id", "name"), where=NAME.contains("a+b & 'c' #1"), order="created desc"))
    assert parse_qs(urlsplit(path).query) == {
        "$select": ["id,name"],
        "$filter": ["contains(name,'a+b & ''c'' #1')"],
        "$orderby": ["created desc"],
    }
    assert options() == {}
