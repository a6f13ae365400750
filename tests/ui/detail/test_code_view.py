"""The view of a script."""

from __future__ import annotations

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
