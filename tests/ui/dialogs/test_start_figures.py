"""The month of a project as a picture: used, this run, left or over."""

from __future__ import annotations

import pytest

from k6desk.api.models import Cost, Limits, LoadTest, ZoneShare
from k6desk.api.plans import Estimate
from k6desk.core.start_plan import StartPlan
from k6desk.core.workload import Workload
from k6desk.ui.dialogs.start_figures import StartFigures, load_words, month_segments, month_words

TEST = LoadTest(id=7, project_id=3, name="Checkout")


def plan(used=40.0, vuh=5.0, limit=100, **more) -> StartPlan:
    estimate = None if vuh is None else Estimate(vuh, Cost(total_vuh=vuh, protocol_vuh=vuh))
    return StartPlan(TEST, "Because.", estimate=estimate, limits=Limits(3, limit), used_vuh=used, **more)


@pytest.mark.parametrize(
    ("used", "vuh", "parts"),
    [
        (40, 5, {"Used": 40, "This run": 5, "Left": 55}),
        (98, 5, {"Used": 98, "This run": 2, "Over the limit": 3}),
        (120, 5, {"Used": 100, "Over the limit": 25}),
        (40, None, {"Used": 40, "Left": 60}),
        (0, None, {"Left": 100}),
    ],
)
def test_the_parts_of_a_month(used, vuh, parts):
    assert {part.words: part.size for part in month_segments(plan(used, vuh))} == parts


def test_a_month_in_words():
    assert month_words(plan()) == "40.00 of 100 VUH are used; 55.00 are left after this run."
    assert month_words(plan(vuh=None)) == "40.00 of 100 VUH are used; 60.00 are left."
    assert "with this run the project is 23.00 VUH over its limit" in month_words(plan(used=118))
    assert "; the project is 18.00 VUH over its limit" in month_words(plan(used=118, vuh=None))
    assert month_words(plan(limit=None)) == "The project has used 40.00 VUH; it has no monthly limit."
    assert "no monthly limit is known" in month_words(StartPlan(TEST, ""))


def test_a_limit_of_nothing_is_a_limit():
    assert {part.words for part in month_segments(plan(used=0, limit=0))} == {"Over the limit"}


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (Workload(250, 720), "Up to 250 VUs for 12 min 00 s"),
        (Workload(1, None), "Up to 1 VU"),
        (Workload(None, 60), "For 1 min 00 s"),
        (Workload(None, None), "Not known before the run begins."),
    ],
)
def test_the_load_in_words(load, words):
    assert load_words(plan(workload=load)) == words


def test_zones_that_the_picture_may_have_no_room_to_name_are_named_below(dressed, qtbot):
    figures = StartFigures(lambda zone: f"<b>{zone}</b>")
    qtbot.addWidget(figures)
    figures.show_plan(plan(zones=tuple(ZoneShare(name, 25.0) for name in "abcd")))
    assert figures._zone_words.text().startswith("<b>a</b> 25 %, <b>b</b> 25 %")
    assert not figures._zone_words.isHidden()
    figures.show_plan(plan(zones=(ZoneShare("a", 60.0), ZoneShare("b", None))))
    assert figures._zone_words.isHidden()
