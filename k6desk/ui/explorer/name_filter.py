"""Which projects and tests the tree shows, by words of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k6desk.api.models import LoadTest

if TYPE_CHECKING:
    from k6desk.core.store import Store


class NameFilter:
    """Leaves tests whose names hold every word, and projects that have such tests or hold the words themselves."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._words: list[str] = []
        self._left: dict[int, list[LoadTest]] | None = None
        self._folded: dict[int, str] = {}

    def __bool__(self) -> bool:
        return bool(self._words)

    def set(self, words: str) -> None:
        """Filter by these words; none of them shows everything."""
        self._words = words.casefold().split()
        self.match()

    def forget_names(self) -> None:
        """Projects or tests are new, gone or renamed: the next match reads their names again."""
        self._folded = {}

    def match(self) -> None:
        """Find what the words leave of the projects and tests that the store has now."""
        self._left = {} if self._words else None
        if self._left is None:
            return
        projects = self._store.projects()
        if not self._folded:
            self._folded = {test.id: test.name.casefold() for p in projects for test in self._store.tests(p.id)}
        for project in projects:
            tests = self._store.tests(project.id)
            name = project.name.casefold()
            if all(word in name for word in self._words):
                self._left[project.id] = tests
                continue
            for word in self._words:
                tests = [test for test in tests if word in self._folded[test.id]]
            if tests:
                self._left[project.id] = tests

    def has(self, project_id: int) -> bool:
        """Whether a project is shown."""
        return self._left is None or project_id in self._left

    def has_tests(self, project_id: int) -> bool:
        """Whether any load tests of a project are left."""
        return self._store.has_tests(project_id) if self._left is None else bool(self._left.get(project_id))

    def tests(self, project_id: int) -> list[LoadTest]:
        """The tests of a project that are shown, in the store's order."""
        return self._store.tests(project_id) if self._left is None else self._left.get(project_id, [])

    def count(self) -> int:
        """How many tests a filter leaves; 0 without one."""
        return sum(len(tests) for tests in (self._left or {}).values())
