"""What the headline says beside the result."""

from __future__ import annotations

import pytest

from k6desk.ui import theme
from k6desk.ui.detail.detail_view import DetailView
from k6desk.ui.detail.headline import Remark


@pytest.fixture
def view(desk, shown, dressed):
    return shown(DetailView(desk, desk.tasks))


def remark(view) -> str:
    made = view._headline._remark
    return made._words.text() if made.isVisibleTo(view) else ""


async def test_a_run_that_passed_says_how_many_checks_failed(desk, view, samples):
    run_id = await desk.put(samples.raw_run())
    view.show_run(run_id)
    assert remark(view) == ""
    await desk.store.put_failed_checks({run_id: 83})
    assert remark(view) == "83 checks failed"
    await desk.store.put_failed_checks({run_id: 0})
    assert remark(view) == ""


async def test_a_live_run_says_what_it_is_about_to_fail_and_keeps_the_room(desk, view, samples):
    view.show_run(await desk.put(samples.running()))
    view._thresholds._say("p(95) of response time is 312 ms, limit 300 ms")
    assert remark(view) == "p(95) of response time is 312 ms, limit 300 ms"
    view._thresholds._say("")
    assert not view._headline._remark.isHidden(), "nothing moves below"
    view.show_run(await desk.put(samples.raw_run(samples.ID + 1)))
    assert view._headline._remark.isHidden()


def test_the_remark_has_a_shape_and_the_colour_of_warnings(shown, dressed, qapp):
    made = shown(Remark(), 400, 20)
    made.show_words("83 checks failed", keeps_room=False)
    colours = {
        image.pixelColor(x, y).name() for image in [made.grab().toImage()] for x in range(200) for y in range(20)
    }
    assert theme.colour("warning", qapp.palette()).name() in colours
    assert made._mark.isVisible()
    made.show_words("", keeps_room=True)
    assert made.isVisible()
    assert not made._mark.isVisible()
