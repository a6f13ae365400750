"""A live session on the demo cloud, and the runs of one of its tests."""

from __future__ import annotations

import pytest

from k6desk.ui.compare.window import CompareWindow


@pytest.fixture
async def live(session, go_live, until):
    await session.store.load_index()
    go_live()
    await until(lambda: test_of(session), 20)
    return session


@pytest.fixture
def runs(live):
    """The ended runs of a test that has many, the newest first."""
    test = test_of(live)
    return [run for run in live.store.latest_of_test(test.id, 100) if run.outcome in {"passed", "failed"}]


@pytest.fixture
async def comparison(live, tasks, dressed):
    window = CompareWindow(live, tasks, live.notices)
    yield window
    window.close()
    window.deleteLater()


def test_of(session):
    """A test with many runs."""
    tests = [test for project in session.store.projects() for test in session.store.tests(project.id)]
    return next((test for test in tests if len(session.store.latest_of_test(test.id, 20)) >= 12), None)
