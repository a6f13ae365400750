"""What becomes different is seen by sign, number and colour; the rest is folded."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from k6desk.ui import theme
from k6desk.ui.diff_delegate import TINT
from k6desk.ui.diff_model import DiffModel
from k6desk.ui.diff_rows import Row, compared
from k6desk.ui.diff_view import DiffView
from k6desk.ui.roles import ACCESSIBLE

OLD = [f"line {number}" for number in range(1, 101)]
NEW = [*OLD[:49], "line fifty", "one more", *OLD[50:]]


@pytest.fixture
def model():
    def make(old: list[str], new: list[str]) -> DiffModel:
        model = DiffModel()
        model.show_rows(compared("\n".join(old), "\n".join(new)))
        return model

    return make


@pytest.fixture
async def view(dressed, tasks, qtbot, until):
    view = DiffView(tasks)
    qtbot.addWidget(view)
    view.resize(640, 400)
    view.show()
    view.activateWindow()

    async def compare(old: str, new: str) -> None:
        view.show_difference(old, new, "old.js", "new.js")
        await until(lambda: view._sum.text() != "Comparing…")

    view.compare = compare
    return view


def rows_of(model: DiffModel) -> list[Row]:
    return [model.row(at) for at in range(model.rowCount())]


def texts(model: DiffModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def test_lines_around_a_change_are_shown_and_the_rest_is_folded(model):
    assert texts(model(OLD, NEW)) == [
        "… 46 unchanged lines",
        "  line 47",
        "  line 48",
        "  line 49",
        "− line 50",
        "+ line fifty",
        "+ one more",
        "  line 51",
        "  line 52",
        "  line 53",
        "… 47 unchanged lines",
    ]


def test_a_line_has_its_number_in_each_text_that_has_it(model):
    rows = rows_of(model(OLD, NEW))
    assert [(row.old, row.new) for row in rows[3:8]] == [(49, 49), (50, 0), (0, 50), (0, 51), (51, 52)]


def test_a_fold_opens_in_its_place(model):
    shown = model(OLD, NEW)
    shown.unfold(10)
    assert texts(shown)[9:12] == ["  line 53", "  line 54", "  line 55"]
    shown.unfold(0)
    assert texts(shown)[0] == "  line 1"
    assert shown.rowCount() == 102


def test_a_fold_that_would_hide_next_to_nothing_is_not_made(model):
    assert not any(row.folded for row in rows_of(model(["a", "b", "c", "d", "e", "f", "x"], list("abcdefy"))))


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("let a = 1;", "let a = 25;", ("1", "25")),
        ("const a;", "let a;", ("const", "let")),
        ("  a();", "  b();", ("a", "b")),
        ("same", "other", ("", "")),
        ("f(x)", "f(x, y)", ("", ", y")),
    ],
)
def test_the_part_of_a_line_that_is_different_is_marked_by_whole_words(model, old, new, marked):
    shown = model([old], [new])
    sides = (shown.cell(0, is_new=False), shown.cell(1, is_new=True))
    assert tuple("".join(side.words[slice(*part)] for part in side.parts) for side in sides) == marked


def test_those_who_cannot_see_hear_what_happened_to_a_line(model):
    shown = model(OLD, NEW)
    spoken = [shown.index(row).data(ACCESSIBLE) for row in (0, 3, 4, 5)]
    assert spoken == [
        "… 46 unchanged lines",
        "line 49 unchanged: line 49",
        "old line 50 removed: line 50",
        "line 50 added: line fifty",
    ]


async def test_the_first_change_is_gone_to_and_the_next_one_by_key(view):
    await view.compare("\n".join(OLD), "\n".join([*OLD[:20], "x", *OLD[20:80], "y", *OLD[80:]]))
    assert view.list.currentIndex().data() == "+ x"
    QTest.keyClick(view.list, Qt.Key.Key_F7)
    assert view.list.currentIndex().data() == "+ y"
    QTest.keyClick(view.list, Qt.Key.Key_F7)
    assert view.list.currentIndex().data() == "+ x"
    QTest.keyClick(view.list, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert view.list.currentIndex().data() == "+ y"


async def test_texts_that_are_the_same_are_said_to_be(view):
    await view.compare("a\nb\n", "a\nb")
    assert view._sum.text() == "Nothing is different"
    assert not view._next.isEnabled()


async def test_only_the_last_question_is_answered(view, until):
    view.show_difference("a", "b", "one", "two")
    await view.compare("c", "d")
    assert texts(view.model) == ["− c", "+ d"]


async def test_what_is_selected_is_copied_with_its_signs(view):
    await view.compare("a\nb", "a\nc")
    view.list.selectAll()
    QTest.keyClick(view.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "  a\n− b\n+ c"


async def test_return_opens_a_fold(view):
    await view.compare("\n".join(OLD), "\n".join(NEW))
    view.list.setCurrentIndex(view.model.index(0))
    QTest.keyClick(view.list, Qt.Key.Key_Return)
    assert view.list.currentIndex().data() == "  line 1"


async def test_text_is_found_also_where_it_is_folded_and_around_the_end(view):
    await view.compare("\n".join(OLD), "\n".join(NEW))
    QTest.keyClick(view.list, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    line = view.find_bar.focusWidget()
    QTest.keyClicks(line, "LINE 9")
    assert view.find_bar._found.text().startswith("2 of ")
    assert view.list.currentIndex().data() == "  line 90"
    for found in ("91", "92"):
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert view.list.currentIndex().data() == f"  line {found}"
    for found in ("91", "90", "9", "99"):
        QTest.keyClick(line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
        assert view.list.currentIndex().data() == f"  line {found}"
    QTest.keyClicks(line, "x")
    assert view.find_bar._found.isVisible()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert view.list.hasFocus()


async def test_what_is_found_far_to_the_right_is_scrolled_to(view):
    await view.compare("a", "x " * 500 + "needle")
    assert view.list.find_next("needle")
    assert view.list.horizontalScrollBar().value() > 1000
    assert view.list.find_next("x x")
    assert view.list.horizontalScrollBar().value() == 0


async def test_of_ten_thousand_lines_only_those_in_sight_are_painted(dressed, tasks, qtbot, until, monkeypatch):
    painted = []

    def row(model, at, original=DiffModel.row):
        painted.append(at)
        return original(model, at)

    monkeypatch.setattr(DiffModel, "row", row)
    view = DiffView(tasks)
    qtbot.addWidget(view)
    view.resize(640, 400)
    old = [f"line {number}" for number in range(10_000)]
    view.show_difference("\n".join(old), "\n".join(f"{line}!" for line in old), "old.js", "new.js")
    await until(view.model.rowCount)
    view.grab()
    assert view.model.rowCount() == 20_000
    assert 0 < len(set(painted)) < 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_additions_and_removals_have_their_colours(view, qapp, scheme):
    theme.apply(qapp, scheme)
    await view.compare("a = 1", "a = 2")
    picture = view.list.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(40)}
    ground = theme.colour("surface")
    for role in ("passed", "failed"):
        assert theme.blend(theme.colour(role), ground, TINT).name() in colours
