"""What the models of small trees share: nodes that know their parent, their row and their children."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex

from k6desk.ui.roles import Index


class TreeNode(Protocol):
    """A row of a tree; the root has no parent and is not shown."""

    row: int

    @property
    def parent(self) -> Any:
        """The node above; None for the root."""

    @property
    def children(self) -> Sequence[Any]:
        """The nodes below."""


N = TypeVar("N", bound=TreeNode)


class TreeModel(QAbstractItemModel, Generic[N]):
    """Two columns over the nodes below `_root`, which a subclass sets, and says in `data` what they show."""

    _root: N

    def node(self, index: Index) -> N:
        """The node of an index; the root for the invalid one."""
        return index.internalPointer() if index.isValid() else self._root

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 - Qt's signature
        children = self.node(parent).children
        if 0 <= row < len(children) and 0 <= column < 2:
            return self.createIndex(row, column, children[row])
        return QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008 - QObject.parent() shares the name
        above = self.node(index).parent
        return QModelIndex() if above is None or above.parent is None else self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.column() > 0 else len(self.node(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 2
