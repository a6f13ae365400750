"""The difference of two texts as rows: lines with a sign and their numbers, and folds over what is unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject

from k6desk.core.differences import Piece
from k6desk.ui import text
from k6desk.ui.roles import ACCESSIBLE, DISPLAY, USER, Index

CONTEXT = 3
"""Unchanged lines that are shown around a change."""
LEAST_FOLDED = 4
TAB = 4
NOWHERE = QModelIndex()
ROW = USER

Kind = Literal["same", "added", "removed", "fold"]
SIGNS: dict[Kind, str] = {"same": " ", "added": "+", "removed": "−", "fold": ""}


class Row(NamedTuple):
    """A line, or a fold over `folded` lines that begins there. Numbers count from 1, 0 = not in this text.

    `changed` is the part of the line, from one place in `words` to another, that its counterpart has otherwise.
    """

    kind: Kind
    words: str
    old: int
    new: int
    folded: int = 0
    changed: tuple[int, int] = (0, 0)


class DiffModel(QAbstractListModel):
    """Rows of a difference; `unfold` puts lines in the place of a fold."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._new: Sequence[str] = ()

    def show_pieces(self, pieces: Sequence[Piece], old: Sequence[str], new: Sequence[str]) -> None:
        """Show what `differences` found of two texts, whose lines have no tabs any more."""
        self.beginResetModel()
        self._new = new
        self._rows = []
        for at, piece in enumerate(pieces):
            if not piece.is_same:
                self._rows += changed_rows(piece, old, new)
                continue
            head = 0 if at == 0 else CONTEXT
            tail = 0 if at == len(pieces) - 1 else CONTEXT
            hidden = piece.old_to - piece.old_from - head - tail
            if hidden < LEAST_FOLDED:
                self._rows += self._same(piece.old_from, piece.new_from, piece.old_to - piece.old_from)
                continue
            self._rows += self._same(piece.old_from, piece.new_from, head)
            self._rows.append(Row("fold", "", piece.old_from + head + 1, piece.new_from + head + 1, hidden))
            self._rows += self._same(piece.old_to - tail, piece.new_to - tail, tail)
        self.endResetModel()

    def row(self, at: int) -> Row:
        """One row."""
        return self._rows[at]

    def unfold(self, at: int) -> None:
        """Show the lines under a fold."""
        fold = self._rows[at]
        lines = self._same(fold.old - 1, fold.new - 1, fold.folded)
        self.beginRemoveRows(NOWHERE, at, at)
        del self._rows[at]
        self.endRemoveRows()
        self.beginInsertRows(NOWHERE, at, at + len(lines) - 1)
        self._rows[at:at] = lines
        self.endInsertRows()

    def changes(self) -> list[int]:
        """The rows where changes begin."""
        return [
            at
            for at, row in enumerate(self._rows)
            if row.kind in {"added", "removed"} and (at == 0 or self._rows[at - 1].kind in {"same", "fold"})
        ]

    def _same(self, old: int, new: int, count: int) -> list[Row]:
        return [Row("same", self._new[new + n], old + n + 1, new + n + 1) for n in range(count)]

    # -- Qt ------------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == DISPLAY:
            return fold_words(row) if row.kind == "fold" else f"{SIGNS[row.kind]} {row.words}"
        if role == ACCESSIBLE:
            if row.kind == "fold":
                return fold_words(row)
            place = f"line {row.new}" if row.new else f"old line {row.old}"
            return f"{'unchanged' if row.kind == 'same' else row.kind}, {place}: {row.words}"
        return None


def fold_words(row: Row) -> str:
    """What a fold says."""
    return f"… {text.count(row.folded, 'unchanged line')}"


def changed_rows(piece: Piece, old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """A piece that is different: what was removed, then what was added. Lines that face each other are compared."""
    removed = [Row("removed", old[at], at + 1, 0) for at in range(piece.old_from, piece.old_to)]
    added = [Row("added", new[at], 0, at + 1) for at in range(piece.new_from, piece.new_to)]
    if len(removed) == len(added):
        for at, (gone, come) in enumerate(zip(removed, added, strict=True)):
            head, tail = _common(gone.words, come.words)
            if head + tail:
                removed[at] = gone._replace(changed=(head, len(gone.words) - tail))
                added[at] = come._replace(changed=(head, len(come.words) - tail))
    return removed + added


def _common(one: str, other: str) -> tuple[int, int]:
    """How many characters two lines have in common at their beginning, and at their end; none if only blanks.

    A word is not taken apart: of `const` and `let` nothing is common.
    """
    most = min(len(one), len(other))
    head = next((at for at in range(most) if one[at] != other[at]), most)
    while head and any(len(line) > head and _is_word(line[head - 1 : head + 1]) for line in (one, other)):
        head -= 1
    most -= head
    tail = next((at for at in range(most) if one[-1 - at] != other[-1 - at]), most)
    while tail and any(len(line) > tail and _is_word(line[-tail - 1 : len(line) - tail + 1]) for line in (one, other)):
        tail -= 1
    common = one[:head] + (one[-tail:] if tail else "")
    return (head, tail) if common.strip() else (0, 0)


def _is_word(pair: str) -> bool:
    return all(character.isalnum() or character == "_" for character in pair)
