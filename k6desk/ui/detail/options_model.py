"""A JSON value as a lazy tree: a row's children are made when somebody looks at them."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QSize, Qt

from k6desk.data.secrets import MASK
from k6desk.ui import theme
from k6desk.ui.roles import DISPLAY, FONT, FOREGROUND, SIZE_HINT, TOOL_TIP, Index
from k6desk.ui.text import count, one_line, tooltip
from k6desk.ui.tree_model import TreeModel

_ROW = QSize(0, 24)
_HEADERS = ("Option", "Value")


class Node:
    """A value of the tree with its name or position."""

    __slots__ = ("_children", "name", "parent", "row", "value")

    def __init__(self, name: str, value: Any, parent: Node | None, row: int) -> None:
        self.name = name
        self.value = value
        self.parent = parent
        self.row = row
        self._children: list[Node] | None = None

    @property
    def is_branch(self) -> bool:
        """Whether it has rows below it."""
        return isinstance(self.value, dict | list) and bool(self.value)

    @property
    def children(self) -> list[Node]:
        """The rows below it."""
        if self._children is None:
            inner = self.value
            pairs = inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
            self._children = [Node(str(name), value, self, row) for row, (name, value) in enumerate(pairs)]
        return self._children

    @property
    def words(self) -> str:
        """The value on one line: text as it is, branches by their size, everything else as JSON."""
        if isinstance(self.value, str):
            return one_line(self.value, 500)
        if isinstance(self.value, dict):
            return "" if self.value else "{ }"
        if isinstance(self.value, list):
            return count(len(self.value), "item") if self.value else "[ ]"
        return json.dumps(self.value)

    def as_text(self) -> str:
        """The value to copy: text without quotes, everything else as JSON."""
        if isinstance(self.value, str):
            return self.value
        return json.dumps(self.value, indent=2, ensure_ascii=False)


class OptionsModel(TreeModel[Node]):
    """Two columns, name and value. Secrets arrive masked: they are never stored on this computer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = Node("", {}, None, 0)

    def show_options(self, options: dict[str, Any]) -> bool:
        """Show these options; whether they differ from what was shown."""
        if options == self._root.value:
            return False
        self.beginResetModel()
        self._root = Node("", options, None, 0)
        self.endResetModel()
        return True

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        return parent.column() <= 0 and self.node(parent).is_branch

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if not index.isValid():
            return None
        node = self.node(index)
        if role == DISPLAY:
            return one_line(node.name, 120) if index.column() == 0 else node.words
        if role == SIZE_HINT:
            return _ROW
        if role == FOREGROUND and index.column() == 1:
            return theme.colour(_tone(node.value))
        if role == FONT and index.column() == 1 and not isinstance(node.value, dict | list):
            return theme.font("mono")
        if role == TOOL_TIP:
            return tooltip("Secret: it is not kept on this computer." if node.value == MASK else node.words)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        return _HEADERS[section] if role == DISPLAY and orientation == Qt.Orientation.Horizontal else None


def _tone(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return "muted"
    if value == MASK:
        return "warning"
    return "passed" if isinstance(value, str) else "running"
