"""Two scripts or archives side by side: their files at the left, what is different in one of them at the right."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from k6desk.core.scripts.comparison import line_counts
from k6desk.core.scripts.script_changes import FileChange, Side, script_changes
from k6desk.core.tasks import Tasks
from k6desk.data.problems import ArchiveProblem
from k6desk.ui import text, theme
from k6desk.ui.diff_view import PATIENCE_MS, DiffView
from k6desk.ui.library.compare_files import CompareFiles
from k6desk.ui.library.compare_model import CompareModel
from k6desk.ui.parts import ElidedLabel, Line, columns, say, sign, tool_button, wrapping
from k6desk.ui.placeholder import Placeholder

FILES = 240


class ComparePage(QWidget):
    """`compare` reads both in the background; what was asked for last is what is shown."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self._turn = 0
        self._one_at_a_time = asyncio.Lock()
        self._sides: tuple[Side, Side] | None = None
        self._taking_long = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._taking_long.timeout.connect(self._wait)
        self.head = _Head()
        self.model = CompareModel(self)
        self.files = CompareFiles(self.model)
        self.view = DiffView(tasks, side_by_side=True)
        self._remark = wrapping()
        self._remark.setAccessibleName("Remark about this file")
        self._remark_row = sign("warning", "warning", self._remark)
        self._nothing = Placeholder()
        self._nothing.show_words("Comparing…", icon="compare")
        self._right = QStackedWidget()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.head.swap.clicked.connect(self._swap)
        self.files.chosen.connect(self._show_file)

    def compare(self, old: Side, new: Side) -> None:
        """Show what became of the files of one script in another."""
        self._start(old, new, "")

    def _swap(self) -> None:
        if self._sides:
            old, new = self._sides
            index = self.files.currentIndex()
            change = self.model.entry(index.row()).change if index.isValid() else None
            self._start(new, old, change.old_name or change.name if change else "")

    def _start(self, old: Side, new: Side, wanted: str) -> None:
        self._turn += 1
        self._sides = old, new
        self.head.show_sides(old, new)
        self._taking_long.start()
        self._tasks.spawn(self._compare(self._turn, old, new, wanted), name="compare two scripts", owner=self)

    async def _compare(self, turn: int, old: Side, new: Side, wanted: str) -> None:
        async with self._one_at_a_time:
            if turn != self._turn:
                return  # two others are to be compared by now
            try:
                changes = await asyncio.to_thread(script_changes, old.script, new.script)
            except ArchiveProblem as error:
                if turn == self._turn:
                    self._wait()
                    self._say("These scripts cannot be compared", str(error), "warning")
                return
        if turn == self._turn:
            self._show(changes, wanted)
            await self._count(turn)

    def _wait(self) -> None:
        """Show none of the files of before."""
        self._taking_long.stop()
        self.model.show_changes([])
        self._say("Comparing…", "", "compare")

    def _show(self, changes: list[FileChange], wanted: str) -> None:
        self._taking_long.stop()
        self.model.show_changes(changes)
        self.files.setVisible(len(changes) > 1)
        different = [change.name for change in changes if change.kind != "same"]
        row = max(0, self.model.row_of(wanted or (different[0] if different else changes[0].name)))
        self.files.setCurrentIndex(self.model.index(row))
        if not different:
            which = "Every file is" if len(changes) > 1 else "The script is"
            self._say("Nothing is different", f"{which} the same in both.", "check")

    async def _count(self, turn: int) -> None:
        """Count the lines that came and went, file by file."""
        changes = [(row, self.model.entry(row).change) for row in range(self.model.rowCount())]
        for row, change in changes:
            if change and change.old != change.new:
                added, removed = await asyncio.to_thread(line_counts, change.old or "", change.new or "")
                if turn != self._turn:
                    return
                self.model.set_lines(row, added, removed)

    def _show_file(self, change: FileChange) -> None:
        if change.old != change.new:
            say(self._remark, change.remark)
            self._remark_row.setVisible(bool(change.remark))
            self._right.setCurrentIndex(0)
            self.view.show_difference(change.old or "", change.new or "", change.old_name or change.name, change.name)
        elif change.kind == "same":
            self._say("This file is the same in both", change.remark, "check")
        elif change.remark:
            self._say(f"{text.one_line(change.name, 80)} is different", change.remark, "info")
        else:
            self._say("Only the name is different", f"It was {text.one_line(change.old_name)}.", "info")

    def _say(self, title: str, sentence: str, icon: str) -> None:
        self._nothing.show_words(title, sentence, icon=icon)
        self._right.setCurrentWidget(self._nothing)

    def _lay_out(self) -> None:
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(theme.GAP, theme.UNIT, theme.UNIT, 0)
        column.setSpacing(theme.UNIT)
        column.addWidget(self._remark_row)
        column.addWidget(self.view, 1)
        self._right.addWidget(shown)
        self._right.addWidget(self._nothing)
        self._right.setCurrentWidget(self._nothing)
        self._splitter.setChildrenCollapsible(False)
        self.files.hide()
        self._splitter.addWidget(self.files)
        self._splitter.addWidget(self._right)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([FILES, 4 * FILES])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for part in (self.head, Line()):
            whole.addWidget(part)
        whole.addWidget(self._splitter, 1)
        self.setFocusProxy(self.view)


class _Head(QWidget):
    """What is compared with what, and what a reader must know of it."""

    def __init__(self) -> None:
        super().__init__()
        self._old, self._new = ElidedLabel(), ElidedLabel()
        self.swap = tool_button("swap", "Swap sides", "Swap sides: show what became of the right one in the left one")
        self._remarks = wrapping()
        self._remarks.setAccessibleName("Remarks about these scripts")
        self._remark_row = sign("warning", "warning", self._remarks)
        row = columns(self._old, self.swap, self._new)
        row.setStretch(0, 1)
        row.setStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.GAP, theme.WIDE, theme.GAP)
        column.setSpacing(theme.UNIT)
        column.addLayout(row)
        column.addWidget(self._remark_row)
        self._remark_row.hide()

    def show_sides(self, old: Side, new: Side) -> None:
        """Say what they are."""
        for label, sign_, which, side in ((self._old, "−", "Left", old), (self._new, "+", "Right", new)):
            say(label, f"{sign_}  {text.one_line(side.label)}", side.label)
            label.setAccessibleName(f"{which} side: {side.label}")
        say(self._remarks, "\n".join(filter(None, (old.remark, new.remark))))
        self._remark_row.setVisible(bool(self._remarks.text()))
