"""What one can compare, and why not."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from k6desk.core.place import Place
from k6desk.ui.compare.window import TREND, CompareWindow
from tests.ui.test_library_actions import act, scripts_windows, select, why_not
from tests.ui.test_several_runs import said


def comparisons() -> list[CompareWindow]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, CompareWindow) and one.isVisible()]


async def test_two_to_five_runs_are_compared_with_the_oldest(desk, session, until):
    desk.go(Place("all"))
    select(desk, 0)
    assert "Select 2 to 5 runs" in why_not(desk, "compare_runs")
    select(desk, *range(6))
    assert "Select 2 to 5 runs" in why_not(desk, "compare_runs")
    ids = select(desk, 0, 1, 2)
    act(desk, "compare_runs")
    [window] = comparisons()
    by_age = sorted(ids, key=lambda run_id: (session.store.run(run_id).created_at, run_id))
    assert window.compare_page.runs.run_ids == tuple(by_age)
    await until(window.is_settled, 20)
    desk.close()
    assert not comparisons()


async def test_a_local_baseline_is_set_compared_with_and_cleared(desk, session, until):
    test = next(
        test
        for project in session.store.projects()
        for test in session.store.tests(project.id)
        if test.baseline_run_id is None and len(session.store.latest_of_test(test.id, 5)) > 2
    )
    newest, *_, oldest = session.store.latest_of_test(test.id, 5)
    desk.go(Place("run", newest.id))
    assert "has no baseline" in why_not(desk, "compare_baseline")
    desk.go(Place("run", oldest.id))
    desk._allow()
    act(desk, "local_baseline")
    await until(lambda: session.store.local_baseline(test.id) == oldest.id)
    assert "is the baseline of its test" in why_not(desk, "compare_baseline")
    assert desk.actions_["local_baseline"].text() == "Clear local baseline"
    desk.go(Place("run", newest.id))
    desk._allow()
    act(desk, "compare_baseline")
    [window] = comparisons()
    assert window.compare_page.runs.run_ids == (oldest.id, newest.id)
    window.close()
    desk.go(Place("run", oldest.id))
    desk._allow()
    act(desk, "local_baseline")
    await until(lambda: session.store.local_baseline(test.id) is None)


async def test_it_is_said_that_the_baseline_of_the_server_goes_before_a_local_one(desk, session, until, notices):
    test = next(
        test
        for project in session.store.projects()
        for test in session.store.tests(project.id)
        if test.baseline_run_id and len(session.store.latest_of_test(test.id, 5)) > 2
    )
    run = next(run for run in session.store.latest_of_test(test.id, 5) if run.id != test.baseline_run_id)
    desk.go(Place("run", run.id))
    desk._allow()
    act(desk, "local_baseline")
    await until(lambda: any(f"Grafana has run {test.baseline_run_id} as the" in words for words in said(notices)))


async def test_the_trend_of_a_test_and_a_run_of_it(desk, session, until):
    test_id = session.store.unfinished()[0].test_id
    desk.go(Place("test", test_id))
    desk._allow()
    act(desk, "trend")
    [window] = comparisons()
    assert window.tabs.currentIndex() == TREND
    await until(window.is_settled, 20)
    run = session.store.latest_of_test(test_id, 2)[-1]
    window.run_wanted.emit(run.id)
    assert desk.workspace.run.id == run.id


async def test_two_scripts_are_compared_from_there(desk, session, until):
    desk.go(Place("all"))
    select(desk, 0, 1)
    act(desk, "compare_runs")
    [window] = comparisons()
    window.scripts_wanted.emit(*window.compare_page.runs.run_ids)
    assert scripts_windows()
    await until(window.is_settled, 20)
    window.close()


async def test_another_account_closes_it(desk, until):
    desk.go(Place("all"))
    select(desk, 0, 1)
    act(desk, "compare_runs")
    assert comparisons()
    desk.show_session(None)
    assert not comparisons()
    assert "Sign in" in why_not(desk, "compare_runs")
