"""The strip above the runs of a test or project."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from k6desk.api.models import Limits
from k6desk.core.place import Place
from k6desk.ui.runs.place_bar import NARROW, ROOMY, PlaceBar
from tests.conftest import live_timers


@pytest.fixture
def bar(desk) -> PlaceBar:
    return desk.findChild(PlaceBar)


@pytest.fixture
def store(desk):
    return desk.session.store


def named(store, name: str):
    return next(test for project in store.projects() for test in store.tests(project.id) if test.name == name)


async def test_lists_have_none(desk, bar):
    desk.go(Place("recent"))
    assert not bar.isVisible()
    assert not live_timers(bar)


async def test_a_test_tells_its_next_run_and_follows_its_schedule(desk, bar, store, until):
    test = named(store, "Home page smoke")
    desk.go(Place("test", test.id))
    assert bar.isVisible()
    assert live_timers(bar)
    assert bar._name.text() == test.name
    assert bar._facts.text().startswith("Next run")
    assert not bar._link.isVisible()
    await store.remove_schedule(test.id)
    assert bar._facts.text() == "No schedule"


async def test_the_baseline_is_a_click_away(desk, bar, store):
    test = next(test for project in store.projects() for test in store.tests(project.id) if test.baseline_run_id)
    desk.go(Place("test", test.id))
    assert bar._link.isVisible()
    bar._link.click()
    assert desk.workspace.run.id == test.baseline_run_id


async def test_a_project_tells_what_it_has_used(desk, bar, store):
    project = store.projects()[0]
    desk.go(Place("project", project.id))
    await store.put_limits([Limits(project.id, vuh_max_per_month=1)], datetime.now(UTC))
    assert " of 1 VUH this month" in bar._facts.text()
    assert bar._month.isVisible()
    await store.put_limits([Limits(project.id)], datetime.now(UTC))
    assert not bar._month.isVisible()
    assert "tests" in bar._facts.text()


async def test_what_a_project_has_used_follows_its_runs(desk, bar, store, until, monkeypatch):
    project = next(
        project for project in store.projects() if desk.session.commands.projects.used_this_month(project.id)
    )
    desk.go(Place("project", project.id))
    bar._soon.setInterval(0)
    before = bar._facts.text()
    monkeypatch.setattr(desk.session.commands.projects, "used_this_month", lambda _: 123456.0)
    await store.remove_run(desk.workspace.runs.table.runs.id(0))
    await until(lambda: bar._facts.text() != before)
    assert "123,456" in bar._facts.text()
    desk.go(Place("recent"))
    assert not live_timers(bar)


async def test_its_buttons_are_the_actions_of_the_place(desk, bar, store):
    desk.go(Place("project", store.projects()[0].id))
    assert [name for name, button in bar._buttons.items() if button.isVisible()] == ["new_test", "project_settings"]
    desk.go(Place("test", named(store, "Login smoke").id))
    assert [name for name, button in bar._buttons.items() if button.isVisible()] == ["start", "schedule", "upload"]
    assert bar._buttons["start"].defaultAction() is desk.actions_["start"]


async def test_what_grafana_has_removed_has_no_button(desk, bar, store, monkeypatch):
    desk.go(Place("test", named(store, "Login smoke").id))
    monkeypatch.setattr(desk.session.commands, "is_removed", lambda operation: operation == "start")
    desk._allow()
    assert [name for name, button in bar._buttons.items() if button.isVisible()] == ["schedule", "upload"]
    desk.go(Place("project", store.projects()[0].id))
    desk.go(Place("test", named(store, "Login smoke").id))
    assert not bar._buttons["start"].isVisible()


async def test_in_a_narrow_window_the_buttons_are_icons(desk, bar, store, until):
    desk.go(Place("test", named(store, "Login smoke").id))
    desk.resize(900, 600)
    await until(lambda: bar.width() < NARROW)
    assert bar._buttons["start"].toolButtonStyle().name == "ToolButtonIconOnly"


async def test_in_a_narrow_window_the_words_have_the_room_of_the_month(desk, bar, store, until):
    project = store.projects()[0]
    desk.go(Place("project", project.id))
    await store.put_limits([Limits(project.id, vuh_max_per_month=1)], datetime.now(UTC))
    assert bar._month.isVisible()
    desk.resize(900, 600)
    await until(lambda: bar.width() < ROOMY)
    assert not bar._month.isVisible()
    desk.resize(1280, 800)
    await until(bar._month.isVisible)


async def test_a_name_is_shown_as_it_is(desk, bar, store):
    test = next(t for p in store.projects() for t in store.tests(p.id) if "<b>" in t.name)
    desk.go(Place("test", test.id))
    assert bar._name.text() == test.name
    assert "&lt;b&gt;" in bar._name.toolTip()
