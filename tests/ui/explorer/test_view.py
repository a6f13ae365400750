"""The explorer widget: choosing, filtering, keys, and staying where the user is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from k6desk.api.models import LoadTest, Project
from k6desk.core.place import Place
from k6desk.data.library import Target
from k6desk.ui import theme
from k6desk.ui.explorer import model as explorer_model
from k6desk.ui.explorer import view as explorer_view
from k6desk.ui.explorer.view import Explorer
from tests.ui.explorer.conftest import BIG, PROJECTS, TESTS, run


@pytest.fixture
def make(stack, qapp, monkeypatch):
    monkeypatch.setattr(explorer_model, "SETTLE_MS", 0)
    theme.apply(qapp, "light")
    made = []

    def make() -> tuple[Explorer, list]:
        explorer = Explorer(stack.store)
        explorer.resize(240, 500)
        explorer.show()
        chosen: list = []
        explorer.place_chosen.connect(chosen.append)
        explorer.run_chosen.connect(chosen.append)
        made.append(explorer)
        return explorer, chosen

    yield make
    for explorer in made:
        explorer.close()


async def test_clicking_a_row_chooses_its_place(stack, make):
    await stack.catalogue()
    explorer, chosen = make()
    rectangle = explorer.tree.visualRect(explorer.model.index_of("list", "failed"))
    QTest.mouseClick(explorer.tree.viewport(), Qt.MouseButton.LeftButton, pos=rectangle.center())
    rectangle = explorer.tree.visualRect(explorer.model.index_of("project", 2))
    QTest.mouseClick(explorer.tree.viewport(), Qt.MouseButton.LeftButton, pos=rectangle.center())
    assert chosen == [Place("failed"), Place("project", 2)]


async def test_arrows_and_enter_walk_down_to_a_run_with_its_whole_id(stack, make):
    await stack.catalogue()
    await stack.runs(run(1))
    explorer, chosen = make()
    explorer.show_place(Place("project", 1))
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(explorer.tree, key)
    assert chosen == [Place("test", BIG + 1), BIG + 1]


async def test_arrows_pass_over_the_heading(stack, make):
    await stack.catalogue()
    explorer, chosen = make()
    explorer.show_place(Place("all"))
    QTest.keyClick(explorer.tree, Qt.Key.Key_Down)
    assert chosen == [Place("project", 1)]


async def test_showing_a_place_marks_it_and_chooses_nothing(stack, make):
    await stack.catalogue()
    explorer, chosen = make()
    explorer.show_place(Place("test", BIG + 3))
    assert explorer.tree.currentIndex().data() == "smoke"
    assert explorer.tree.isExpanded(explorer.tree.currentIndex().parent())
    explorer.show_place(Place("test", 404))
    assert not explorer.tree.currentIndex().isValid()
    assert not explorer.tree.selectionModel().hasSelection()
    assert chosen == []


async def test_a_poll_keeps_selection_expansion_and_scroll(stack, make, until):
    many = [Project(i, f"project {i:03}") for i in range(10, 200)]
    tests = [LoadTest(BIG + i, i, "one") for i in range(10, 200)]
    await stack.catalogue(many, tests)
    explorer, chosen = make()
    explorer.show_place(Place("test", BIG + 150))
    bar = explorer.tree.verticalScrollBar()
    before = explorer.tree.visualRect(explorer.tree.currentIndex()).top()
    assert bar.value() > 0
    await stack.catalogue([*many, Project(201, "zzz")], [*tests, LoadTest(BIG + 9999, 150, "two")])
    await until(lambda: explorer.model.index_of("project", 201).isValid())
    assert explorer.tree.currentIndex().data() == "one"
    assert explorer.tree.visualRect(explorer.tree.currentIndex()).top() == before
    assert explorer.tree.isExpanded(explorer.model.index_of("project", 150))
    assert chosen == []


async def test_a_run_that_gives_way_to_newer_ones_does_not_choose_its_neighbour(stack, make, until):
    await stack.catalogue()
    await stack.runs(*(run(number) for number in range(5)))
    explorer, chosen = make()
    explorer.show_place(Place("test", BIG + 1))
    explorer.tree.expand(explorer.tree.currentIndex())
    explorer.tree.setCurrentIndex(explorer.model.index_of("run", BIG))
    await stack.runs(run(30))
    await until(lambda: explorer.model.index_of("run", BIG + 30).isValid())
    assert chosen == [BIG]
    assert not explorer.tree.selectionModel().hasSelection()


async def test_a_deleted_place_is_left_without_choosing_another(stack, make, until):
    await stack.catalogue()
    explorer, chosen = make()
    explorer.show_place(Place("test", BIG + 2))
    await stack.catalogue(PROJECTS, [TESTS[0], *TESTS[2:]])
    await until(lambda: not explorer.model.index_of("test", BIG + 2).isValid())
    assert chosen == []
    assert not explorer.tree.selectionModel().hasSelection()


async def test_filtering_opens_what_matches_and_clearing_brings_back_what_was_open(stack, make):
    await stack.catalogue()
    explorer, chosen = make()
    explorer.tree.expand(explorer.model.index_of("project", 3))
    explorer.show_place(Place("test", BIG + 4))
    explorer.filter.setText("smoke")
    assert not explorer.model.index_of("test", BIG + 4).isValid()
    assert explorer.tree.isExpanded(explorer.model.index_of("project", 1))
    assert not explorer.model.index_of("project", 3).isValid()
    explorer.filter.clear()
    assert explorer.tree.isExpanded(explorer.model.index_of("project", 3))
    assert not explorer.tree.isExpanded(explorer.model.index_of("project", 1))
    assert explorer.tree.currentIndex() == explorer.model.index_of("test", BIG + 4)
    assert chosen == []


async def test_what_is_typed_in_the_tree_is_typed_into_the_filter(stack, make, until):
    await stack.catalogue()
    explorer, chosen = make()
    explorer.show_place(Place("recent"))
    explorer.activateWindow()
    explorer.tree.setFocus()
    QTest.keyClicks(explorer.tree, "Lo")
    assert explorer.filter.text() == "Lo"
    assert [explorer.model.index(row, 0).data() for row in range(8, explorer.model.rowCount())] == ["Login"]
    QTest.keyClick(explorer.filter, Qt.Key.Key_Escape)
    assert explorer.filter.text() == ""
    assert chosen == []


async def test_getting_the_focus_chooses_nothing(stack, make):
    await stack.catalogue()
    explorer, chosen = make()
    explorer.activateWindow()
    explorer.tree.setFocus()
    QTest.qWaitForWindowActive(explorer)
    assert chosen == []


async def test_every_widget_has_a_name_for_those_who_cannot_see_it(stack, make):
    explorer, _ = make()
    assert explorer.tree.accessibleName()
    assert explorer.filter.accessibleName()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_kind_of_row_is_painted(stack, make, qapp, scheme):
    await stack.catalogue()
    await stack.runs(run(1), run(2, status="running"), run(3, status="some_new_word"), run(4, TESTS[1], "queued"))
    explorer, _ = make()
    theme.apply(qapp, scheme)
    explorer.show_place(Place("test", BIG + 1))
    explorer.tree.expand(explorer.tree.currentIndex())
    picture = explorer.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 240, 2) for y in range(0, 500, 2)}
    assert theme.colour("running").name() in colours
    assert theme.colour("window").name() in colours


async def test_the_menu_is_for_what_is_under_the_pointer_which_is_chosen_first(stack, make):
    await stack.catalogue()
    explorer, chosen = make()
    explorer.show_place(Place("test", BIG + 1))
    asked = []
    explorer.menu_requested.connect(lambda kind, at: asked.append((kind, list(chosen))))
    viewport = explorer.tree.viewport()

    def open_menu(at: QPoint, reason=QContextMenuEvent.Reason.Mouse) -> None:
        QApplication.sendEvent(viewport, QContextMenuEvent(reason, at, viewport.mapToGlobal(at)))

    for key in (("project", 2), ("test", BIG + 1), ("list", "failed")):
        open_menu(explorer.tree.visualRect(explorer.model.index_of(*key)).center())
    open_menu(QPoint(20, viewport.height() - 5))
    first, second = Place("project", 2), Place("test", BIG + 1)
    assert asked == [
        ("project", [first]),
        ("test", [first, second]),
        ("stack", [first, second]),
        ("stack", [first, second]),
    ]


async def test_the_menu_key_is_for_the_current_row(stack, make):
    await stack.catalogue()
    explorer, _ = make()
    explorer.show_place(Place("project", 2))
    asked = []
    explorer.menu_requested.connect(lambda kind, at: asked.append((kind, at)))
    viewport = explorer.tree.viewport()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), viewport.mapToGlobal(QPoint(0, 0)))
    QApplication.sendEvent(viewport, event)
    row = explorer.tree.visualRect(explorer.model.index_of("project", 2))
    QTest.keyClick(explorer.tree, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert asked == [("project", viewport.mapToGlobal(row.center()))] * 2


async def test_what_is_typed_is_asked_for_once_it_rests(stack, make, until, monkeypatch):
    monkeypatch.setattr(explorer_view, "ASK_MS", 0)
    await stack.catalogue()
    explorer, _ = make()
    asked = []
    explorer.search_wanted.connect(asked.append)
    for words in ("s", "sm", "smo "):
        explorer.filter.setText(words)
    await until(lambda: asked)
    explorer.filter.clear()
    await until(lambda: not explorer._ask.isActive())
    assert asked == ["smo"]


async def test_what_the_server_finds_later_is_opened_like_the_rest(stack, make, until):
    await stack.catalogue()
    explorer, _ = make()
    explorer.filter.setText("ramp")
    explorer.tree.collapse(explorer.model.index_of("project", 1))
    await stack.catalogue(PROJECTS, [*TESTS, LoadTest(BIG + 9, 2, "ramp to be found")])
    await until(lambda: explorer.model.index_of("test", BIG + 9).isValid())
    assert explorer.tree.isExpanded(explorer.model.index_of("project", 2))
    assert not explorer.tree.isExpanded(explorer.model.index_of("project", 1))


async def test_a_row_shows_what_is_done_to_it_in_place_of_its_other_signs(stack, make):
    await stack.catalogue()
    explorer, _ = make()
    explorer.show_place(Place("test", BIG + 1))
    row = explorer.tree.visualRect(explorer.model.index_of("test", BIG + 1))
    before = explorer.tree.viewport().grab(row).toImage()
    await stack.store.begin("delete_test", Target("test", BIG + 1, "ramp"), "Deleting…")
    assert explorer.tree.viewport().grab(row).toImage() != before
