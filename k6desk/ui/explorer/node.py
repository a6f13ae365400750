"""A row of the tree."""

from __future__ import annotations

from typing import Literal

NodeKind = Literal["root", "list", "heading", "hint", "project", "test", "run"]
NodeId = int | str
"""A list's name, or the id of a project, test or run; 0 for the others."""


class Node:
    """One row. `children` is None until they are read; `row` may be late, so ask the model for an index."""

    __slots__ = ("children", "id", "kind", "parent", "row")

    def __init__(self, kind: NodeKind, id_: NodeId, parent: Node | None) -> None:
        self.kind = kind
        self.id = id_
        self.parent = parent
        self.row = 0
        self.children: list[Node] | None = None if kind in {"project", "test"} else []

    @property
    def key(self) -> tuple[NodeKind, NodeId]:
        """What tells the row from all others, also after it went and came back."""
        return self.kind, self.id
