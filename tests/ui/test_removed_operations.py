"""A cloud that has dropped what Grafana announced to remove: said once, hidden, and something else is offered."""

from __future__ import annotations

import pytest

from k6desk.core.place import Place
from k6desk.demo.server import create_app, serve
from tests.live_session import TOKEN


@pytest.fixture
async def server(world, faults):
    removed = {"save", "unsave", "baseline"}
    async with serve(create_app(world, token=TOKEN, faults=faults, removed=removed)) as url:
        yield url


@pytest.mark.parametrize("name", ["save", "baseline"])
async def test_it_is_said_once_and_not_offered_any_more(desk, until, notices, name):
    desk.go(Place("all"))
    table = desk.workspace.runs.table.runs
    run = next(
        run
        for row in range(table.rowCount())
        if (run := table.run(row)).is_finished and run.retention_expires_at and not run.is_starred
    )
    desk.go(Place("run", run.id))
    desk._allow()
    desk.actions_[name].trigger()
    await until(lambda: notices.current(), 10)
    [notice] = notices.current()
    assert notice.text.startswith("Grafana has removed")
    assert not desk.actions_[name].isVisible()
    assert desk.actions_["star"].isVisible()
    notice.on_action()
    await until(lambda: desk.session.store.run(run.id).is_starred, 10)
