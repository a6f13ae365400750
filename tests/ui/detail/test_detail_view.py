"""The detail view as a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QTabWidget

from k6desk.data.library import Target
from k6desk.ui.detail.detail_view import DetailView

PANES = ["overview", "timeline", "results", "log", "cost", "zones", "options", "script", "note"]


@pytest.fixture
def view(desk, shown, dressed):
    return shown(DetailView(desk, desk.tasks))


async def test_without_a_run_it_says_what_it_is_for(view, words):
    assert "No run chosen" in words(view)
    assert view.is_settled()


async def test_the_row_alone_fills_what_it_can(desk, view, samples, words):
    view.show_run(await desk.put_row(samples.raw_run()))
    said = words(view)
    assert "Checkout ramp" in said
    assert "Webshop" in said
    assert "1,200" in said
    view.show_pane("timeline")
    assert "Details have not been loaded yet" in words(view)
    assert not view.is_settled()


async def test_details_appear_when_they_arrive(desk, view, samples, words):
    view.show_run(await desk.put_row(samples.failed()))
    view.show_pane("timeline")
    await desk.put(samples.failed())
    assert "Initializing" in words(view)
    assert "Failed: thresholds on metrics" in words(view)


async def test_offline_says_that_details_were_never_loaded(desk, view, samples, words):
    run_id = await desk.put_row(samples.raw_run())
    await desk.go_offline()
    view.show_run(run_id)
    view.show_pane("options")
    assert "The details were never loaded on this computer" in words(view)
    assert view.is_settled()


async def test_what_could_not_be_asked_offline_is_asked_when_the_server_is_back(desk, view, samples, words, until):
    desk.cloud.scripts["run", samples.ID] = samples.Script(samples.SCRIPT, is_archive=False)
    desk.connection.changed.connect(view.refresh)
    run_id = await desk.put(samples.raw_run())
    await desk.go_offline()
    view.show_run(run_id)
    view.show_pane("script")
    assert "The script was never loaded on this computer" in words(view)
    desk.cloud.error = None
    desk.connection.forget_failures()
    await desk.connection.ask(lambda: desk.cloud.run(run_id))
    await until(view.is_settled)
    assert desk.store.script("run", run_id) is not None
    assert "never loaded" not in words(view)


@pytest.mark.parametrize("kind", ["raw_run", "failed", "aborted", "running", "invalid", "of_2024"])
@pytest.mark.parametrize("width", [480, 900])
async def test_every_pane_shows_every_kind_of_run(desk, view, samples, kind, width, until):
    view.resize(width, 500)
    desk.cloud.nodes[samples.ID] = samples.NODES
    desk.cloud.scripts["run", samples.ID] = samples.Script(samples.SCRIPT, is_archive=False)
    view.show_run(await desk.put(getattr(samples, kind)()))
    for pane in PANES:
        view.show_pane(pane)
        assert view.pane == pane
        await until(view.is_settled)
    assert view.width() == width, "nothing in it needs more room"
    for label in view.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText


async def test_a_poll_keeps_tab_and_scrolling(desk, view, samples):
    view.resize(320, 260)
    view.show_run(await desk.put(samples.running()))
    area = view.findChild(QTabWidget).currentWidget().findChild(QScrollArea)
    area.verticalScrollBar().setValue(80)
    await desk.put(samples.running(note="new"))
    assert area.verticalScrollBar().value() == 80
    assert view.pane == "overview"


async def test_another_run_begins_at_the_top(desk, view, samples):
    view.resize(320, 260)
    await desk.put(samples.raw_run(samples.ID + 1))
    view.show_run(await desk.put(samples.running()))
    area = view.findChild(QTabWidget).currentWidget().findChild(QScrollArea)
    area.verticalScrollBar().setValue(80)
    view.show_run(samples.ID + 1)
    assert area.verticalScrollBar().value() == 0


async def test_only_the_visible_pane_does_work(desk, view, samples):
    view.show_run(await desk.put(samples.raw_run()))
    assert "distribution" not in desk.cloud.asked
    assert "run_script" not in desk.cloud.asked


async def test_what_is_being_done_is_laid_over_the_state(desk, view, samples, words):
    run_id = await desk.put(samples.running())
    view.show_run(run_id)
    await desk.store.begin("abort", Target("run", run_id, "Checkout ramp"), "Aborting…")
    assert "Aborting… (running, " in words(view)


async def test_time_moves_only_what_is_not_finished_and_seen(desk, view, samples):
    view.show_run(await desk.put(samples.running()))
    assert view._clock.isActive()
    view.hide()
    assert not view._clock.isActive()
    view.show()
    assert view._clock.isActive()
    await desk.put(samples.raw_run())
    assert not view._clock.isActive()


async def test_without_a_server_every_pane_tells_how_old_it_is(desk, view, samples, words):
    view.show_run(await desk.put(samples.raw_run()))
    assert "seen" not in words(view)
    await desk.go_offline()
    view.refresh()
    for pane in ("overview", "timeline", "cost", "zones", "options", "script", "note"):
        view.show_pane(pane)
        assert "seen\u00a0just\u00a0now" in words(view)


async def test_a_removed_run_says_so(desk, view, samples, words):
    view.show_run(await desk.put(samples.raw_run()))
    await desk.store.remove_run(samples.ID)
    assert "This run is not here" in words(view)


async def test_markup_in_names_stays_text(desk, view, samples, words):
    evil = samples.LoadTest(123, 12, "<img src=x>\u202eevil")
    await desk.store.put_catalogue([], [evil], datetime.now(UTC), complete=False)
    view.show_run(await desk.put(samples.raw_run(started_by="<b>@example.com")))
    assert "<img src=x>evil" in words(view)
    assert "by\u00a0<b>@example.com" in words(view)


async def test_a_pane_is_shown_by_its_name_and_an_unknown_one_ignored(desk, view, samples):
    view.show_run(await desk.put(samples.raw_run()))
    view.show_pane("cost")
    view.show_pane("nonsense")
    assert view.pane == "cost"


async def test_focus_goes_to_what_the_pane_is_for(desk, view, samples):
    view.show_run(await desk.put(samples.raw_run()))
    view.show_pane("note")
    assert view.focusProxy().accessibleName() == "Note"


async def test_the_expiry_counts_down(desk, view, samples, words):
    expiry = (datetime.now(UTC) + timedelta(hours=30)).isoformat()
    view.show_run(await desk.put(samples.raw_run(retention_expiry=expiry)))
    assert "(in 29 h)" in words(view)
    await desk.put(samples.raw_run(retention_expiry=None))
    assert "Not limited" in words(view)
