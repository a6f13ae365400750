"""What two people made of one text, put together line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from k6desk.core.differences import differences


class _Change(NamedTuple):
    """Lines of the base, from the first, counted from 0, to before the last, and what one side made of them."""

    start: int
    end: int
    lines: Sequence[str]


def merged(base: str, mine: str, theirs: str) -> str:
    """Both sides' changes to `base`; where they changed the same lines in different ways, theirs and then mine."""
    old = base.split("\n")
    sides = [_changes(old, theirs.split("\n")), _changes(old, mine.split("\n"))]
    result: list[str] = []
    at = 0
    for start, end in _regions([change for side in sides for change in side]):
        result += old[at:start]
        versions = [_version(old, start, end, side) for side in sides]
        changed = [version for version in versions if version != old[start:end]]
        for number, version in enumerate(changed):
            if version not in changed[:number]:
                result += version
        at = end
    return "\n".join(result + old[at:])


def _changes(old: Sequence[str], new: Sequence[str]) -> list[_Change]:
    return [
        _Change(piece.old_from, piece.old_to, new[piece.new_from : piece.new_to])
        for piece in differences(old, new)
        if not piece.is_same
    ]


def _regions(changes: list[_Change]) -> list[tuple[int, int]]:
    """The parts of the base that were changed, those that overlap or meet at an insertion as one."""
    regions: list[tuple[int, int]] = []
    for start, end, _ in sorted(changes, key=lambda change: change[:2]):
        if regions and (start < regions[-1][1] or (start == regions[-1][1] and start in {end, regions[-1][0]})):
            regions[-1] = regions[-1][0], max(end, regions[-1][1])
        else:
            regions.append((start, end))
    return regions


def _version(old: Sequence[str], start: int, end: int, changes: list[_Change]) -> list[str]:
    """What one side made of a region."""
    lines: list[str] = []
    at = start
    for change in changes:
        if start <= change.start and change.end <= end and at <= change.start:
            lines += [*old[at : change.start], *change.lines]
            at = change.end
    return lines + list(old[at:end])
