"""Ctrl+K: type a few letters of any project, test, run or command, press Enter, be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from k6desk.core.delta import Delta
from k6desk.core.links import Link, is_link, parse_link
from k6desk.core.place import LISTS, Place
from k6desk.core.store import Store
from k6desk.ui import text, theme
from k6desk.ui.actions import Actions
from k6desk.ui.explorer.delegate import LIST_ICONS
from k6desk.ui.explorer.words import LIST_WORDS
from k6desk.ui.roles import ACCESSIBLE, USER, Index

MOST = 12
WIDTH = 560
TOP = 64
ICON = 16
ASK_MS = 300
"""How long one does not type before the server is asked, too."""
NOTHING = "Nothing matches. A run is found by its whole ID."
MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
ENTRY = USER


class Entry(NamedTuple):
    """One thing the palette can do: its words, where it is found (a project or its keys), its icon, its effect."""

    words: str
    where: str
    icon: str
    go: Callable[[], object]


class CommandPalette(QFrame):
    """Lists what matches in the order: run, commands, lists, projects, tests; each word typed must be in it.

    What the server finds besides comes through the store.
    """

    search_wanted = Signal(str)  # words that the server may find tests by
    link_wanted = Signal(str)  # a good one

    def __init__(self, store: Store | None, actions: Actions, go: Callable[[Place], object], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Go to")
        self.setAccessibleName("Go to")
        self.setObjectName("palette")
        self._store = store
        self._actions = actions
        self._go = go
        self._entries: list[Entry] = []
        self._line = QLineEdit()
        self._line.setPlaceholderText("Go to a project, test, run ID, link or command")
        self._line.setAccessibleName("Search for a project, test, run or command")
        self._line.addAction(theme.icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self._list = QListWidget()
        self._list.setItemDelegate(_EntryDelegate(self))
        self._list.setAccessibleName("Matches")
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = text.PlainLabel(NOTHING, muted=True, wrap=True)
        self._nothing.setMargin(theme.GAP)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.UNIT)
        column.addWidget(self._line)
        column.addWidget(self._list)
        column.addWidget(self._nothing)
        self.setFixedWidth(WIDTH)
        self.setFocusProxy(self._line)
        self._line.installEventFilter(self)
        self._ask = QTimer(self, singleShot=True, interval=ASK_MS)
        self._ask.timeout.connect(lambda: self.search_wanted.emit(self._line.text().strip()))
        self._line.textChanged.connect(self._search)
        self._line.textChanged.connect(lambda: self._ask.start())
        if store:
            store.changed.connect(self._on_changed)
        self._line.returnPressed.connect(self._choose)
        self._list.itemClicked.connect(lambda _: self._choose())
        self._search("")

    def open_over(self, window: QWidget) -> None:
        """Show the palette near the top of a window."""
        self.move(window.mapToGlobal(QPoint((window.width() - WIDTH) // 2, TOP)))
        self.show()

    def _on_changed(self, delta: Delta) -> None:
        if delta.catalogue:
            chosen = self._list.currentRow()
            self._search(self._line.text())
            self._list.setCurrentRow(max(0, min(chosen, len(self._entries) - 1)))

    def _search(self, typed: str) -> None:
        self._nothing.setText(NOTHING)
        found = self._linked(typed) if is_link(typed) else self._found(typed.casefold().split())
        self._entries = list(islice(found, MOST))
        self._list.clear()
        for entry in self._entries:
            item = QListWidgetItem(entry.words)
            item.setData(ENTRY, entry)
            item.setData(ACCESSIBLE, f"{entry.words}, {entry.where}".rstrip(", "))
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._list.setFixedHeight(len(self._entries) * theme.ROW)
        self._list.setVisible(bool(self._entries))
        self._nothing.setVisible(not self._entries)
        self.adjustSize()

    def _found(self, words: list[str]) -> Iterator[Entry]:
        def match(*names: str) -> bool:
            hay = " ".join(names).casefold()
            return all(word in hay for word in words)

        store = self._store
        number = words[0] if len(words) == 1 else ""
        if store and number.isascii() and number.isdigit() and len(number) < 20 and (run := store.run(int(number))):
            test = store.test(run.test_id)
            name = text.one_line(test.name, 60) if test else ""
            yield Entry(f"Run {run.id}", name, "running", self._to(Place("run", run.id)))
        typed = " ".join(words)
        # What begins with the words is meant more likely than what has them somewhere.
        begins = lambda each: each[1].text().casefold().startswith(typed)  # noqa: E731
        for spec, action in sorted(self._actions.all(), key=begins, reverse=True):
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            name = action.text().rstrip("…")
            if action.isEnabled() and spec.name != "palette" and match(name, keys):
                yield Entry(name, keys, spec.icon, action.trigger)
        for kind in LISTS if store else ():
            name, _ = LIST_WORDS[kind]
            if match(name):
                yield Entry(name, "List", LIST_ICONS[kind], self._to(Place(kind)))
        projects = store.projects() if store else []
        for project in projects:
            if match(project.name):
                yield Entry(text.one_line(project.name), "Project", "project", self._to(Place("project", project.id)))
        for project in projects:
            for test in store.tests(project.id) if store else ():
                if match(test.name, project.name):
                    where = text.one_line(project.name)
                    yield Entry(text.one_line(test.name), where, "test", self._to(Place("test", test.id)))

    def _linked(self, typed: str) -> Iterator[Entry]:
        try:
            link = parse_link(typed)
        except ValueError as error:
            self._nothing.setText(str(error))
            return
        where = link.stack_url.partition("://")[2] if isinstance(link, Link) else ""
        yield Entry(f"Open {link.called}", text.one_line(where, 60), "link", partial(self.link_wanted.emit, str(link)))

    def _to(self, place: Place) -> Callable[[], object]:
        return partial(self._go, place)

    def _choose(self) -> None:
        row = self._list.currentRow()
        if 0 <= row < len(self._entries):
            entry = self._entries[row]
            self.close()
            entry.go()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.close()
                return True
            step = MOVES.get(Qt.Key(event.key()))
            if step and self._entries:
                self._list.setCurrentRow(max(0, min(len(self._entries) - 1, self._list.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._line.setFocus()


class _EntryDelegate(QStyledItemDelegate):
    """An icon, the words, and at the right edge, muted, where it is found."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        styled: Any = option  # PySide6's type stubs lack the members of QStyleOption
        entry: Entry = index.data(ENTRY)
        painter.save()
        style = styled.widget.style() if styled.widget else QApplication.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, styled, painter, styled.widget)
        place = styled.rect.adjusted(theme.GAP, 0, -theme.GAP, 0)
        if entry.icon:
            square = QRect(place.left(), place.top() + (place.height() - ICON) // 2, ICON, ICON)
            theme.icon(entry.icon, "muted").paint(painter, square)
        place.setLeft(place.left() + ICON + theme.GAP)
        where = self._write(painter, place, entry.where, "muted", place.width() // 2, Qt.AlignmentFlag.AlignRight)
        room = place.width() - where - theme.WIDE
        self._write(painter, place, entry.words, "text", room, Qt.AlignmentFlag.AlignLeft)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, theme.ROW)

    def _write(
        self, painter: QPainter, place: QRect, words: str, role: str, room: int, alignment: Qt.AlignmentFlag
    ) -> int:
        """Draw one line, shortened to its room; gives the width that it took."""
        metrics = QFontMetrics(painter.font())
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.setPen(theme.colour(role))
        painter.drawText(place, alignment | Qt.AlignmentFlag.AlignVCenter, shown)
        return metrics.horizontalAdvance(shown)
