"""What is looked at while data arrives."""

from __future__ import annotations

import pytest

from k6desk.ui.charts.time_view import TimeView


@pytest.fixture
def view():
    view = TimeView()
    view.set_all(0, 100)
    return view


def test_all_stays_all_while_data_arrives(view):
    view.set_all(0, 130)
    assert view.shown == (0, 130)
    assert view.shows_all


def test_the_right_end_stays_in_sight_when_it_is(view):
    view.show(60, 100)
    view.set_all(0, 105)
    assert view.shown == (65, 105)


def test_a_look_at_what_was_stays(view):
    view.show(20, 60)
    view.set_all(0, 200)
    assert view.shown == (20, 60)


def test_zoom_keeps_the_time_under_the_mouse_and_ends_at_all(view):
    view.zoom(0.5, 20)
    assert view.shown == (10, 60)
    view.zoom(4, 20)
    assert view.shown == (0, 100)
    assert view.shows_all


def test_no_look_leaves_the_data_or_gets_too_close(view):
    view.show(60, 90)
    view.pan(1000)
    assert view.shown == (70, 100)
    view.pan(-1000)
    assert view.shown == (0, 30)
    for _ in range(20):
        view.zoom(0.5, 15)
    start, end = view.shown
    assert end - start == pytest.approx(2)
    assert start <= 15 <= end


def test_other_data_is_shown_whole(view):
    view.show(60, 100)
    view.set_all(0, 40)
    assert view.shown == (0, 40)


def test_the_view_goes_with_a_crosshair_that_leaves_it(view, qtbot):
    view.show(0, 20)
    view.set_cursor(30, follow=True)
    assert view.shown == (10, 30)
    with qtbot.assertNotEmitted(view.cursor_changed):
        view.set_cursor(30)
