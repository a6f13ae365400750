"""Colours for JavaScript: the whole text is lexed once, a few milliseconds at a time, so that no keystroke waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QPalette, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from k6desk.ui import theme

MOST_CHARACTERS = 512 * 1024
_SLICE_S = 0.003

_ROLES = {
    "Comment": "muted",
    "Keyword": "accent",
    "Literal.String": "passed",
    "Literal.Number": "running",
    "Name.Builtin": "warning",
    "Name.Function": "running",
}


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

    def start(self, palette: QPalette) -> None:
        """Colour the document as it is now, in the colours of the palette's theme."""
        self._timer.stop()
        text = self._document.toPlainText()
        if not text or len(text) > MOST_CHARACTERS:
            return
        self._formats = {role: _format(role, palette) for role in set(_ROLES.values())}
        self._block = self._document.begin()
        self._lines = spans(text)
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


def spans(text: str) -> Iterator[list[tuple[int, int, str]]]:
    """For each line of JavaScript the (start, length, role) of what is coloured, in UTF-16 units as Qt counts."""
    from pygments.lexers.javascript import JavascriptLexer  # type: ignore[import-untyped]

    line: list[tuple[int, int, str]] = []
    column = 0
    for _, kind, value in JavascriptLexer().get_tokens_unprocessed(text):
        role = _role(kind)
        for number, part in enumerate(value.split("\n")):
            if number:
                yield line
                line, column = [], 0
            length = len(part) if part.isascii() else len(part.encode("utf-16-le", "surrogatepass")) // 2
            if role and length:
                line.append((column, length, role))
            column += length
    yield line


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
