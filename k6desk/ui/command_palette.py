"""Ctrl+K: type a few letters of any project, test, run or command, press Enter, be there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from k6desk.core.place import Place
from k6desk.core.store import Store
from k6desk.ui import text, theme
from k6desk.ui.actions import Actions

MOST = 12
WIDTH = 560
MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the palette can do."""

    words: str
    where: str
    icon: str
    go: Callable[[], object]


class CommandPalette(QFrame):
    """Lists what matches in the order: commands, projects, tests, runs; each word typed must be in it."""

    def __init__(self, store: Store | None, actions: Actions, go: Callable[[Place], object], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Go to")
        self.setObjectName("palette")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._store = store
        self._actions = actions
        self._go = go
        self._entries: list[Entry] = []
        self._line = QLineEdit()
        self._line.setPlaceholderText("Go to a project, test, run id or command")
        self._line.setAccessibleName("Search for a project, test, run or command")
        self._line.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._list = QListWidget()
        self._list.setAccessibleName("Matches")
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.addWidget(self._line)
        column.addWidget(self._list)
        self.setFixedWidth(WIDTH)
        self._line.installEventFilter(self)
        self._line.textChanged.connect(self._search)
        self._line.returnPressed.connect(self._choose)
        self._list.itemClicked.connect(lambda _: self._choose())
        self._search("")

    def open_over(self, window: QWidget) -> None:
        """Show the palette near the top of a window."""
        top = window.mapToGlobal(QPoint((window.width() - WIDTH) // 2, 64))
        self.move(top)
        self.show()

    def _search(self, typed: str) -> None:
        words = typed.casefold().split()
        self._entries = [entry for entry in self._candidates(words) if _matches(entry, words)][:MOST]
        self._list.clear()
        for entry in self._entries:
            label = text.one_line(entry.words, 80) + (f"   {text.one_line(entry.where, 60)}" if entry.where else "")
            self._list.addItem(QListWidgetItem(theme.icon(entry.icon, "muted") if entry.icon else QIcon(), label))
        if not self._entries:
            self._list.addItem("Nothing matches.")
        self._list.setCurrentRow(0)
        rows = max(1, len(self._entries))
        self._list.setFixedHeight(rows * max(24, self._list.sizeHintForRow(0)) + 4)
        self.adjustSize()

    def _candidates(self, words: list[str]) -> list[Entry]:
        entries = [
            Entry(
                spec.text.rstrip("…"),
                action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
                spec.icon,
                action.trigger,
            )
            for spec, action in self._actions.all()
            if action.isEnabled() and spec.name != "palette"
        ]
        if self._store is None:
            return entries
        entries += [
            Entry(project.name, "project", "project", self._to(Place("project", project.id)))
            for project in self._store.projects()
        ]
        for project in self._store.projects():
            entries += [
                Entry(test.name, project.name, "test", self._to(Place("test", test.id)))
                for test in self._store.tests(project.id)
            ]
        if len(words) == 1 and words[0].isdigit() and self._store.run(int(words[0]) & (2**63 - 1)):
            entries.insert(0, Entry(f"Run {words[0]}", "", "running", self._to(Place("run", int(words[0])))))
        return entries

    def _to(self, place: Place) -> Callable[[], object]:
        return lambda: self._go(place)

    def _choose(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._entries):
            entry = self._entries[row]
            self.close()
            entry.go()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = MOVES.get(Qt.Key(event.key()))
            if step and self._entries:
                self._list.setCurrentRow(max(0, min(len(self._entries) - 1, self._list.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._line.setFocus()


def _matches(entry: Entry, words: list[str]) -> bool:
    hay = f"{entry.words} {entry.where}".casefold()
    return all(word in hay for word in words)
