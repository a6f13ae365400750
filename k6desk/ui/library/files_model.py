"""The files of a script or archive as a tree: the entry script, folders, remote modules by their host, metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QSize, Qt

from k6desk.data.archive import File
from k6desk.ui import theme
from k6desk.ui.library.words import AREAS
from k6desk.ui.roles import (
    ACCESSIBLE,
    ALIGNMENT,
    DECORATION,
    DISPLAY,
    FONT,
    FOREGROUND,
    SIZE_HINT,
    TOOL_TIP,
    USER,
    Index,
)
from k6desk.ui.text import one_line, size, tooltip
from k6desk.ui.tree_model import TreeModel

FILE = USER
"""The `File` of a row, None for a folder."""
DEEPEST = 30
"""Folders below this are shown as one."""
_ROW = QSize(0, 24)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_ICONS = {"entry": "play", "metadata": "options"}
_ENDINGS = {
    "script": (".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx"),
    "image": (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".svg"),
}


class Node:
    """A file or folder of the tree."""

    __slots__ = ("children", "file", "folders", "host", "name", "parent", "row")

    def __init__(self, name: str, parent: Node | None, file: File | None = None, *, host: bool = False) -> None:
        self.name = name
        self.parent = parent
        self.file = file
        self.host = host
        self.row = 0
        self.children: list[Node] = []
        self.folders: dict[str, Node] = {}

    @property
    def icon(self) -> str:
        """The name of its icon."""
        if self.host:
            return "zones"
        if self.file is None:
            return "project"
        if self.file.kind == "link":
            return "link"
        ending = self.file.path[-1].lower()
        named = next((icon for icon, endings in _ENDINGS.items() if ending.endswith(endings)), "file")
        return _ICONS.get(self.file.area, named)


class FilesModel(TreeModel[Node]):
    """Two columns, name and size. Folders that hold nothing but one folder are shown as one with it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = Node("", None)

    def show_files(self, files: Sequence[File]) -> None:
        """Show these files, the entry script first."""
        self.beginResetModel()
        self._root = _tree(files)
        self.endResetModel()

    def index_of(self, name: str) -> QModelIndex:
        """Where the file with this name of the archive's own stands; invalid if it is not there."""
        found = next((node for node in _below(self._root) if node.file and node.file.name == name), None)
        return self.createIndex(found.row, 0, found) if found else QModelIndex()

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if not index.isValid():
            return None
        node = self.node(index)
        if role == FILE:
            return node.file
        if role == SIZE_HINT:
            return _ROW
        if index.column() == 1:
            return _data_of_size(node, role)
        if role == DISPLAY:
            return one_line(node.name, 200)
        if role == DECORATION:
            return theme.icon(node.icon, "accent" if node.file and node.file.area == "entry" else "muted")
        if role == FONT and node.file and node.file.area == "entry":
            font = theme.font("body")
            font.setBold(True)
            return font
        if role == TOOL_TIP:
            return tooltip(_hint(node))
        if role == ACCESSIBLE:
            return f"{one_line(node.name, 200)}, {AREAS[node.file.area] if node.file else 'folder'}"
        return None


def _data_of_size(node: Node, role: int) -> Any:
    if role == DISPLAY and node.file and node.file.kind == "file":
        return size(node.file.size)
    if role == ALIGNMENT:
        return _RIGHT
    if role == FOREGROUND:
        return theme.colour("muted")
    return None


def _hint(node: Node) -> str:
    if node.file is None:
        return node.name
    lines = [AREAS[node.file.area], "/".join(node.file.path)]
    if node.file.kind == "link":
        lines.append(f"A link to {one_line(node.file.target, 200)}, which k6desk does not follow")
    if node.file.copies > 1:
        lines.append(f"The archive holds {node.file.copies:,} files of this name; the last counts")
    return "\n".join(lines)


def _tree(files: Iterable[File]) -> Node:
    root = Node("", None)
    last: list[Node] = []
    for file in files:
        if file.kind == "directory":
            continue  # one that holds nothing but the entry script would be empty here
        if file.area in {"entry", "metadata"}:
            node = Node("Options and metadata" if file.area == "metadata" else file.path[-1], root, file)
            (root.children if file.area == "entry" else last).append(node)
            continue
        *folders, name = file.path
        if len(folders) > DEEPEST:
            folders = [*folders[: DEEPEST - 1], "/".join(folders[DEEPEST - 1 :])]
        above = root
        for folder in folders:
            above = _folder(above, folder, is_host=above is root and file.area == "remote")
        above.children.append(Node(name, above, file))
    for node in _below(root):
        _join(node)
    root.children += last
    for node in [root, *_below(root)]:
        # The entry script stays first and the metadata last.
        node.children.sort(key=_order)
        for row, child in enumerate(node.children):
            child.row = row
    return root


def _folder(above: Node, name: str, *, is_host: bool) -> Node:
    # A host and a local folder may have one name.
    key = f"https://{name}" if is_host else name
    if key not in above.folders:
        above.folders[key] = Node(name, above, host=is_host)
        above.children.append(above.folders[key])
    return above.folders[key]


def _join(node: Node) -> None:
    """Make a folder one with the only folder in it, and so on down."""
    while node.file is None and not node.host and len(node.children) == 1 and node.children[0].file is None:
        only = node.children[0]
        node.name = f"{node.name}/{only.name}"
        node.children = only.children
        for child in node.children:
            child.parent = node


def _order(node: Node) -> tuple[int, str]:
    area = node.file.area if node.file else ""
    rank = 0 if area == "entry" else 4 if area == "metadata" else 2 if node.host else 3 if node.file else 1
    return rank, node.name.casefold()


def _below(root: Node) -> Iterator[Node]:
    """All nodes below one, from the top down."""
    waiting = [root]
    while waiting:
        for child in waiting.pop().children:
            yield child
            waiting.append(child)
