"""Answers about what lasts: projects, load tests, load zones, limits, and what a token may do."""

from __future__ import annotations

import msgspec

from k6desk.api.lenient import JsonObject
from k6desk.api.models import Limits, LoadTest, LoadZone, Page, Project, StackAccess
from k6desk.api.wire.lists import page, required


def projects_page(body: bytes) -> tuple[Page[Project], str | None]:
    """One page of projects and the link to the next."""
    return page(body, _project)


def projects(body: bytes) -> list[Project]:
    """The projects that may use a load zone."""
    return page(body, _project)[0].rows


def project(body: bytes) -> Project:
    """One project."""
    return required(_project(JsonObject.parse(body)))


def load_tests_page(body: bytes) -> tuple[Page[LoadTest], str | None]:
    """One page of load tests and the link to the next."""
    return page(body, _load_test)


def load_test(body: bytes) -> LoadTest:
    """One load test."""
    return required(_load_test(JsonObject.parse(body)))


def load_zones(body: bytes) -> list[LoadZone]:
    """The load zones of a stack or a project."""
    return page(body, _load_zone)[0].rows


def limits_page(body: bytes) -> tuple[Page[Limits], str | None]:
    """One page of the limits of projects and the link to the next."""
    return page(body, _limits)


def limits(body: bytes) -> Limits:
    """What a project may use."""
    return required(_limits(JsonObject.parse(body)))


def access(body: bytes) -> StackAccess:
    """The stack that a token belongs to."""
    fields = JsonObject.parse(body)
    return StackAccess(required(fields.whole("stack_id")), required(fields.whole("default_project_id")))


def _project(fields: JsonObject) -> Project | None:
    project_id = fields.whole("id")
    if project_id is None:
        return None
    return Project(project_id, fields.text("name") or "", fields.flag("is_default", default=False))


def _load_test(fields: JsonObject) -> LoadTest | None:
    test_id, project_id = fields.whole("id"), fields.whole("project_id")
    if test_id is None or project_id is None:
        return None
    return LoadTest(
        id=test_id,
        project_id=project_id,
        name=fields.text("name") or "",
        created_at=fields.time("created"),
        updated_at=fields.time("updated"),
        baseline_run_id=fields.whole("baseline_test_run_id"),
    )


def _load_zone(fields: JsonObject) -> LoadZone | None:
    zone_id, key = fields.whole("id"), fields.text("k6_load_zone_id")
    if zone_id is None or key is None:
        return None
    return LoadZone(
        id=zone_id,
        name=fields.text("name") or key,
        k6_load_zone_id=key,
        available=fields.flag("available", default=True),
        public=fields.flag("public", default=True),
    )


def _limits(fields: JsonObject) -> Limits | None:
    try:
        return msgspec.convert(fields.members, Limits)
    except msgspec.ValidationError:
        return None  # a limit that cannot be read is not "no limit"
