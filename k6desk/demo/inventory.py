"""The projects and load tests of a world: records that are replaced, never changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from k6desk.demo.catalogue import PROJECTS, LoadTestDraft, ProjectDraft, Script
from k6desk.demo.clock import DAY, SECOND

Size = Literal["small", "large"]

BEYOND_DOUBLE = 2**53
"""From here on doubles miss odd numbers: ids over it show who reads ids as doubles."""

OPENED_US = 1_717_268_400 * SECOND
"""When the first runs were started that are still kept: 2024-06-01T19:00:00Z."""

MOST_PROJECTS = 1000
_FIRST_PROJECT, _FIRST_TEST = 3_684_600, 1_093_200
_REGIONS = ("Lisboa", "Berlin", "Chicago", "大阪", "São Paulo", "Nairobi", "Melbourne")
_LARGE_PROJECTS, _LARGE_TESTS = 500, 10_000


class ConflictError(Exception):
    """It cannot be done as things are; the text says why."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project. `index` is its place among all that ever were; limits are those of the draft."""

    id: int
    index: int
    name: str
    draft: ProjectDraft
    created_us: int
    updated_us: int


@dataclass(frozen=True, slots=True)
class LoadTest:
    """A load test. `index` is its place among all that ever were.

    The draft is what it does, and `upload` the script when a client sent it. `home_id` is the project its script was
    written for; it stays the same when the test is moved. `baseline_id` is the id of a run.
    """

    id: int
    index: int
    project_id: int
    home_id: int
    name: str
    draft: LoadTestDraft
    created_us: int
    updated_us: int
    upload: Script | None = None
    baseline_id: int | None = None
    k6_version: int | None = None


class Inventory:
    """The projects and tests that there are, in the order in which they came to be."""

    def __init__(self, size: Size, start_us: int) -> None:
        self._projects: dict[int, Project] = {}
        self._tests: dict[int, LoadTest] = {}
        self._project_count = 0
        self._test_count = 0
        for draft in PROJECTS if size == "small" else map(_numbered, range(_LARGE_PROJECTS)):
            index = self._project_count
            created = OPENED_US - (400 - 13 * (index % 30)) * DAY + index * 1_000_003
            project = self.add_project(draft, created, created + 11 * DAY)
            for place, test in enumerate(draft.tests):
                created_us = created + (place + 1) * 3 * DAY
                back = self._test_count * 37 % 400 * DAY // 3 + 977_003 * self._test_count
                self.add_test(project.id, test, created_us, max(created_us, start_us - back))

    @property
    def projects(self) -> list[Project]:
        """All projects, the oldest first."""
        return list(self._projects.values())

    @property
    def tests(self) -> list[LoadTest]:
        """All tests, the oldest first."""
        return list(self._tests.values())

    def tests_of(self, project_id: int) -> list[LoadTest]:
        """The tests of one project, the oldest first."""
        return [test for test in self._tests.values() if test.project_id == project_id]

    def project(self, project_id: int) -> Project | None:
        """A project by its id."""
        return self._projects.get(project_id)

    def test(self, test_id: int) -> LoadTest | None:
        """A test by its id."""
        return self._tests.get(test_id)

    def add_project(self, draft: ProjectDraft, created_us: int, updated_us: int) -> Project:
        """A new project; ConflictError when there is one of this name or there are too many."""
        if len(self._projects) >= MOST_PROJECTS:
            raise ConflictError(f"The maximum number of projects ({MOST_PROJECTS}) is reached.")
        self._check_project_name(draft.name)
        index = self._project_count
        # Small ones only: k6 CLIs before version 2.2 read no list of projects that has an id of more than 31 bits.
        project_id = _FIRST_PROJECT + 7 * index
        project = Project(project_id, index, draft.name, draft, created_us, updated_us)
        self._projects[project_id] = project
        self._project_count += 1
        return project

    def rename_project(self, project: Project, name: str, now_us: int) -> None:
        """Give a project another name; ConflictError when there is one of that name."""
        if name != project.name:
            self._check_project_name(name)
            self._projects[project.id] = replace(project, name=name, updated_us=now_us)

    def limit_project(self, project: Project, limits: dict[str, int | None]) -> None:
        """Change limits, named as in the draft."""
        self._projects[project.id] = replace(project, draft=replace(project.draft, **limits))  # type: ignore[arg-type]

    def remove_project(self, project: Project) -> None:
        """Forget a project."""
        del self._projects[project.id]

    def add_test(
        self,
        project_id: int,
        draft: LoadTestDraft,
        created_us: int,
        updated_us: int,
        upload: Script | None = None,
        k6_version: int | None = None,
    ) -> LoadTest:
        """A new test. Its name must be free (`check_test_name`)."""
        index = self._test_count
        test_id = _FIRST_TEST + 3 * index + (BEYOND_DOUBLE if index % 40 == 21 else 0)
        test = LoadTest(
            test_id,
            index,
            project_id,
            project_id,
            draft.name,
            draft,
            created_us,
            updated_us,
            upload,
            k6_version=k6_version,
        )
        self._tests[test_id] = test
        self._test_count += 1
        return test

    def put_test(self, test: LoadTest) -> None:
        """Put a changed test in the place of the one with its id."""
        self._tests[test.id] = test

    def put_baseline(self, test: LoadTest, run_id: int | None) -> None:
        """Mark a run as the baseline of its test; None takes the mark away."""
        self._tests[test.id] = replace(test, baseline_id=run_id)

    def remove_test(self, test: LoadTest) -> None:
        """Forget a test."""
        del self._tests[test.id]

    def check_test_name(self, project_id: int, name: str) -> None:
        """Raise ConflictError when a test of the project has this name."""
        if any(test.name == name and test.project_id == project_id for test in self._tests.values()):
            raise ConflictError(f"The project has a load test named {name!r} already.")

    def _check_project_name(self, name: str) -> None:
        if any(project.name == name for project in self._projects.values()):
            raise ConflictError(f"There is a project named {name!r} already.")


def _numbered(index: int) -> ProjectDraft:
    draft, region = PROJECTS[index % len(PROJECTS)], _REGIONS[index % len(_REGIONS)]
    tests = tuple(
        replace(test, name=f"{test.name}, {region} #{place + 1:02d}", cadence=1 if index or place else 0)
        for place, test in enumerate(draft.tests[i % len(draft.tests)] for i in range(_LARGE_TESTS // _LARGE_PROJECTS))
    )
    return replace(draft, name=f"{draft.name}, {region} {index + 1:03d}", tests=tests)
