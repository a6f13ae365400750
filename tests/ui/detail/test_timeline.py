"""The timeline: order, lengths and reasons of the status history."""

from __future__ import annotations

import json

import pytest

from k6desk.api.wire.runs import run_detail
from k6desk.ui.detail.bar import SMALLEST, widths
from k6desk.ui.detail.timeline import TimelinePane, steps


@pytest.fixture
def history(samples):
    def read(raw: dict) -> list[tuple[str, float | None, bool]]:
        detail = run_detail(json.dumps(raw).encode())
        found = steps(detail.status_history, detail.run, samples.NOW)
        return [(each.entry.type, each.lasted_s, each.is_now) for each in found]

    return read


def test_each_status_lasts_until_the_next_and_the_last_has_no_length(history, samples):
    assert history(samples.raw_run()) == [
        ("created", 2, False),
        ("queued", 8, False),
        ("initializing", 60, False),
        ("running", 610, False),
        ("processing_metrics", 20, False),
        ("completed", None, False),
    ]


def test_the_present_status_grows_until_now(history, samples):
    assert history(samples.running(since=370))[-1] == ("running", 370, True)


def test_unsorted_times_are_put_in_order(history, samples):
    raw = samples.raw_run()
    raw["status_history"].reverse()
    assert [status for status, _, _ in history(raw)][:3] == ["created", "queued", "initializing"]


def test_an_entry_without_time_stays_in_its_place_and_has_no_length(history, samples):
    raw = samples.raw_run()
    raw["status_history"][2]["entered"] = None
    assert history(raw)[1:4] == [("queued", 68, False), ("initializing", None, False), ("running", 610, False)]


def test_a_history_that_lags_behind_the_end_of_its_run_ends_with_it(history, samples):
    raw = samples.raw_run()
    raw["status_history"] = raw["status_history"][:4]
    assert history(raw)[-1] == ("running", 630, False)


def test_a_run_that_was_just_created_has_one_step(history, samples):
    raw = samples.running(status="created")
    raw["status_history"] = [samples.step("created", 3)]
    assert history(raw) == [("created", 3, True)]


@pytest.mark.parametrize("sizes", [[1, 3600, 1], [0, 0, 5], [1], [0, 0], [1e-9, 1e9, 3, 4, 5, 6]])
def test_every_segment_can_be_seen_and_all_fill_the_bar(sizes):
    shared = widths(sizes, 400)
    assert sum(shared) == pytest.approx(400)
    assert min(shared) >= SMALLEST


def test_segments_are_in_proportion():
    assert widths([100, 300], 400) == pytest.approx([100, 300])


def test_more_segments_than_room_share_it():
    assert widths([1] * 1000, 100) == pytest.approx([0.1] * 1000)


async def test_who_code_and_whole_message_of_an_abort_can_be_read_and_selected(desk, samples, shown, words):
    message = "first line\nsecond <b>line</b>"
    raw = samples.aborted()
    raw["status_history"][-1]["extra"] = {"by_user": "ben@example.com", "code": 8030, "message": message}
    run_id = await desk.put(raw)
    pane = shown(TimelinePane(desk.store, desk.commands, desk.tasks))
    pane.present(desk.store.run(run_id), desk.store.detail(run_id))
    said = words(pane)
    assert "By ben@example.com\nfirst line\nsecond <b>line</b> (code 8030)" in said
    assert "Aborted by user. (code 8030)" in said, "the result's own message is told as well"


async def test_words_nobody_knows_are_shown(desk, samples, shown, words):
    raw = samples.running(status="hibernating")
    raw["status_history"].append(samples.step("hibernating", 5))
    run_id = await desk.put(raw)
    pane = shown(TimelinePane(desk.store, desk.commands, desk.tasks))
    pane.present(desk.store.run(run_id), desk.store.detail(run_id))
    assert "hibernating" in words(pane)


async def test_an_endless_history_is_cut_and_says_so(desk, samples, shown, words):
    raw = samples.raw_run(status_history=[samples.step("queued", 4000 - at) for at in range(500)])
    run_id = await desk.put(raw)
    pane = shown(TimelinePane(desk.store, desk.commands, desk.tasks))
    pane.present(desk.store.run(run_id), desk.store.detail(run_id))
    assert "300 more are not shown" in words(pane)


async def test_no_history_is_a_calm_sentence(desk, samples, shown, words):
    run_id = await desk.put(samples.raw_run(status_history=[]))
    pane = shown(TimelinePane(desk.store, desk.commands, desk.tasks))
    pane.present(desk.store.run(run_id), desk.store.detail(run_id))
    assert "No status history" in words(pane)
