"""Colours for scripts."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

from k6desk.ui.detail.highlighter import MOST_CHARACTERS, Highlighter, spans


def test_spans_lie_on_their_lines():
    assert list(spans("const a = 1;\n// b\n'c'")) == [
        [(0, 5, "accent"), (10, 1, "running")],
        [(0, 4, "muted")],
        [(0, 3, "passed")],
    ]


def test_spans_over_several_lines_are_split():
    assert list(spans("/* a\nb */ 1")) == [[(0, 4, "muted")], [(0, 4, "muted"), (5, 1, "running")]]


def test_spans_count_as_qt_does():
    assert list(spans("'😀' 1")) == [[(0, 4, "passed"), (5, 1, "running")]]


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("typescript", "let a: string = 1", [(0, 3, "accent"), (7, 6, "accent"), (16, 1, "running")]),
        ("json", '{"a": [1, "b"]}', [(1, 3, "accent"), (7, 1, "running"), (10, 3, "passed")]),
        ("protobuf", 'syntax = "proto3";', [(0, 6, "accent"), (9, 8, "passed")]),
        ("csv", 'a,"b,c",d', [(0, 1, "running"), (2, 5, "passed"), (8, 1, "warning")]),
        ("csv", "a;1,5;b", [(0, 1, "running"), (2, 3, "passed"), (6, 1, "warning")]),
    ],
)
def test_each_language_has_its_colours(language, text, found):
    assert list(spans(text, language)) == [found]


def test_a_cell_of_several_lines_keeps_the_colour_of_its_column():
    assert list(spans('a,"b\nc",d', "csv")) == [
        [(0, 1, "running"), (2, 2, "passed")],
        [(0, 2, "passed"), (3, 1, "warning")],
    ]


def test_text_stays_plain():
    made = document("const a = 1;")
    highlighter = Highlighter(made)
    highlighter.start(QGuiApplication.palette(), "text")
    assert highlighter.is_done
    assert not made.begin().layout().formats()


def document(text: str) -> QTextDocument:
    made = QTextDocument()
    made.setDocumentLayout(QPlainTextDocumentLayout(made))
    made.setPlainText(text)
    return made


async def test_the_whole_document_is_coloured_in_the_end(until):
    made = document("const a = 1;\n" * 3000)
    highlighter = Highlighter(made)
    highlighter.start(QGuiApplication.palette())
    await until(lambda: highlighter.is_done)
    for number in (0, 1500, 2999):
        assert [(span.start, span.length) for span in made.findBlockByNumber(number).layout().formats()] == [
            (0, 5),
            (10, 1),
        ]


async def test_a_new_text_is_coloured_in_place_of_the_old(until):
    made = document("const a = 1;\n" * 3000)
    highlighter = Highlighter(made)
    highlighter.start(QGuiApplication.palette())
    made.setPlainText("1")
    highlighter.start(QGuiApplication.palette())
    await until(lambda: highlighter.is_done)
    assert [(span.start, span.length) for span in made.begin().layout().formats()] == [(0, 1)]


def test_very_long_scripts_stay_plain():
    made = document("1\n" * MOST_CHARACTERS)
    highlighter = Highlighter(made)
    highlighter.start(QGuiApplication.palette())
    assert highlighter.is_done
