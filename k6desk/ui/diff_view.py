"""Shows what is different between two texts: lines with signs, numbers and colours, unchanged parts folded."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.core.scripts.comparison import Comparison, counts
from k6desk.core.scripts.unified_diff import unified_diff
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.detail.find_bar import FindBar
from k6desk.ui.diff_list import DiffList
from k6desk.ui.diff_model import DiffModel
from k6desk.ui.diff_rows import Rows, compared
from k6desk.ui.parts import ElidedLabel, columns, say, tool_button
from k6desk.ui.text import PlainLabel

LEAST_ROOM = 640
"""The width from which on there is room for both texts side by side."""

PATIENCE_MS = 150
"""How long what was shown before may stay, so that nothing flickers."""


class DiffView(QWidget):
    """`show_difference` compares in the background; what was asked for last is what is shown."""

    def __init__(self, tasks: Tasks, parent: QWidget | None = None, *, side_by_side: bool = False) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._asked = 0
        self._one_at_a_time = asyncio.Lock()
        self._called = ("", "")
        self._taking_long = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._taking_long.timeout.connect(self._show_nothing)
        self.model = DiffModel(self)
        self.list = DiffList(self.model)
        self._names = ElidedLabel("caption")
        self._sum = PlainLabel(kind="caption", muted=True)
        self._split = tool_button("columns", "Side by side")
        self._split.setCheckable(True)
        self._split.setChecked(side_by_side)
        self._split.toggled.connect(self._lay_out)
        self.find_bar = FindBar(self.list, margin=0)
        find = tool_button("search", "Find", f"Find ({_keys(QKeySequence.StandardKey.Find)})")
        find.clicked.connect(self.find_bar.open_bar)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.find_bar.open_bar)
        self._copy = tool_button("copy", "Copy as a unified diff")
        self._copy.clicked.connect(self._copy_diff)
        self._previous = tool_button("chevron-up", "Previous change", "Previous change (Shift+F7)")
        self._next = tool_button("chevron-down", "Next change", "Next change (F7)")
        for keys, button, by in (("Shift+F7", self._previous, -1), ("F7", self._next, 1)):
            button.clicked.connect(lambda *_, by=by: self._step(by))
            QShortcut(QKeySequence(keys), self, lambda by=by: self._step(by))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        buttons = (self._split, find, self._copy, self._previous, self._next)
        column.addLayout(columns(self._names, self._sum, *buttons, stretch=0))
        column.addWidget(self.find_bar)
        column.addWidget(self.list, 1)
        self.setFocusProxy(self.list)
        self._allow(False)
        self._lay_out()

    def show_difference(self, old_text: str, new_text: str, old_name: str, new_name: str) -> None:
        """Compare two texts and show the new one against the old one."""
        self._asked += 1
        self._called = text.one_line(old_name, 80), text.one_line(new_name, 80)
        old, new = self._called
        say(self._names, f"{old} → {new}" if old != new else new, f"{old_name}\n→ {new_name}")
        say(self._sum, "Comparing…")
        self._allow(False)
        self._taking_long.start()
        self._tasks.spawn(self._compare(self._asked, old_text, new_text), name="compare two texts", owner=self)

    async def _compare(self, asked: int, old_text: str, new_text: str) -> None:
        async with self._one_at_a_time:
            if asked != self._asked:
                return  # two others are to be compared by now
            rows = await asyncio.to_thread(compared, old_text, new_text)
        if asked == self._asked:
            self._show(rows)

    def _show_nothing(self) -> None:
        """What was shown has another name above it by now."""
        self.list.show_rows(Rows(Comparison(), [], [], ""), side_by_side=self._is_split())

    def _show(self, rows: Rows) -> None:
        self._taking_long.stop()
        self.list.show_rows(rows, side_by_side=self._is_split())
        added, removed = counts(rows.comparison.pieces)
        moved = sum(move.length for move in rows.comparison.moves)
        is_different = bool(added or removed)
        words = f"+{added:,}  −{removed:,}" + (f"  ↷{moved:,}" if moved else "")
        of_these = f", {moved:,} of these moved" if moved else ""
        spoken = f"{text.count(added, 'line')} added, {removed:,} removed{of_these}"
        say(self._sum, words if is_different else "Nothing is different", spoken)
        self._sum.setAccessibleName(spoken)
        self._allow(is_different)
        if is_different:
            self._step(1)

    def _allow(self, is_different: bool) -> None:
        for button in (self._previous, self._next, self._copy):
            button.setEnabled(is_different)

    def _step(self, by: int) -> None:
        """Go to the next change or the one before; from the last to the first."""
        if (row := self.model.next_change(self.list.currentIndex().row(), by)) >= 0:
            self.list.go(row)

    # -- side by side --------------------------------------------------------------------------------------------------

    def _is_split(self) -> bool:
        return self._split.isChecked() and self.width() >= LEAST_ROOM

    def _lay_out(self) -> None:
        has_room = self.width() >= LEAST_ROOM
        self._split.setEnabled(has_room)
        hint = "Both texts side by side" if has_room else "There is no room for both texts side by side"
        self._split.setToolTip(text.tooltip(hint))
        self.list.lay_out(side_by_side=self._is_split())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    # -- copying -------------------------------------------------------------------------------------------------------

    def _copy_diff(self) -> None:
        self._tasks.spawn(self._copy_when_made(), name="copy a unified diff", owner=self)

    async def _copy_when_made(self) -> None:
        made = await asyncio.to_thread(unified_diff, self.model.comparison, *self._called)
        QGuiApplication.clipboard().setText(made)


def _keys(key: QKeySequence.StandardKey) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
