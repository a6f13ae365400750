"""What two people made of one text, put together line by line."""

from __future__ import annotations

from collections.abc import Sequence

from k6desk.core.scripts.differences import Piece, differences

Change = tuple[Piece, Sequence[str]]
"""A part of the base, and the lines that one side put in its place."""


def merged(base: str, mine: str, theirs: str) -> str:
    """Both sides' changes to `base`; where they changed the same lines in different ways, theirs and then mine."""
    old = base.split("\n")
    sides = [_changes(old, words.split("\n")) for words in (theirs, mine)]
    result: list[str] = []
    at = 0
    for changes in _regions(sides):
        start = min(piece.old_from for side in changes for piece, _ in side)
        end = max(piece.old_to for side in changes for piece, _ in side)
        result += old[at:start]
        versions = [_version(old, start, end, side) for side in changes if side]
        result += versions[0]
        if versions[-1] != versions[0]:
            result += versions[-1]
        at = end
    return "\n".join(result + old[at:])


def _changes(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    pieces = differences(old, new)
    return [(piece, new[piece.new_from : piece.new_to]) for piece in pieces if not piece.is_same]


def _regions(sides: Sequence[Sequence[Change]]) -> list[list[list[Change]]]:
    """Per region of the base the changes of each side; what overlaps, or is put in at the same place, is one region."""
    regions: list[list[list[Change]]] = []
    start = end = -1
    every = [(change, number) for number, side in enumerate(sides) for change in side]
    for change, number in sorted(every, key=lambda one: (one[0][0].old_from, one[0][0].old_to)):
        piece = change[0]
        if not (piece.old_from < end or start == end == piece.old_from == piece.old_to):
            regions.append([[] for _ in sides])
            start = piece.old_from
        end = max(end, piece.old_to)
        regions[-1][number].append(change)
    return regions


def _version(old: Sequence[str], start: int, end: int, changes: Sequence[Change]) -> list[str]:
    """What one side made of a region."""
    lines: list[str] = []
    for piece, new in changes:
        lines += [*old[start : piece.old_from], *new]
        start = piece.old_to
    return [*lines, *old[start:end]]
