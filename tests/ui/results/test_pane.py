"""The pane of what a run measured, on a real demo cloud."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from k6desk.api.metrics import Matcher
from k6desk.core.place import Place
from k6desk.data.query import Query
from k6desk.ui.placeholder import Placeholder
from k6desk.ui.results.pane import PAGES


@pytest.fixture
def results(desk):
    desk.workspace.read("charts")
    return desk.workspace.details._results


def run_of(desk, word: str, name: str = "") -> int:
    """The newest run with this outcome, of a test with this name."""
    store = desk.session.store
    runs = (store.run(run_id) for run_id in store.select(Query()))
    return next(
        run.id for run in runs if run.outcome == word and name in store.name_of(run) and run.execution_duration_s != 0
    )


def said(results) -> str:
    """What stands in the place of a page; "" if there is a page."""
    words = results._room.currentWidget()
    return words._title.text() if isinstance(words, Placeholder) else ""


async def test_every_page_of_an_ended_run_fills(desk, results, until):
    desk.go(_place(run_of(desk, "failed", "Checkout ramp")))
    for name, *_ in PAGES:
        desk.workspace.read(name)
        assert results.page == name
        await until(lambda: not said(results) and results.is_settled(), 20)


async def test_the_page_stays_from_run_to_run(desk, results, until):
    desk.go(_place(run_of(desk, "failed", "Checkout ramp")))
    desk.workspace.read("checks")
    desk.go(_place(run_of(desk, "passed", "Checkout ramp")))
    assert results.page == "checks"
    await until(lambda: results.run.result == "passed" and not said(results), 20)


async def test_a_click_on_its_button_shows_a_page(desk, results, qtbot):
    desk.go(_place(run_of(desk, "failed", "Checkout ramp")))
    button = results.findChild(QToolButton, "thresholds")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert results.page == "thresholds"
    assert button.isChecked()
    others = set(results._buttons.buttons()) - {button}
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    assert {each.focusPolicy() for each in others} == {Qt.FocusPolicy.NoFocus}
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Right)
    assert results.page == "checks"


async def test_a_run_that_died_before_its_load_says_so(desk, results, until):
    store = desk.session.store
    runs = (store.run(run_id) for run_id in store.select(Query()))
    dead = next(run.id for run in runs if run.is_finished and not run.execution_duration_s)
    desk.go(_place(dead))
    await until(lambda: said(results) and said(results) != "Loading…", 20)
    assert said(results) == "No metrics"


async def test_a_run_that_has_just_begun_has_no_metrics_yet(desk, results, until, monkeypatch):
    store = desk.session.store
    live = next(run.id for run in map(store.run, store.select(Query())) if run.status == "running")
    monkeypatch.setattr(results._numbers, "metrics", lambda run_id: ())
    monkeypatch.setattr(results._numbers, "told", lambda run_id, asked: None)
    monkeypatch.setattr(results._numbers, "is_waiting", lambda run_id: False)
    desk.go(_place(live))
    await until(lambda: said(results) == "No metrics yet")
    desk.workspace.read("checks")
    assert said(results) == "No checks yet"


async def test_offline_it_shows_what_was_loaded_and_says_what_was_not(desk, results, until):
    seen, other = run_of(desk, "failed", "Checkout ramp"), run_of(desk, "passed", "Checkout ramp")
    desk.go(_place(seen))
    await until(lambda: not said(results) and results.is_settled(), 20)
    desk.session.connection.stay_offline()
    desk.go(_place(other))
    await until(lambda: said(results) == "These metrics were never loaded on this computer")
    desk.go(_place(seen))
    assert not said(results)


async def test_only_what_is_seen_is_watched(desk, results, until):
    watched = desk.session.numbers._watched
    run_id = run_of(desk, "failed", "Checkout ramp")
    desk.go(_place(run_id))
    assert watched[results][0] == run_id
    desk.workspace.read("note")
    assert watched[results][0] is None
    desk.workspace.read("summary")
    assert watched[results][0] == run_id


async def test_a_request_filters_the_charts(desk, results, until):
    desk.go(_place(run_of(desk, "failed", "Checkout ramp")))
    desk.workspace.read("requests")
    await until(lambda: not said(results), 20)
    results._page.request_chosen.emit((Matcher("name", "GET /cart"),))
    assert results.page == "charts"
    of_requests = [one for one in results._page.wanted() if one.query.metric == "http_reqs"]
    assert of_requests
    assert all(one.query.matchers == (Matcher("name", "GET /cart"),) for one in of_requests)
    assert results._page.isAncestorOf(QApplication.focusWidget())
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert results.page == "requests"
    assert QApplication.focusWidget() is results._page.table


async def test_the_details_can_have_the_window_alone(desk, results, until):
    assert not desk.workspace.shows_details_alone
    desk.actions_["details_alone"].trigger()
    assert not desk.workspace.runs.isVisible()
    assert not desk.workspace.explorer.isVisible()
    await until(lambda: desk.workspace.details.width() == desk.workspace.width())
    desk.actions_["runs"].trigger()
    assert desk.workspace.runs.isVisible()
    assert desk.workspace.explorer.isVisible()


def _place(run_id: int) -> Place:
    return Place("run", run_id)
