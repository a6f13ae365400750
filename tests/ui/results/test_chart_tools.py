"""The row above the charts."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox

from k6desk.ui.results.chart_tools import ChartTools, values_of, words_of


@pytest.fixture
def tools(dressed, shown):
    return shown(ChartTools(), 408, 40)


def split_box(tools) -> QComboBox:
    return next(box for box in tools.findChildren(QComboBox) if box.accessibleName() == "Split by")


def offered(tools) -> list[str]:
    box = split_box(tools)
    return [box.itemText(at) for at in range(box.count())]


def test_labels_are_offered_in_words_and_what_is_chosen_stays_among_them(tools):
    tools.show_split("", ("name", "load_zone"), "p95", has_trends=False)
    assert offered(tools) == ["Not split", "By request name", "By load zone"]
    tools.show_split("tenant", ("name",), "p95", has_trends=True)
    assert offered(tools) == ["Not split", "By request name", "By tenant"]
    assert split_box(tools).currentData() == "tenant"


def test_to_show_a_choice_is_not_to_choose(tools):
    told: list = []
    tools.split_chosen.connect(told.append)
    tools.statistic_chosen.connect(told.append)
    tools.show_split("name", ("name",), "max", has_trends=True)
    assert not told


def test_the_open_list_has_room_for_labels_that_come_late(tools):
    tools.show_split("", ("name", "group"), "p95", has_trends=False)
    box = split_box(tools)
    box.showPopup()
    before = box.view().height()
    tools.show_split("", ("name", "group", "status", "method", "load_zone", "check"), "p95", has_trends=False)
    assert box.view().height() > before
    assert box.view().isVisible()
    box.hidePopup()


def test_it_fits_into_the_narrowest_pane(tools):
    tools.show_split("name", ("name", "a label that a script has made up with many words"), "p95", has_trends=True)
    assert tools.minimumSizeHint().width() <= 408


@pytest.mark.parametrize(
    ("label", "count", "expected"),
    [
        ("name", 1, "1 request name"),
        ("status", 3, "3 statuses"),
        ("load_zone", 2, "2 load zones"),
        ("ten\u202eant", 1200, "1,200 values of tenant"),
    ],
)
def test_values_of_a_label_in_words(label, count, expected):
    assert values_of(label, count) == expected
    assert len(words_of("x" * 500)) <= 30
