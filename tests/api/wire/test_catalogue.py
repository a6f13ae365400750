from __future__ import annotations

from datetime import UTC, datetime

import pytest

from k6desk.api.errors import BadAnswer
from k6desk.api.models import Limits, LoadTest, LoadZone, Page, Project
from k6desk.api.wire import catalogue
from tests.api.wire.samples import page_of


def test_projects_tests_and_zones():
    projects, _ = catalogue.projects_page(page_of({"id": 1, "name": "A", "is_default": True}, {"id": "1"}, {"id": 2}))
    assert projects == Page([Project(1, "A", True), Project(2, "")], unreadable=1)
    tests, link = catalogue.load_tests_page(
        page_of({"id": 1, "project_id": 2, "name": "T", "created": "2024-12-03T09:53:00.553", "updated": None}, 5)
    )
    assert tests.rows == [LoadTest(1, 2, "T", datetime(2024, 12, 3, 9, 53, 0, 553000, tzinfo=UTC))]
    assert (tests.unreadable, link) == (1, None)
    zones = catalogue.load_zones(page_of({"id": 3, "k6_load_zone_id": "amazon:jp:tokyo", "available": False}))
    assert zones == [LoadZone(3, "amazon:jp:tokyo", "amazon:jp:tokyo", available=False)]


def test_limits_and_access():
    limits = catalogue.limits(b'{"project_id": 1, "vuh_max_per_month": 50, "vu_max_per_test": null}')
    assert limits == Limits(1, vuh_max_per_month=50)
    assert catalogue.access(b'{"stack_id": 12345, "default_project_id": 67890}').stack_id == 12345
    with pytest.raises(BadAnswer):
        catalogue.access(b'{"stack_id": "12345", "default_project_id": 67890}')


@pytest.mark.parametrize("odd", ["", "500", -1, 2**63, 1.5, True, [], {}])
def test_a_limit_that_cannot_be_read_is_not_taken_for_none(odd):
    body = {"project_id": 1, "vuh_max_per_month": odd}
    page, _ = catalogue.limits_page(page_of(body, {"project_id": 2, "vu_max_per_test": 7}))
    assert page == Page([Limits(2, vu_max_per_test=7)], unreadable=1)


def test_a_baseline_is_read_where_there_still_is_one():
    marks = [{"baseline_test_run_id": 2**62}, {"baseline_test_run_id": None}, {"baseline_test_run_id": "5"}, {}]
    page, _ = catalogue.load_tests_page(page_of(*({"id": 1, "project_id": 2, **mark} for mark in marks)))
    assert [test.baseline_run_id for test in page.rows] == [2**62, None, None, None]
