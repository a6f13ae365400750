"""The explorer as the window shows it: a line to filter by, and the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from k6desk.core.place import LISTS, Kind, Place
from k6desk.core.store import Store
from k6desk.ui import theme
from k6desk.ui.explorer.model import ExplorerModel
from k6desk.ui.explorer.node import NodeId, NodeKind
from k6desk.ui.explorer.tree import ExplorerTree
from k6desk.ui.filter_line import FilterLine

Key = tuple[NodeKind, NodeId]

ASK_MS = 300
"""How long one does not type before the server is asked, too."""
MOST_OPENED = 200
"""A filter that leaves no more tests than this opens their projects, so that they are seen."""


class Explorer(QWidget):
    """Choose what the table shows: the row that the user makes the current one, not one that a poll makes so."""

    place_chosen = Signal(object)  # Place: a list, project or test
    run_chosen = Signal(object)  # run id
    menu_requested = Signal(str, QPoint)  # what it is for: "test", "project", "run" or "stack"; where on the screen
    search_wanted = Signal(str)  # words that the server may find tests by
    test_dropped = Signal(object, object)  # test id, id of the project that it was dropped on
    file_dropped = Signal(str, object, object)  # "project" or "test", its id, Path
    drop_refused = Signal(str)  # why

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open: set[Key] = set()
        self._here: Key | None = None
        self._quiet = 0
        self._opens_found = False
        self._found: set[Key] = set()  # the projects that the filter left when they were last opened or closed

        self.model = ExplorerModel(store, self)
        # Before the view's own connection, which makes a neighbour of a removed row the current one.
        self.model.rowsAboutToBeRemoved.connect(self._hush)
        self.tree = ExplorerTree(self)
        self.tree.setModel(self.model)
        self.model.rowsRemoved.connect(self._unhush)
        self.model.caught_up.connect(self._open_found)
        self.model.caught_up.connect(self._find_here)
        self.tree.selectionModel().selectionChanged.connect(self._choose)
        self.tree.expanded.connect(lambda index: self._remember(index, self._open.add))
        self.tree.collapsed.connect(lambda index: self._remember(index, self._open.discard))
        self.filter = FilterLine("Filter projects and tests", "Filter projects and tests", self)
        self.filter.textChanged.connect(self._filter)
        self.filter.left.connect(self.tree.setFocus)
        self.tree.typed.connect(self._type)
        self.tree.menu_wanted.connect(self._open_menu)
        self.model.test_dropped.connect(self.test_dropped)
        self.model.file_dropped.connect(self.file_dropped)
        self.model.drop_refused.connect(self.drop_refused)
        self._ask = QTimer(self, singleShot=True, interval=ASK_MS)
        self._ask.timeout.connect(self._search)
        self.filter.textChanged.connect(lambda: self._ask.start())
        self.setFocusProxy(self.tree)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.UNIT)
        top = QVBoxLayout()
        top.setContentsMargins(theme.GAP, theme.GAP, theme.GAP, 0)
        top.addWidget(self.filter)
        layout.addLayout(top)
        layout.addWidget(self.tree)

    def show_place(self, place: Place) -> None:
        """Mark a place as the current one without choosing it; a run is marked if the tree shows it."""
        key: Key = ("list", place.kind) if place.kind in LISTS else (cast("NodeKind", place.kind), place.id)
        if place.kind != "run" or self.model.index_of(*key).isValid():
            self._here = key
            self._find_here()

    def set_empty(self, sentence: str) -> None:
        """What to say where the projects would be while there are none."""
        self.model.set_empty(sentence)

    def _choose(self, selected: QItemSelection) -> None:
        if self._quiet or selected.isEmpty():
            return
        node = self.model.node(selected.indexes()[0])
        self._here = node.key
        if node.kind == "run":
            self.run_chosen.emit(node.id)
        elif node.kind == "list":
            self.place_chosen.emit(Place(cast("Kind", node.id)))
        else:
            self.place_chosen.emit(Place(cast("Kind", node.kind), int(node.id)))

    def _open_menu(self, index: QModelIndex, at: QPoint) -> None:
        """A menu acts on what it was opened on, so that becomes the current place first."""
        kind = self.model.node(index).kind
        if kind in {"test", "project", "run"}:
            self.tree.setCurrentIndex(index)
            self.menu_requested.emit(kind, at)
        else:
            self.menu_requested.emit("stack", at)

    def _search(self) -> None:
        if words := self.filter.text().strip():
            self.search_wanted.emit(words)

    def _find_here(self) -> None:
        """Mark the current place and bring it into sight; it may come to be in the tree only later."""
        if self._here and self.model.node(self.tree.currentIndex()).key != self._here:
            self._mark_here()
            if self.tree.isVisible():  # or it lays out its rows now, and once more when it is shown, scrolling itself
                self.tree.scrollTo(self.tree.currentIndex())

    def _mark_here(self) -> None:
        index = self.model.index_of(*self._here) if self._here else QModelIndex()
        with self._quietly():
            if index.isValid():
                self.tree.setCurrentIndex(index)
            else:
                self.tree.selectionModel().clear()

    def _filter(self, words: str) -> None:
        with self._quietly():
            matching = self.model.set_filter(words)
            self._opens_found = bool(words.strip()) and matching <= MOST_OPENED
            self._found = set()
            for index in self._projects():
                key = self.model.node(index).key
                self._found.add(key)
                self.tree.setExpanded(index, self._opens_found or key in self._open)
        self._mark_here()

    def _open_found(self) -> None:
        """Open projects that have come since to match the filter, as when the server has found something."""
        if self._opens_found:
            with self._quietly():
                for index in self._projects():
                    if (key := self.model.node(index).key) not in self._found:
                        self._found.add(key)
                        self.tree.setExpanded(index, True)

    def _projects(self) -> Iterator[QModelIndex]:
        for row in range(self.model.rowCount()):
            if self.model.node(index := self.model.index(row, 0)).kind == "project":
                yield index

    def _remember(self, index: QModelIndex, remember: Callable[[Key], None]) -> None:
        if not self._quiet:
            remember(self.model.node(index).key)

    def _type(self, character: str) -> None:
        self.filter.setFocus()
        self.filter.insert(character)

    def _hush(self) -> None:
        self._quiet += 1

    def _unhush(self) -> None:
        self._quiet -= 1
        self._mark_here()

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        self._quiet += 1
        try:
            yield
        finally:
            self._quiet -= 1
