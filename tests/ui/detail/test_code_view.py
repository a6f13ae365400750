"""The view of a script."""

from __future__ import annotations

import time

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from k6desk.core.scripts.opened_script import Hidden
from k6desk.ui.detail.code_view import PIECE, CodeView


def first_colour(view: CodeView) -> str:
    span = view.document().begin().layout().formats()[0]
    kind = span.format
    return kind.foreground().color().name()


async def test_a_long_text_arrives_piece_by_piece_and_whole(shown, until):
    text = "".join(f"line {number}\n" for number in range(20_000))
    view = shown(CodeView())
    view.show_text(text)
    assert len(view.toPlainText()) == PIECE
    assert not view.is_settled
    await until(lambda: view.is_settled)
    assert view.toPlainText() == text
    assert view.verticalScrollBar().value() == 0


async def test_another_text_ends_the_one_that_is_arriving(shown, until):
    view = shown(CodeView())
    view.show_text("old\n" * PIECE)
    view.show_text("new")
    await until(lambda: view.is_settled)
    assert view.toPlainText() == "new"


async def test_a_theme_change_colours_anew(shown, until):
    view = shown(CodeView())
    view.show_text("const a = 1;")
    await until(lambda: view.is_settled)
    before = first_colour(view)
    palette = view.palette()
    palette.setColor(palette.ColorRole.Window, "#000000")
    view.setPalette(palette)
    await until(lambda: view.is_settled)
    assert first_colour(view) != before


async def test_it_cannot_be_typed_into_but_selected_with_the_keyboard(shown):
    view = shown(CodeView())
    view.show_text("abc")
    view.selectAll()
    assert view.isReadOnly()
    assert view.textCursor().selectedText() == "abc"


async def test_not_found_keeps_the_place(shown):
    view = shown(CodeView())
    view.show_text("a\nb\na")
    assert view.find_next("b")
    assert not view.find_next("zzz")
    assert view.textCursor().selectedText() == "b"


async def test_places_are_counted_whatever_comes_before_them(shown):
    view = shown(CodeView())
    view.show_text("🍕 Pizza\npizza, pizza")
    assert view.found("pizza") == (0, 3)
    for number in (1, 2, 3, 1):
        view.find_next("pizza")
        assert view.found("pizza") == (number, 3)
    assert view.found("pasta") == (0, 0)


# -- what stands out -------------------------------------------------------------------------------------------------

HIDDEN = (Hidden(4, 8, "Grafana token", 3), Hidden(16, 20, "password", 7))
TEXT = "😀 = ••••;\nkey = ••••;\n"


def point_of(view: CodeView, place: int) -> QPoint:
    """The middle of the character at a place of the text, in UTF-16 units."""
    cursor = QTextCursor(view.document())
    cursor.setPosition(place)
    at = view.cursorRect(cursor)
    return QPoint(at.left() + view.fontMetrics().horizontalAdvance("•") // 2, at.center().y())


async def test_a_hidden_value_is_marked_where_it_stands(shown, until, dressed):
    view = shown(CodeView())
    view.show_text(TEXT, "text", HIDDEN)
    marked = view.viewport().grab().toImage()
    view.show_text(TEXT, "text")
    plain = view.viewport().grab().toImage()
    for place, differs in ((5, True), (8, True), (3, False), (10, False), (17, True), (13, False)):
        at = point_of(view, place) - QPoint(0, view.fontMetrics().height() // 3)
        assert (marked.pixelColor(at) != plain.pixelColor(at)) is differs, place


async def test_a_click_on_a_mark_asks_for_its_value(shown):
    view = shown(CodeView())
    view.show_text(TEXT, "text", HIDDEN)
    asked = []
    view.reveal_wanted.connect(asked.append)
    for place in (0, 6, 14, 18):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, place))
    assert asked == [3, 7]


async def test_a_mark_can_be_asked_for_with_the_keyboard(shown, qapp):
    view = shown(CodeView())
    view.show_text(TEXT, "text", HIDDEN)
    cursor = view.textCursor()
    cursor.setPosition(18)
    view.setTextCursor(cursor)
    asked = []
    view.reveal_wanted.connect(asked.append)
    QApplication.sendEvent(
        view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5))
    )
    menu = QApplication.activePopupWidget()
    next(action for action in menu.actions() if action.text() == "Show this value").trigger()
    menu.close()
    assert asked == [7]


async def test_a_line_far_down_is_gone_to_when_it_arrives(shown, until):
    view = shown(CodeView())
    view.show_text("line\n" * 20_000, "text")
    view.show_line(15_000)
    assert view.line == 0
    await until(lambda: view.is_settled)
    assert view.line == 15_000
    assert view.textCursor().blockNumber() == 14_999
    assert view.cursorRect().top() > view.viewport().height() // 4


async def test_a_line_beyond_the_end_is_the_last(shown, until):
    view = shown(CodeView())
    view.show_text("a\nb", "text")
    view.show_line(9)
    assert view.line == 2


async def test_showing_a_value_stays_where_one_was(shown, until):
    text = "line\n" * 20_000
    view = shown(CodeView())
    view.show_text(text, "text")
    await until(lambda: view.is_settled)
    view.verticalScrollBar().setValue(18_000)
    view.replace_text("x" + text, "text", ())
    await until(lambda: view.is_settled)
    assert view.verticalScrollBar().value() == 18_000


async def test_marks_that_are_out_of_sight_cost_no_time_to_paint(shown, until, qapp):
    text = "key = ••••\n" * 10_000
    hidden = [Hidden(line * 11 + 6, line * 11 + 10, "key", line) for line in range(10_000)]

    async def seconds(marks: list[Hidden]) -> float:
        view = shown(CodeView())
        view.show_text(text, "text", marks)
        await until(lambda: view.is_settled)
        view.verticalScrollBar().setValue(9_000)
        qapp.processEvents()
        began = time.thread_time()
        for _ in range(5):
            view.viewport().repaint()
        return time.thread_time() - began

    assert await seconds(hidden) < 5 * await seconds(hidden[8_900:9_300])
