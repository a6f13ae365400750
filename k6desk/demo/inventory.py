"""The projects and load tests of a world, small or large."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from k6desk.demo.catalogue import PROJECTS, LoadTestDraft, ProjectDraft
from k6desk.demo.clock import DAY, SECOND

Size = Literal["small", "large"]

BEYOND_DOUBLE = 2**53
"""From here on doubles miss odd numbers: ids over it show who reads ids as doubles."""

OPENED_US = 1_717_268_400 * SECOND
"""When the first runs were started that are still kept: 2024-06-01T19:00:00Z."""

_FIRST_PROJECT, _FIRST_TEST = 3_684_600, 1_093_200
_REGIONS = ("Lisboa", "Berlin", "Chicago", "大阪", "São Paulo", "Nairobi", "Melbourne")
_LARGE_PROJECTS, _LARGE_TESTS = 500, 10_000


@dataclass(frozen=True, slots=True)
class Project:
    """A project with its place in the world's list of projects."""

    id: int
    index: int
    name: str
    draft: ProjectDraft
    created_us: int
    tests: range


@dataclass(frozen=True, slots=True)
class LoadTest:
    """A load test with its place in the world's list of tests."""

    id: int
    index: int
    project_id: int
    name: str
    draft: LoadTestDraft
    created_us: int
    updated_us: int


def make_projects(size: Size, start_us: int) -> tuple[list[Project], list[LoadTest]]:
    """The projects of a world that starts at `start_us`, and all their tests."""
    drafts = list(PROJECTS) if size == "small" else [_numbered(i) for i in range(_LARGE_PROJECTS)]
    projects: list[Project] = []
    tests: list[LoadTest] = []
    for index, draft in enumerate(drafts):
        created = OPENED_US - (400 - 13 * (index % 30)) * DAY + index * 1_000_003
        first = len(tests)
        project_id = _FIRST_PROJECT + 7 * index + (2**32 if index == 4 else 0)
        for place, test in enumerate(draft.tests):
            tests.append(_load_test(len(tests), project_id, test, created + (place + 1) * 3 * DAY, start_us))
        projects.append(Project(project_id, index, draft.name, draft, created, range(first, len(tests))))
    return projects, tests


def _load_test(index: int, project_id: int, draft: LoadTestDraft, created_us: int, start_us: int) -> LoadTest:
    test_id = _FIRST_TEST + 3 * index + (BEYOND_DOUBLE if index % 40 == 21 else 0)
    updated = max(created_us, start_us - (index * 37 % 400) * DAY // 3 - 977_003 * index)
    return LoadTest(test_id, index, project_id, draft.name, draft, created_us, updated)


def _numbered(index: int) -> ProjectDraft:
    draft, region = PROJECTS[index % len(PROJECTS)], _REGIONS[index % len(_REGIONS)]
    tests = tuple(
        replace(test, name=f"{test.name}, {region} #{place + 1:02d}", cadence=1 if index or place else 0)
        for place, test in enumerate(draft.tests[i % len(draft.tests)] for i in range(_LARGE_TESTS // _LARGE_PROJECTS))
    )
    return replace(draft, name=f"{draft.name}, {region} {index + 1:03d}", tests=tests)
