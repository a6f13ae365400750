"""The tree as a model: children are read when they are first shown, and then kept in step by id, never reset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, Qt, QTimer, Signal

from k6desk.core.place import LISTS
from k6desk.ui import text
from k6desk.ui.explorer.drops import FILES, MIME, DropProblem, Drops, file_of
from k6desk.ui.explorer.name_filter import NameFilter
from k6desk.ui.explorer.node import Node, NodeId, NodeKind
from k6desk.ui.explorer.words import Words
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, TOOL_TIP, USER, Index

if TYPE_CHECKING:
    from k6desk.core.delta import Delta
    from k6desk.core.store import Store


LATEST = 5
"""How many runs a test shows below itself."""
SETTLE_MS = 200
"""Changes of the store that come within this time are taken in together."""

BRANCH = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
LEAF = BRANCH | Qt.ItemFlag.ItemNeverHasChildren
FLAGS = {
    "root": Qt.ItemFlag.NoItemFlags,
    "list": LEAF,
    "heading": Qt.ItemFlag.ItemNeverHasChildren,
    "hint": Qt.ItemFlag.ItemNeverHasChildren,
    "project": BRANCH | Qt.ItemFlag.ItemIsDropEnabled,
    "test": BRANCH | Qt.ItemFlag.ItemIsDropEnabled | Qt.ItemFlag.ItemIsDragEnabled,
    "run": LEAF,
}

NODE = USER
COUNT = NODE + 1
"""A number to show at the right, None for nothing: of runs in a list, of running runs in a project or test."""
RUN = NODE + 2
"""The `Run` of a run's row, as the store has it now."""
INTENT = NODE + 3
"""What is being done to a project or test, empty for nothing."""
SCHEDULED = NODE + 4
"""Whether a test starts by itself."""
FRACTION = NODE + 5
"""How far a running run is, as far as it was seen; None where that is not known."""


class ExplorerModel(QAbstractItemModel):
    """Smart lists, projects, tests and latest runs of a store; `set_filter` leaves only what a text matches."""

    caught_up = Signal()
    """What the store told of has been taken in."""
    test_dropped = Signal(object, object)  # test id, id of the project that it was dropped on
    file_dropped = Signal(str, object, object)  # "project" or "test", its id, Path
    drop_refused = Signal(str)  # why

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._filter = NameFilter(store)
        self._words = Words(store)
        self._drops = Drops()
        self._empty = "No projects yet"
        self._root = Node("root", 0, None)
        # Qt's indexes point to nodes, so a node lives as long as the model, even when its thing is gone or elsewhere.
        self._nodes: dict[tuple[NodeKind, NodeId], Node] = {}
        self._moved_away: list[Node] = []
        self._catalogue_changed = False
        self._changed_runs: set[int] = set()
        self._runs_came_or_went = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._take_in)
        self._root.children = self._wanted(self._root)
        store.changed.connect(self._note)
        store.indexed.connect(self._settle.start)

    def set_filter(self, words: str) -> int:
        """Show only projects and tests whose names hold all the words; gives the number of tests that match."""
        self._filter.set(words)
        self._sync_catalogue()
        self._repaint_children(self._root)
        return self._filter.count()

    def set_empty(self, sentence: str) -> None:
        """What to say where the projects would be, when there are none."""
        if sentence == self._empty:
            return
        self._empty = sentence
        self._say_hint()
        if self._root.children and (hint := self._root.children[-1]).kind == "hint":
            self.dataChanged.emit(self._index(hint), self._index(hint))

    def is_settled(self) -> bool:
        """Whether the rows say what the store has now."""
        return not self._settle.isActive()

    def node(self, index: Index) -> Node:
        """The row that an index points to; the root for the invalid index."""
        return index.internalPointer() if index.isValid() else self._root

    def index_of(self, kind: NodeKind, id_: NodeId) -> QModelIndex:
        """Where a list, project, test or run stands; reads what is above it, invalid if it is not in the tree."""
        if kind == "test" and isinstance(id_, int) and (test := self._store.test(id_)):
            self._read_children(self.index_of("project", test.project_id))
        node = self._nodes.get((kind, id_))
        above = node
        while above and above.parent:
            if above not in (above.parent.children or ()):
                return QModelIndex()
            above = above.parent
        return self._index(node) if node else QModelIndex()

    # -- what the rows are ---------------------------------------------------------------------------------------------

    def _wanted(self, node: Node) -> list[Node]:
        if node.kind == "root":
            projects = [
                self._child("project", project.id, node)
                for project in self._store.projects()
                if self._filter.has(project.id)
            ]
            self._say_hint()
            lists = [self._child("list", name, node) for name in LISTS]
            heading = self._child("heading", 0, node)
            return [*lists, heading, *(projects or [self._child("hint", 0, node)])]
        assert isinstance(node.id, int)
        if node.kind == "project":
            return [self._child("test", test.id, node) for test in self._filter.tests(node.id)]
        return [self._child("run", run.id, node) for run in self._store.latest_of_test(node.id, LATEST)]

    def _say_hint(self) -> None:
        self._words.hint = "No project or test matches" if self._filter else self._empty

    def _child(self, kind: NodeKind, id_: NodeId, parent: Node) -> Node:
        node = self._nodes.get((kind, id_))
        if node and node.parent is parent:
            return node
        if node:
            self._moved_away.append(node)
        node = self._nodes[kind, id_] = Node(kind, id_, parent)
        return node

    # -- keeping in step -----------------------------------------------------------------------------------------------

    def _note(self, delta: Delta) -> None:
        if delta.catalogue:
            self._catalogue_changed = True
            self._filter.forget_names()
        self._changed_runs |= delta.changed
        self._runs_came_or_went |= bool(delta.added or delta.removed)
        if not self._settle.isActive():
            self._settle.start()

    def _take_in(self) -> None:
        if self._catalogue_changed:
            self._filter.match()
            self._sync_catalogue()
        self._words.count()
        self._repaint_children(self._root)
        for node in self._loaded("project"):
            self._repaint_children(node)
        for node in self._loaded("test"):
            if self._runs_came_or_went:
                self._sync(node)
            for child in node.children or ():
                if child.id in self._changed_runs:
                    self.dataChanged.emit(self._index(child), self._index(child))
        self._catalogue_changed = self._runs_came_or_went = False
        self._changed_runs = set()
        self.caught_up.emit()

    def _sync_catalogue(self) -> None:
        self._sync(self._root)
        for node in self._loaded("project"):
            self._sync(node)

    def _loaded(self, kind: NodeKind) -> list[Node]:
        """The rows of a kind that are in the tree and whose children were read."""
        parents = [self._root] if kind == "project" else self._loaded("project")
        return [
            node
            for parent in parents
            for node in parent.children or ()
            if node.kind == kind and node.children is not None
        ]

    def _sync(self, node: Node) -> None:
        """Make the children what the store says, by the fewest removals, moves and insertions."""
        wanted = self._wanted(node)
        children = node.children
        if children is None or children == wanted:
            return
        index = self._index(node)
        keep = set(wanted)
        last = len(children) - 1
        while last >= 0:
            first = last
            while first >= 0 and children[first] not in keep:
                first -= 1
            if first < last:
                self.beginRemoveRows(index, first + 1, last)
                del children[first + 1 : last + 1]
                self.endRemoveRows()
            last = first - 1
        present = set(children)
        at = 0
        while at < len(wanted):
            if at < len(children) and children[at] is wanted[at]:
                at += 1
            elif wanted[at] in present:
                source = children.index(wanted[at], at)
                self.beginMoveRows(index, source, source, index, at)
                children.insert(at, children.pop(source))
                self.endMoveRows()
            else:
                end = at
                while end < len(wanted) and wanted[end] not in present:
                    end += 1
                self.beginInsertRows(index, at, end - 1)
                children[at:at] = wanted[at:end]
                self.endInsertRows()
                at = end

    def _read_children(self, index: Index) -> None:
        node = self.node(index)
        if node.children is None:
            wanted = self._wanted(node)
            if wanted:
                self.beginInsertRows(index, 0, len(wanted) - 1)
            node.children = wanted
            if wanted:
                self.endInsertRows()

    def _index(self, node: Node) -> QModelIndex:
        if node.parent is None:
            return QModelIndex()
        siblings = node.parent.children or []
        if not (node.row < len(siblings) and siblings[node.row] is node):
            for row, sibling in enumerate(siblings):
                sibling.row = row
        return self.createIndex(node.row, 0, node)

    def _repaint_children(self, node: Node) -> None:
        if node.children:
            self.dataChanged.emit(self._index(node.children[0]), self._index(node.children[-1]))

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self.node(parent).children or ()
        if column != 0 or not 0 <= row < len(children) or parent.column() > 0:
            return QModelIndex()
        return self.createIndex(row, 0, children[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        above = self.node(index).parent
        return self._index(above) if above else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.column() > 0 else len(self.node(parent).children or ())

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        node = self.node(parent)
        if node.children is None:
            return node.kind == "test" or self._filter.has_tests(int(node.id))
        return bool(node.children)

    def canFetchMore(self, parent: Index) -> bool:
        return self.node(parent).children is None

    def fetchMore(self, parent: Index) -> None:
        self._read_children(parent)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return FLAGS[self.node(index).kind]

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if not index.isValid():
            return None
        node = self.node(index)
        if role == DISPLAY:
            return self._words.name(node)
        if role == NODE:
            return node
        if role == COUNT:
            return self._words.figure(node)
        if role == FRACTION:
            return self._words.fraction(node)
        if role == RUN:
            return self._words.run(node)
        if role == INTENT:
            return self._words.intent(node)
        if role == SCHEDULED:
            return self._words.schedule(node) is not None
        if role == TOOL_TIP:
            return text.tooltip(self._words.explained(node))
        if role == ACCESSIBLE:
            return self._words.spoken(node)
        return None

    # -- dragging ------------------------------------------------------------------------------------------------------

    def mimeTypes(self) -> list[str]:
        return [MIME, FILES]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return self._drops.pack(int(self.node(indexes[0]).id))

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        node = self.node(parent)
        if data.hasFormat(MIME):
            test_id = self._drops.test(data)
            test = self._store.test(test_id) if test_id is not None else None
            return test is not None and node.kind == "project" and test.project_id != node.id
        return data.hasUrls() and node.kind in {"project", "test"}

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Tell of what was dropped; nothing in the tree moves before the server has moved it."""
        if not self.canDropMimeData(data, action, row, column, parent):
            return False
        node = self.node(parent)
        if (test_id := self._drops.test(data)) is not None:
            self.test_dropped.emit(test_id, node.id)
            return True
        try:
            file = file_of(data)
        except DropProblem as problem:
            self.drop_refused.emit(str(problem))
            return False
        self.file_dropped.emit(node.kind, node.id, file)
        return True
