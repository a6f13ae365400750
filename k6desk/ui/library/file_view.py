"""One file of a script or archive: what it is, what a reader should know, and its text, bytes or image."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, NamedTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from k6desk.core.scripts.opened_script import BinaryFile, OpenedScript, TextFile
from k6desk.core.tasks import Tasks
from k6desk.data.archive import File
from k6desk.data.problems import ArchiveProblem
from k6desk.ui import text
from k6desk.ui.detail.code_view import CodeView
from k6desk.ui.detail.find_bar import FindBar
from k6desk.ui.library.file_head import FileHead, HiddenBar
from k6desk.ui.library.hex_view import HexView
from k6desk.ui.library.metadata_view import MetadataView
from k6desk.ui.library.picture import Decoded, PictureProblem, PictureView, read_picture
from k6desk.ui.library.words import file_words
from k6desk.ui.parts import Line
from k6desk.ui.placeholder import Placeholder

SLOW_MS = 300
"""What is read sooner needs no word in between."""


class Looked(NamedTuple):
    """What reading a file gave: metadata is a dict, with the paths of its secrets.

    `problem` says why an image is shown as its bytes.
    """

    content: TextFile | BinaryFile | dict[str, Any]
    digest: str
    picture: Decoded | None = None
    problem: str = ""
    secrets: tuple[str, ...] = ()


def look(opened: OpenedScript, file: File, revealed: frozenset[int], *, as_tree: bool) -> Looked:
    """Read a file, metadata as a tree or as text; blocks, so for a worker thread. Raises `ArchiveProblem`."""
    digest = hashlib.sha256(opened.content(file.name)).hexdigest()
    if as_tree:
        return Looked(opened.metadata(), digest, secrets=opened.secret_paths())
    content = opened.read(file.name, revealed)
    if isinstance(content, BinaryFile) and content.is_image:
        try:
            return Looked(content, digest, read_picture(content.content))
        except PictureProblem as problem:
            return Looked(content, digest, problem=str(problem))
    return Looked(content, digest)


class FileView(QWidget):
    """Shows one file; what was asked for last is what is shown."""

    save_wanted = Signal()

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._turn = 0
        self._is_reading = False
        self._opened: OpenedScript | None = None
        self._file: File | None = None
        self._revealed: frozenset[int] = frozenset()
        self._wanted: frozenset[str] = frozenset()
        self._as_tree = False
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self.head = FileHead()
        self.hidden_bar = HiddenBar()
        self.code = CodeView()
        self.code.setAccessibleName("Text of the file")
        self.find_bar = FindBar(self.code)
        self.bytes = HexView()
        self.picture = PictureView()
        self.metadata = MetadataView()
        self._placeholder = Placeholder()
        self._stack = QStackedWidget()
        for page in (self._placeholder, self.code, self.bytes, self.picture, self.metadata):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.head, Line(), self.hidden_bar, self.find_bar):
            column.addWidget(part)
        column.addWidget(self._stack, 1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._connect()

    @property
    def file(self) -> File | None:
        """The file that is shown or on its way."""
        return self._file

    def is_settled(self) -> bool:
        """Whether nothing more is on its way."""
        return not self._is_reading and self.code.is_settled

    def show_file(self, opened: OpenedScript, file: File, line: int = 0) -> None:
        """Read a file and show it, at a line counted from 1 if one is given; its secrets are hidden.

        Metadata is a tree, if it is not a line of its text that is wanted.
        """
        self._as_tree = file.area == "metadata" and not line
        self._opened, self._file = opened, file
        self._revealed = frozenset()
        self.find_bar.hide()
        if file.kind == "link":
            self._turn += 1
            self._end_reading()
            self._show_head(file)
            words = "k6desk shows the links of an archive and does not follow them."
            self._show_placeholder(f"A link to {text.one_line(file.target, 200)}", words, "link")
        else:
            self._read(line)

    def open_find_bar(self) -> None:
        """Let the user find something in the text, if the file is one."""
        if self._stack.currentWidget() is self.code:
            self.find_bar.open_bar()

    def _read(self, line: int = 0, *, stay: bool = False) -> None:
        self._turn += 1
        self._is_reading = True
        if not stay:
            self._slow.start()
        self._tasks.spawn(self._look(self._turn, line, stay=stay), name="read a file of a script", owner=self)

    async def _look(self, turn: int, line: int, *, stay: bool) -> None:
        assert self._opened
        assert self._file
        opened, file = self._opened, self._file
        try:
            looked = await asyncio.to_thread(look, opened, file, self._revealed, as_tree=self._as_tree)
        except ArchiveProblem as problem:
            if turn == self._turn:
                self._end_reading()
                self._show_head(file)
                self._show_placeholder("This file cannot be shown", str(problem), "warning")
            return
        if turn == self._turn:
            self._end_reading()
            self._show(opened, file, looked, line, stay=stay)

    def _end_reading(self) -> None:
        self._is_reading = False
        self._slow.stop()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def _show(self, opened: OpenedScript, file: File, looked: Looked, line: int, *, stay: bool) -> None:
        content = looked.content
        self._show_head(file, looked)
        if isinstance(content, TextFile):
            if stay:
                self.code.replace_text(content.shown, content.language, content.hidden)
            else:
                self.code.show_text(content.shown, content.language, content.hidden)
                self.code.show_line(line)
            self._show_page(self.code, is_empty=not content.shown)
        elif isinstance(content, BinaryFile):
            if looked.picture:
                self.picture.show_picture(looked.picture)
                self._show_page(self.picture)
            else:
                self.bytes.show_content(content.content)
                self._show_page(self.bytes, is_empty=not content.content)
        else:
            self.metadata.show_metadata(content, looked.secrets, is_masked=opened.is_masked)
            self._show_page(self.metadata)

    def _show_head(self, file: File, looked: Looked | None = None) -> None:
        content = looked.content if looked else None
        words = content if isinstance(content, TextFile) else None
        problem = (looked.problem,) if looked and looked.problem else ()
        self.head.show_file(
            file.path,
            file_words(file),
            looked.digest if looked else "",
            warnings=words.warnings if words else problem,
            content=words,
            is_metadata=looked is not None and file.area == "metadata",
        )
        self.hidden_bar.show_hidden(words, len(self._revealed), can_show=not self._is_masked)

    def _show_page(self, page: QWidget, *, is_empty: bool = False) -> None:
        if is_empty:
            self._show_placeholder("This file is empty")
            return
        self._stack.setCurrentWidget(page)
        self.setFocusProxy(page)

    def _show_placeholder(self, title: str, sentence: str = "", icon: str = "empty") -> None:
        self._placeholder.show_words(title, sentence, icon=icon)
        self._show_page(self._placeholder)

    @property
    def _is_masked(self) -> bool:
        """Whether there are no values to show of what is shown."""
        return bool(self._file and self._file.area == "metadata" and self._opened and self._opened.is_masked)

    # -- secrets -------------------------------------------------------------------------------------------------------

    def _reveal(self, number: int) -> None:
        if not self._is_masked:
            self._revealed |= {number}
            self._read(stay=True)

    def _choose_text(self, on: bool) -> None:
        self._as_tree = not on
        self._revealed = frozenset()
        self._read()

    def _hide_again(self) -> None:
        self._revealed = frozenset()
        self._read(stay=True)

    def _reveal_metadata(self, revealed: frozenset[str]) -> None:
        self._wanted = revealed
        self._tasks.spawn(self._look_at_metadata(self._turn, revealed), name="show a value", owner=self)

    async def _look_at_metadata(self, turn: int, revealed: frozenset[str]) -> None:
        assert self._opened
        metadata = await asyncio.to_thread(self._opened.metadata, revealed)
        if turn == self._turn and revealed == self._wanted:
            self.metadata.show_revealed(metadata, revealed)

    def _connect(self) -> None:
        self.head.save_wanted.connect(self.save_wanted)
        self.head.find_wanted.connect(self.open_find_bar)
        self.head.text_chosen.connect(self._choose_text)
        self.head.wrap_chosen.connect(self.code.set_wrap)
        self.code.reveal_wanted.connect(self._reveal)
        self.hidden_bar.reveal_wanted.connect(self._reveal)
        self.hidden_bar.hide_wanted.connect(self._hide_again)
        self.metadata.reveal_changed.connect(self._reveal_metadata)
        self._slow.timeout.connect(lambda: self._show_placeholder("Reading the file…", icon="clock"))
