from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k6desk.api.errors import BadAnswer
from k6desk.api.wire import catalogue, errors, plans, runs
from tests.api.wire.samples import BARE, BROKEN, json_values, page_of

LISTS = (
    runs.runs_page,
    catalogue.projects_page,
    catalogue.projects,
    catalogue.load_tests_page,
    catalogue.load_zones,
    catalogue.limits_page,
    plans.schedules_page,
    plans.label_keys,
    plans.labels,
)
THINGS = (
    runs.run_detail,
    catalogue.project,
    catalogue.load_test,
    catalogue.limits,
    catalogue.access,
    plans.schedule,
)


@pytest.mark.parametrize(("count", "total"), [(5, 5), ("5", 5), (0, 0), (-1, None), (True, None), (2.5, None)])
@pytest.mark.parametrize("odd", [[], [{}]], ids=["all rows good", "one odd row"])
def test_a_count_may_be_a_string(count, total, odd):
    body = page_of(BARE, *odd, **{"@count": count, "@nextLink": "/cloud/v6/x"})
    page, link = runs.runs_page(body)
    assert (page.total, link) == (total, "/cloud/v6/x")
    assert catalogue.projects_page(body)[0].total == total


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("read", LISTS)
def test_what_is_no_page_is_a_bad_answer(read, body):
    with pytest.raises(BadAnswer):
        read(body)


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_object_is_a_bad_answer(body):
    for read in (*THINGS, runs.distribution):
        with pytest.raises(BadAnswer):
            read(body)
    assert errors.error_message(body) == ""


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_an_answer_or_a_bad_answer(body):
    for read in (*LISTS, *THINGS, runs.distribution, plans.estimate):
        with contextlib.suppress(BadAnswer):
            read(body)
    errors.error_message(body)
