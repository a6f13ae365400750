"""Colours for the files of scripts: a text is lexed once, a few milliseconds at a time, so that no keystroke waits."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPalette, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from k6desk.ui import theme

if TYPE_CHECKING:
    from k6desk.core.scripts.opened_script import Language

MOST_CHARACTERS = 512 * 1024
_SLICE_S = 0.003

_ROLES = {
    "Comment": "muted",
    "Keyword": "accent",
    "Literal.String": "passed",
    "Literal.Number": "running",
    "Name.Builtin": "warning",
    "Name.Class": "running",
    "Name.Function": "running",
    "Name.Tag": "accent",
}
_COLUMNS = ("running", "passed", "warning", "accent", "text")
"""The colours of the columns of a CSV file, again and again."""
_DELIMITERS = (",", ";", "\t")


class Highlighter(QObject):
    """Colours one document; longer texts than `MOST_CHARACTERS` stay plain."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._document = document
        self._lines: Iterator[list[tuple[int, int, str]]] = iter(())
        self._block = QTextBlock()
        self._formats: dict[str, QTextCharFormat] = {}
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    @property
    def is_done(self) -> bool:
        """Whether everything is coloured."""
        return not self._timer.isActive()

    def start(self, palette: QPalette, language: Language = "javascript") -> None:
        """Colour the document as it is now, in the colours of the palette's theme."""
        self._timer.stop()
        text = self._document.toPlainText()
        if not text or len(text) > MOST_CHARACTERS or language == "text":
            return
        self._formats = {role: _format(role, palette) for role in {*_ROLES.values(), *_COLUMNS}}
        self._block = self._document.begin()
        self._lines = spans(text, language)
        self._timer.start()

    def _go_on(self) -> None:
        until = time.monotonic() + _SLICE_S
        first = self._block.position()
        while time.monotonic() < until:
            line = next(self._lines, None)
            if line is None or not self._block.isValid():
                self._timer.stop()
                break
            if line:
                self._block.layout().setFormats([self._range(*span) for span in line])
            self._block = self._block.next()
        end = self._block.position() if self._block.isValid() else self._document.characterCount()
        self._document.markContentsDirty(first, end - first)

    def _range(self, start: int, length: int, role: str) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start = start
        made.length = length
        made.format = self._formats[role]
        return made


def spans(text: str, language: Language = "javascript") -> Iterator[list[tuple[int, int, str]]]:
    """For each line of a text the (start, length, role) of what is coloured, in UTF-16 units as Qt counts."""
    line: list[tuple[int, int, str]] = []
    column = 0
    for role, value in _csv(text) if language == "csv" else _lexed(text, language):
        for number, part in enumerate(value.split("\n")):
            if number:
                yield line
                line, column = [], 0
            length = units(part)
            if role and length:
                line.append((column, length, role))
            column += length
    yield line


def units(text: str) -> int:
    """The length of a text as Qt counts it, in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _lexed(text: str, language: Language) -> Iterable[tuple[str | None, str]]:
    return ((_role(kind), value) for _, kind, value in _lexer(language).get_tokens_unprocessed(text))


def _lexer(language: Language) -> Any:
    if language == "json":
        from pygments.lexers.data import JsonLexer  # type: ignore[import-untyped]

        return JsonLexer()
    if language == "protobuf":
        from pygments.lexers.dsls import ProtoBufLexer  # type: ignore[import-untyped]

        return ProtoBufLexer()
    from pygments.lexers.javascript import JavascriptLexer, TypeScriptLexer  # type: ignore[import-untyped]

    return TypeScriptLexer() if language == "typescript" else JavascriptLexer()


def _csv(text: str) -> Iterator[tuple[str | None, str]]:
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    column = 0
    for piece in re.finditer(rf'"(?:[^"]|"")*"?|{delimiter}|\n|[^{delimiter}\n]+', text):
        value = piece[0]
        if value == "\n":
            column = 0
        elif value == delimiter:
            column += 1
        yield None if value in {"\n", delimiter} else _COLUMNS[column % len(_COLUMNS)], value


def _role(kind: Any) -> str | None:
    while kind:
        if role := _ROLES.get(".".join(kind)):
            return role
        kind = kind.parent
    return None


def _format(role: str, palette: QPalette) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(theme.colour(role, palette))
    made.setFontItalic(role == "muted")
    return made
