"""Blocks of lines that disappear at one place of a text and come back, exactly the same, at another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from k6desk.core.scripts.differences import Piece

LEAST_LINES = 3
LEAST_CHARACTERS = 20
"""Of all lines of a block: three brackets move everywhere."""
LONG_LINE = 40
"""Characters from which on a single line tells that it was moved."""


class Move(Struct, frozen=True, order=True, gc=False):
    """So many lines from one line of the old text to one of the new text, both counted from 0."""

    old: int
    new: int
    length: int


def moves(old: Sequence[str], new: Sequence[str], pieces: Sequence[Piece]) -> list[Move]:
    """The moved blocks in the order of the old text; no line is in two of them. Takes linear time."""
    different = [piece for piece in pieces if not piece.is_same]
    gone = [range(piece.old_from, piece.old_to) for piece in different]
    come = [range(piece.new_from, piece.new_to) for piece in different]
    free_old, free_new = {at for lines in gone for at in lines}, {at for lines in come for at in lines}
    places = _once(_marks(new, come))
    found = []
    for mark, at_old in _once(_marks(old, gone)).items():
        at_new = places.get(mark)
        if at_new is None or at_old not in free_old or at_new not in free_new:
            continue
        a, b, length = at_old, at_new, 1
        while a - 1 in free_old and b - 1 in free_new and old[a - 1] == new[b - 1]:
            a, b, length = a - 1, b - 1, length + 1
        while a + length in free_old and b + length in free_new and old[a + length] == new[b + length]:
            length += 1
        if length >= len(mark):
            free_old.difference_update(range(a, a + length))
            free_new.difference_update(range(b, b + length))
            found.append(Move(a, b, length))
    return sorted(found)


Mark = tuple[str, ...]


def _marks(lines: Sequence[str], within: Iterable[range]) -> Iterator[tuple[Mark, int]]:
    """Everything by which a block can be known again, and where that begins."""
    for places in within:
        for at in places:
            if len(lines[at].strip()) >= LONG_LINE:
                yield (lines[at],), at
            mark = tuple(lines[at : min(at + LEAST_LINES, places.stop)])
            if len(mark) == LEAST_LINES and sum(len(line.strip()) for line in mark) >= LEAST_CHARACTERS:
                yield mark, at


def _once(marks: Iterable[tuple[Mark, int]]) -> dict[Mark, int]:
    """The marks that are there only once, and where."""
    found: dict[Mark, int] = {}
    again = set()
    for mark, at in marks:
        if mark in found:
            again.add(mark)
        found[mark] = at
    return {mark: at for mark, at in found.items() if mark not in again}
