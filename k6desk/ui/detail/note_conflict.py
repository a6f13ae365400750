"""Two people changed one note: both versions, what they began from, what each has changed, and what to do with them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QBoxLayout, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from k6desk.core.scripts.differences import differences
from k6desk.core.scripts.merge import merged
from k6desk.ui import text, theme
from k6desk.ui.parts import button, sign, wrapping
from k6desk.ui.text import PlainLabel

SIDE_BY_SIDE_FROM = 560
STRONG = 0.25
_UNSPACED = "\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"  # scripts that put no space between words
_WORDS = re.compile(rf"\n|[^\S\n]+|[{_UNSPACED}]|[^\s{_UNSPACED}]+")


class NoteConflict(QWidget):
    """Shows what the user wrote, what is on the server now and what both began from. It changes nothing itself."""

    chosen = Signal(str, str)  # the text to go on with, the server's text that it takes into account
    overwrite_chosen = Signal(str)  # the server's text that is to be overwritten
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        words = wrapping()
        words.setText("The note was changed on the server while you wrote. Nothing has been sent.")
        self._versions = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._mine = _Version("Yours")
        self._theirs = _Version("On the server now")
        self._base = _Version("Before both")
        for version in (self._mine, self._theirs, self._base):
            self._versions.addWidget(version, 1)
        self._buttons = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._buttons.setSpacing(theme.UNIT)
        for name, hint, act in (
            ("Combine", "Put both changes together, to edit before you save", self._combine),
            ("Send mine (overwrite)", "Save your text in place of theirs", self._overwrite),
            ("Use theirs", "Go on with the text of the server; Ctrl+Z brings yours back", self._use_theirs),
            ("Go on editing", "Decide later: your text stays as it is", self.dismissed.emit),
        ):
            self._buttons.addWidget(button(name, hint, act))
        self.setFocusProxy(self._mine.view)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(sign("warning", "warning", words))
        rows.addLayout(self._versions, 1)
        rows.addLayout(self._buttons)

    def show_versions(self, mine: str, theirs: str, base: str) -> None:
        """Show the three texts, and in each what is different."""
        for version, words in ((self._mine, mine), (self._theirs, theirs), (self._base, base)):
            version.show_text(words)
        old = self._base.words
        gone: set[int] = set()
        for version in (self._mine, self._theirs):
            removed, added = _changes(old, version.words)
            gone |= removed
            version.mark_added(added)
            version.say(_summary(_count(version.words, added), _count(old, removed)))
        self._base.mark_removed(gone)
        self._base.say("" if base else "empty")
        self.show()

    def _combine(self) -> None:
        theirs = self._theirs.text
        self.chosen.emit(merged(self._base.text, self._mine.text, theirs), theirs)

    def _use_theirs(self) -> None:
        self.chosen.emit(self._theirs.text, self._theirs.text)

    def _overwrite(self) -> None:
        self.overwrite_chosen.emit(self._theirs.text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        wide = self.width() >= SIDE_BY_SIDE_FROM
        for layout in (self._versions, self._buttons):
            layout.setDirection(directions.LeftToRight if wide else directions.TopToBottom)


class _Version(QWidget):
    """One text under its name, with what is marked in it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setAccessibleName(title)
        self.view.setTabChangesFocus(True)
        self.view.setMinimumHeight(40)
        self._title = title
        self._caption = PlainLabel(title, kind="caption", muted=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addWidget(self._caption)
        column.addWidget(self.view)

    @property
    def text(self) -> str:
        return self.view.toPlainText()

    @property
    def words(self) -> list[str]:
        """The text in words and the space between them."""
        return _WORDS.findall(self.text)

    def show_text(self, words: str) -> None:
        if self.text != words:
            self.view.setPlainText(words)

    def say(self, summary: str) -> None:
        """Tell what is different also to those who see no marks."""
        self._caption.setText(f"{self._title}: {summary}" if summary else self._title)
        self.view.setAccessibleDescription(summary)

    def mark_added(self, numbers: set[int]) -> None:
        look = _look("passed")
        look.setFontUnderline(True)
        self._mark(numbers, look)

    def mark_removed(self, numbers: set[int]) -> None:
        look = _look("failed")
        look.setFontStrikeOut(True)
        self._mark(numbers, look)

    def _mark(self, numbers: set[int], look: QTextCharFormat) -> None:
        marks = []
        at = 0
        for number, word in enumerate(self.words):
            end = at + len(word.encode("utf-16-le", "surrogatepass")) // 2  # Qt counts in these units
            if number in numbers:
                mark = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.view.document())
                cursor.setPosition(at)
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                mark.cursor = cursor
                mark.format = look
                marks.append(mark)
            at = end
        self.view.setExtraSelections(marks)


def _changes(old: list[str], new: list[str]) -> tuple[set[int], set[int]]:
    """The numbers of the words that are gone from `old`, and of those that are new in `new`."""
    removed: set[int] = set()
    added: set[int] = set()
    for piece in differences(old, new):
        if not piece.is_same:
            removed.update(range(piece.old_from, piece.old_to))
            added.update(range(piece.new_from, piece.new_to))
    return removed, added


def _count(words: list[str], numbers: Iterable[int]) -> int:
    return sum(not words[number].isspace() for number in numbers)


def _summary(added: int, removed: int) -> str:
    parts = [f"{text.count(added, 'word')} added" if added else "", f"{text.count(removed)} removed" if removed else ""]
    return ", ".join(filter(None, parts)) or "nothing changed"


def _look(role: str) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setBackground(theme.blend(theme.colour(role), theme.colour("surface"), STRONG))
    return look
