"""The projects and load tests of an account, by id and by name."""

from __future__ import annotations

from collections.abc import Iterable

from k6desk.api.models import LoadTest
from k6desk.data.cache import Cache


class Catalogue:
    """Reads the few tests that the first picture names; `whole` holds all of them, which takes a while to read."""

    def __init__(self, cache: Cache, tests: Iterable[LoadTest] | None = None) -> None:
        self._cache = cache
        self.is_whole = tests is not None
        self.projects = {project.id: project for project in cache.projects()}
        self.tests = {test.id: test for test in tests or ()}
        self._tests_of: dict[int, list[LoadTest]] = {}
        for test in self.tests.values():
            self._tests_of.setdefault(test.project_id, []).append(test)
        self._with_tests = self._tests_of.keys() if self.is_whole else cache.projects_with_tests()

    @classmethod
    def whole(cls, cache: Cache) -> Catalogue:
        """Everything in memory; for a worker thread."""
        return cls(cache, cache.tests())

    def test(self, test_id: int) -> LoadTest | None:
        """A load test, if it is known."""
        if not self.is_whole and test_id not in self.tests and (found := self._cache.test(test_id)):
            self.tests[test_id] = found
        return self.tests.get(test_id)

    def has_tests(self, project_id: int) -> bool:
        """Whether a project has load tests; asked of every project that a tree shows."""
        return project_id in self._with_tests

    def tests_of(self, project_id: int) -> list[LoadTest]:
        """The load tests of a project by name."""
        return self._tests_of.get(project_id, []) if self.is_whole else self._cache.tests(project_id)
