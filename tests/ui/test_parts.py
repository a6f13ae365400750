"""The small things that panes and dialogs are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from k6desk.ui.parts import ElidedLabel, FactGrid, copy_button, say, wrapping


def test_saying_the_same_again_leaves_the_selection_alone(shown):
    label = shown(wrapping())
    say(label, "select me")
    label.setSelection(0, 6)
    say(label, "select me", "hint")
    assert label.selectedText() == "select"
    assert label.toolTip() == "<qt>hint</qt>"


def test_markup_in_a_hint_is_text(shown):
    label = wrapping()
    say(label, "x", "<b>&")
    assert label.toolTip() == "<qt>&lt;b&gt;&amp;</qt>"
    say(label, "x", "")
    assert label.toolTip() == ""


def test_a_long_word_does_not_widen_its_label(shown):
    label = wrapping()
    say(label, "x" * 5000)
    assert shown(label, 100, 30).width() == 100


def test_an_elided_label_keeps_its_whole_text():
    label = ElidedLabel("headline")
    say(label, "a very long name " * 20)
    assert label.minimumSizeHint().width() == 40
    assert label.text().startswith("a very long name")


def test_facts_go_into_two_columns_where_there_is_room(shown):
    grid = shown(FactGrid(["one", "two", "three"]), 300, 100)
    assert grid.layout().itemAtPosition(0, 2) is None
    grid.resize(900, 100)
    assert grid.layout().itemAtPosition(0, 2).widget().text() == "three"


def test_facts_not_known_are_a_dash(words):
    grid = FactGrid(["one", "two"])
    grid.put("one", "")
    assert words(grid) == "one\n–\ntwo\n"


def test_copying_takes_what_is_there_when_it_is_clicked():
    content = ["old"]
    button = copy_button("Copy it", lambda: content[0])
    content[0] = "new"
    button.click()
    assert QGuiApplication.clipboard().text() == "new"
    assert button.accessibleName() == "Copy it"
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
