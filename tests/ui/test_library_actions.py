"""What one can do with the scripts that are kept."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QToolButton

from k6desk.api.models import Script
from k6desk.core.place import Place
from k6desk.ui.detail.script import ScriptPane
from k6desk.ui.library.window import COMPARE, SEARCH, ScriptsWindow
from k6desk.ui.library_actions import MOVED_ON


def scripts_windows() -> list[ScriptsWindow]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, ScriptsWindow) and one.isVisible()]


def select(desk, *rows: int) -> list[int]:
    """Select these rows of the table; the ids of their runs."""
    table = desk.workspace.runs.table
    table.clearSelection()
    flags = table.selection.SelectionFlag
    for row in rows:
        table.selection.setCurrentIndex(table.runs.index(row, 0), flags.Select | flags.Rows)
    desk._allow()
    return [table.runs.id(row) for row in rows]


def act(desk, name: str) -> None:
    assert desk.actions_[name].isEnabled(), desk.actions_[name].toolTip()
    desk.actions_[name].trigger()


def why_not(desk, name: str) -> str:
    desk._allow()
    assert not desk.actions_[name].isEnabled()
    return desk.actions_[name].toolTip()


@pytest.fixture
def passed_and_failed(desk, session):
    """Two runs of one test: one that passed, and a later one that failed."""
    store = session.store
    for project in store.projects():
        for test in store.tests(project.id):
            runs = store.latest_of_test(test.id, 50)
            for at, run in enumerate(runs):
                before = [one for one in runs[at + 1 :] if one.outcome == "passed"]
                if run.outcome == "failed" and before:
                    return before[0], run
    raise AssertionError("the demo cloud has no such runs")


async def test_a_runs_script_opens_in_one_window_that_closes_with_the_main_one(desk, until):
    desk.go(Place("all"))
    for row in (0, 1):
        [run_id] = select(desk, row)
        act(desk, "browse_script")
        [window] = scripts_windows()
        await until(lambda: window.is_settled() and window.browse.view.loaded)  # noqa: B023
        assert window.browse.view.owner.id == run_id
        assert window.browse.view.file_view.code.toPlainText()
    act(desk, "search_scripts")
    assert window.tabs.currentIndex() == SEARCH
    desk.close()
    assert not scripts_windows()


async def test_the_tests_script_of_now(desk, session, until):
    test = session.store.test(session.store.unfinished()[0].test_id)
    desk.go(Place("test", test.id))
    desk._allow()
    act(desk, "browse_test_script")
    [window] = scripts_windows()
    await until(lambda: window.is_settled() and window.browse.view.loaded)
    assert session.store.script("test", test.id)


async def test_another_account_closes_it(desk, until):
    desk.go(Place("all"))
    select(desk, 0)
    act(desk, "browse_script")
    assert scripts_windows()
    desk.show_session(None)
    assert not scripts_windows()
    assert "Sign in" in why_not(desk, "search_scripts")


async def test_what_changed_since_the_last_passed_run(desk, passed_and_failed, until):
    passed, failed = passed_and_failed
    desk.go(Place("run", failed.id))
    desk._allow()
    act(desk, "compare_passed")
    [window] = scripts_windows()
    got = []
    show = window._show_comparison
    window._show_comparison = lambda old, new: (got.append((old.label, new.label)), show(old, new))
    await until(lambda: got)
    assert window.tabs.currentIndex() == COMPARE
    [(old, new)] = got
    assert old.startswith(f"Run {passed.id}, ")
    assert old.endswith(", passed")
    assert new.startswith(f"Run {failed.id}, ")
    assert new.endswith(", failed")


async def test_a_run_before_which_none_passed_says_so(desk, session, notices, monkeypatch):
    monkeypatch.setattr(session.store, "last_passed_before", lambda run: None)
    desk.go(Place("all"))
    select(desk, 0)
    act(desk, "compare_passed")
    assert "no run of this test passed before this one" in notices.current()[-1].text
    assert not scripts_windows()


async def test_the_test_may_have_moved_on(desk, session, world, passed_and_failed, until):
    _, run = passed_and_failed
    await session.store.put_script("run", run.id, Script(b"// as it was", is_archive=False))
    desk.go(Place("run", run.id))
    desk._allow()
    act(desk, "compare_today")
    [window] = scripts_windows()
    got = []
    show = window._show_comparison
    window._show_comparison = lambda old, new: (got.append((old, new)), show(old, new))
    await until(lambda: got)
    assert got[0][0].script.content == b"// as it was"
    assert got[0][1].label == "Test’s script today"
    assert got[0][1].remark == MOVED_ON


async def test_two_selected_runs_are_compared_and_no_other_number(desk, session, until):
    desk.go(Place("all"))
    select(desk, 0)
    assert "Select two runs" in why_not(desk, "compare_scripts")
    select(desk, 0, 1, 2)
    assert "Select two runs" in why_not(desk, "compare_scripts")
    ids = select(desk, 0, 1)
    act(desk, "compare_scripts")
    [window] = scripts_windows()
    got = []
    show = window._show_comparison
    window._show_comparison = lambda old, new: (got.append((old.label, new.label)), show(old, new))
    await until(lambda: got)
    by_age = sorted(ids, key=lambda run_id: session.store.run(run_id).created_at)
    assert [label.split(",")[0].split(": ")[-1] for label in got[0]] == [f"Run {run_id}" for run_id in by_age]


async def test_the_pane_offers_them_and_says_why_not(desk, session, until):
    desk.go(Place("all"))
    select(desk, 0)
    desk.workspace.details.show_pane("script")
    pane = desk.workspace.details.script_pane
    assert isinstance(pane, ScriptPane)
    await until(pane.is_settled)
    browse = next(one for one in pane.findChildren(QToolButton) if one.text().startswith("Browse"))
    assert browse.isVisible()
    browse.click()
    [window] = scripts_windows()
    await until(window.is_settled)
    desk.actions_.allow("browse_script", "Not possible offline.")
    assert not browse.isEnabled()
    assert "Not possible offline." in browse.toolTip()
