"""The lines above a file: its name, what it is, what a reader should know, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtWidgets import QCheckBox, QMenu, QToolButton, QVBoxLayout, QWidget

from k6desk.core.scripts.opened_script import TextFile
from k6desk.ui import text, theme
from k6desk.ui.library.words import hidden_words
from k6desk.ui.parts import ElidedLabel, columns, copy_button, say, sign, tool_button, wrapping
from k6desk.ui.placeholder import Picture
from k6desk.ui.text import PlainLabel

MOST_IN_MENU = 30


class FileHead(QWidget):
    """Name and facts of a file, its warnings, and its buttons."""

    save_wanted = Signal()
    find_wanted = Signal()
    wrap_chosen = Signal(bool)
    text_chosen = Signal(bool)  # metadata is to be shown as its text, not as a tree

    def __init__(self) -> None:
        super().__init__()
        self._digest = ""
        self._text = ""
        self._name = ElidedLabel("title")
        self._facts = PlainLabel(kind="caption", muted=True)
        self._folder = ElidedLabel("caption")
        self._folder.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._warnings = wrapping()
        self._warnings.setAccessibleName("Warnings about this file")
        self._warning_row = sign("warning", "warning", self._warnings)
        self._wrap = QCheckBox("Wrap")
        self._wrap.setToolTip("Wrap long lines")
        self._wrap.toggled.connect(self.wrap_chosen)
        self._as_text = QCheckBox("As text")
        self._as_text.setToolTip("Show the metadata as JSON instead of as a tree")
        self._as_text.clicked.connect(self.text_chosen)
        keys = QKeySequence(QKeySequence.StandardKey.Find).toString(QKeySequence.SequenceFormat.NativeText)
        self._find = tool_button("search", "Find", f"Find ({keys})")
        self._find.clicked.connect(self.find_wanted)
        self._copy = copy_button("Copy the text as it is shown", lambda: self._text)
        self._save = tool_button("download", "Save file as…", "Save this file as it is")
        self._save.clicked.connect(self.save_wanted)
        self._copy_digest = copy_button("Copy the file’s SHA-256", lambda: self._digest)
        self._copy_digest.setIconSize(QSize(12, 12))
        choices = columns(self._as_text, self._wrap)
        top = columns(self._name, self._find, self._copy, self._save, stretch=0)
        top.setSpacing(theme.UNIT)
        top.insertLayout(1, choices)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.UNIT)
        column.addLayout(top)
        column.addLayout(columns(self._facts, self._copy_digest, self._folder, stretch=2))
        column.addWidget(self._warning_row)
        self.show_file([""], "")

    def show_file(
        self,
        path: Sequence[str],
        facts: str,
        digest: str = "",
        *,
        warnings: tuple[str, ...] = (),
        content: TextFile | None = None,
        is_metadata: bool = False,
    ) -> None:
        """Say what a file is; `digest` is its SHA-256, empty when it was not read, and `content` its text if it has.

        `is_metadata`: it can be shown as a tree, or as text.
        """
        self._digest = digest
        self._text = content.shown if content else ""
        whole = "/".join(path)
        say(self._name, text.one_line(path[-1], 200), whole)
        say(self._folder, text.one_line("/".join(path[:-1]), 200), whole)
        say(self._facts, f"{facts} · SHA-256 {digest[:12]}…" if digest else facts, digest)
        say(self._warnings, "\n".join(warnings))
        self._warning_row.setVisible(bool(warnings))
        self._as_text.setVisible(is_metadata)
        self._as_text.setChecked(content is not None)
        self._copy_digest.setVisible(bool(digest))
        self._save.setVisible(bool(digest))
        self._wrap.setVisible(content is not None)
        self._find.setVisible(content is not None)
        self._copy.setVisible(content is not None)


class HiddenBar(QWidget):
    """How many values of a text are masked, and buttons to show one or hide all again."""

    reveal_wanted = Signal(int)  # number of the value
    hide_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._content: TextFile | None = None
        self._words = wrapping()
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._reveal = tool_button("eye", "Show value", "Show one of the hidden values", with_text=True)
        self._reveal.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._reveal.setMenu(self._menu)
        self._hide = tool_button("eye-off", "Hide again", "Hide the values again", with_text=True)
        self._hide.clicked.connect(self.hide_wanted)
        row = columns(Picture("info", "accent"), self._words, self._reveal, self._hide, stretch=1)
        row.setContentsMargins(theme.WIDE, theme.UNIT, theme.GAP, theme.UNIT)
        self.setLayout(row)
        self.hide()

    def show_hidden(self, content: TextFile | None, shown: int = 0, *, can_show: bool = True) -> None:
        """Say what a text hides, and how many of its values are shown; nothing for None."""
        self._content = content
        hidden = len(content.hidden) if content else 0
        say(self._words, hidden_words(hidden, shown))
        self._reveal.setVisible(bool(hidden) and can_show)
        self._hide.setVisible(bool(shown))
        self.setVisible(bool(hidden or shown))

    def _fill_menu(self) -> None:
        self._menu.clear()
        content = self._content
        if content is None:
            return
        for one in content.hidden[:MOST_IN_MENU]:
            line = content.shown.count("\n", 0, one.start) + 1
            words = text.on_button(f"Line {line:,}: {text.one_line(one.what, 60)}")
            self._menu.addAction(words, partial(self.reveal_wanted.emit, one.number))
        if len(content.hidden) > MOST_IN_MENU:
            self._menu.addAction("Click the others in the text").setEnabled(False)
