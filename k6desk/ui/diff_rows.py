"""The rows of a difference, below each other or side by side, with folds over what is unchanged. No widgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from msgspec import Struct

from k6desk.core.scripts.comparison import Comparison, Part, compare_texts, facing
from k6desk.core.scripts.differences import Piece
from k6desk.core.scripts.unified_diff import CONTEXT
from k6desk.ui import text

LEAST_FOLDED = 4
TAB = 4
_SIGNS = {"same": " ", "removed": "−", "added": "+", "changed": "~", "moved": "↷"}


class Row(Struct, frozen=True, gc=False):
    """Lines by their numbers from 1, 0 where a text has none here; or a fold over `folded` lines that begins there."""

    old: int
    new: int
    folded: int = 0


class Cell(NamedTuple):
    """A line as it is shown, of the old or the new text. `parts` are the places in `words` that are different.

    Of a line that moved, `goes_to` is its number in the other text, which `note` says; shown where `is_noted`.
    """

    kind: str
    is_new: bool
    words: str
    parts: Sequence[Part] = ()
    goes_to: int = 0
    note: str = ""
    is_noted: bool = False

    @property
    def sign(self) -> str:
        """What stands before it."""
        return _SIGNS[self.kind]


class Rows(NamedTuple):
    """Two texts that were compared, as rows below each other and side by side. `widest` is the longest line."""

    comparison: Comparison
    unified: list[Row]
    split: list[Row]
    widest: str


def compared(old_text: str, new_text: str) -> Rows:
    """Compare two texts. Takes a while for many lines."""
    made = compare_texts(old_text, new_text)
    lines = chain(made.old, made.new)
    widest = max(lines, key=lambda line: len(line) + (TAB - 1) * line.count("\t"), default="")
    return Rows(made, list(_unified(made)), list(_split(made)), widest.expandtabs(TAB))


def cell(comparison: Comparison, row: Row, *, is_new: bool, is_split: bool) -> Cell | None:
    """One side of a row; None where it has no line."""
    number = row.new if is_new else row.old
    if not number:
        return None
    line = (comparison.new if is_new else comparison.old)[number - 1]
    change = (comparison.new_changes if is_new else comparison.old_changes).get(number)
    if change is None:
        return Cell("same", is_new, line.expandtabs(TAB))
    kind = change.kind if is_split or change.kind != "changed" else "added" if is_new else "removed"
    parts = [(_place(line, begin), _place(line, end)) for begin, end in change.parts]
    if kind != "moved":
        return Cell(kind, is_new, line.expandtabs(TAB), parts)
    note = f"moved {'from' if is_new else 'to'} line {change.other}"
    return Cell(kind, is_new, line.expandtabs(TAB), goes_to=change.other, note=note, is_noted=change.is_first)


def is_change(comparison: Comparison, row: Row) -> bool:
    """Whether a row is of a change."""
    return not row.folded and (row.old in comparison.old_changes or row.new in comparison.new_changes)


def copied(comparison: Comparison, rows: Sequence[Row]) -> str:
    """Rows as text: of a change first what was removed, then what was added."""
    lines: list[str] = []
    added: list[str] = []
    for row in rows:
        if not is_change(comparison, row):
            lines += [*added, fold_words(row) if row.folded else f"  {comparison.new[row.new - 1]}"]
            added = []
            continue
        if row.old:
            lines.append(f"− {comparison.old[row.old - 1]}")
        if row.new:
            added.append(f"+ {comparison.new[row.new - 1]}")
    return "\n".join(lines + added)


def how_often(comparison: Comparison, row: Row, words: str) -> int:
    """How many of the lines that are folded in a row have these words, which are in lower case; or 1 if the row has."""
    new = comparison.new[row.new - 1 : row.new - 1 + max(1, row.folded)] if row.new else []
    old = comparison.old[row.old - 1 : row.old] if row.old and not row.folded else []
    count = sum(words in line.lower() for line in (*new, *old))
    return count if row.folded else min(1, count)


def spoken(comparison: Comparison, row: Row) -> str:
    """What those hear who cannot see: "line 12 removed: …"."""
    if row.folded:
        return fold_words(row)
    old, new = (cell(comparison, row, is_new=is_new, is_split=True) for is_new in (False, True))
    if new and new.kind == "same":
        return f"line {row.new} unchanged: {new.words}"
    if old and new and new.kind == "changed" == old.kind:
        return f"line {row.new} changed: {new.words}; old line {row.old}: {old.words}"
    said = []
    for side, number, is_new in ((old, row.old, False), (new, row.new, True)):
        if side:
            what = side.note or ("added" if is_new else "removed")
            said.append(f"{'' if is_new else 'old '}line {number} {what}: {side.words}")
    return "; ".join(said)


def fold_words(row: Row) -> str:
    """What a fold says."""
    return f"… {text.count(row.folded, 'unchanged line')}"


def same_rows(old: int, new: int, length: int) -> list[Row]:
    """Unchanged lines from these numbers on."""
    return [Row(old + at, new + at) for at in range(length)]


def _unified(comparison: Comparison) -> Iterator[Row]:
    for piece, folded in _folded(comparison.pieces):
        if piece.is_same:
            yield from folded
        else:
            yield from (Row(at + 1, 0) for at in range(piece.old_from, piece.old_to))
            yield from (Row(0, at + 1) for at in range(piece.new_from, piece.new_to))


def _split(comparison: Comparison) -> Iterator[Row]:
    for piece, folded in _folded(comparison.pieces):
        if piece.is_same:
            yield from folded
        else:
            yield from (Row(old, new) for old, new in facing(comparison, piece))


def _folded(pieces: Sequence[Piece]) -> Iterator[tuple[Piece, list[Row]]]:
    """Every piece, and for one that is the same its rows."""
    for at, piece in enumerate(pieces):
        length = piece.old_to - piece.old_from
        head, tail = CONTEXT * (at > 0), CONTEXT * (at < len(pieces) - 1)
        hidden = length - head - tail
        old, new = piece.old_from + 1, piece.new_from + 1
        if not piece.is_same:
            yield piece, []
        elif hidden < LEAST_FOLDED:
            yield piece, same_rows(old, new, length)
        else:
            fold = Row(old + head, new + head, hidden)
            yield (
                piece,
                [
                    *same_rows(old, new, head),
                    fold,
                    *same_rows(old + head + hidden, new + head + hidden, tail),
                ],
            )


def _place(line: str, at: int) -> int:
    """Where a place of a line is once its tabs are blanks."""
    return len(line[:at].expandtabs(TAB)) if "\t" in line else at
