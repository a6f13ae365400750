"""Which run of a test the others are compared with."""

from __future__ import annotations

from datetime import UTC, datetime

from k6desk.api.models import LoadTest, Run
from k6desk.core.compare.baseline import baseline_of

NOW = datetime(2026, 4, 6, tzinfo=UTC)


def run(run_id: int) -> Run:
    return Run(run_id, 10, 1, "completed", NOW, "passed")


async def test_the_servers_baseline_goes_before_that_of_this_computer(session):
    store, told = session.store, []
    store.changed.connect(told.append)
    assert baseline_of(store, run(1)) is None
    await store.set_local_baseline(10, 3)
    assert baseline_of(store, run(1)) == 3
    assert baseline_of(store, run(3)) is None, "it is the baseline itself"
    await store.put_tests([LoadTest(10, 1, "Checkout", baseline_run_id=4)], NOW)
    assert baseline_of(store, run(1)) == 4
    await store.put_tests([LoadTest(10, 1, "Checkout")], NOW)
    assert baseline_of(store, run(1)) == 3
    await store.set_local_baseline(10, 5)
    assert told[-1].details | told[-2].details == {3, 5}, "both have another mark now"
    await store.set_local_baseline(10, None)
    assert baseline_of(store, run(1)) is None
