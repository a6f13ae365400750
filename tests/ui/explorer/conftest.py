"""A real store with a small stack in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from k6desk.api.models import LoadTest, Project, Run
from k6desk.core.store import Store
from k6desk.data.cache import Cache
from k6desk.data.library import Library

BIG = 2**40
PROJECTS = [Project(1, "Checkout"), Project(2, "Login"), Project(3, "決済基盤 & مشروع"), Project(4, "empty")]
TESTS = [
    LoadTest(BIG + 1, 1, "ramp"),
    LoadTest(BIG + 2, 1, "smoke"),
    LoadTest(BIG + 3, 2, "smoke"),
    LoadTest(BIG + 4, 3, "<img src=x> spike"),
]


def run(number: int, test: LoadTest = TESTS[0], status: str = "completed", result: str | None = "passed") -> Run:
    """Run `number` of a test, a minute younger than the one before."""
    at = datetime.now(UTC) - timedelta(hours=1) + timedelta(minutes=number)
    if status not in {"completed", "aborted"}:
        result = None
    return Run(BIG + number, test.id, test.project_id, status, at, result)


class Stack:
    """Says to a store what a server might."""

    def __init__(self) -> None:
        self.store = Store(Cache(None), Library(None))

    async def catalogue(self, projects=PROJECTS, tests=TESTS) -> None:
        await self.store.put_catalogue(projects, tests, datetime.now(UTC), complete=True)

    async def runs(self, *runs: Run) -> None:
        await self.store.put_runs(runs, datetime.now(UTC))


@pytest.fixture
def stack():
    made = Stack()
    yield made
    made.store.close()
