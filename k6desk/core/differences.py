"""What is different between two texts, line by line, in the order in which people would tell it.

Lines that both texts have exactly once are taken as fixed points ("patience"), because they keep functions together;
only between them every line is compared with every other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_COMPARED = 2_000_000
"""Comparisons within a piece without fixed points; a larger one is shown as replaced as a whole."""


class Piece(NamedTuple):
    """Lines of the old text that became those of the new one: from the first, counted from 0, to before the last."""

    is_same: bool
    old_from: int
    old_to: int
    new_from: int
    new_to: int


def differences(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    """The whole of both texts, in turns of what is the same and what is not. Takes a while for many lines."""
    pieces: list[Piece] = []
    at_old = at_new = 0
    for same in [*_joined(_same(old, new, 0, len(old), 0, len(new))), (len(old), len(new), 0)]:
        from_old, from_new, length = same
        if from_old > at_old or from_new > at_new:
            pieces.append(Piece(False, at_old, from_old, at_new, from_new))
        at_old, at_new = from_old + length, from_new + length
        if length:
            pieces.append(Piece(True, from_old, at_old, from_new, at_new))
    return pieces


def _joined(blocks: Iterator[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Blocks that follow each other in both texts as one."""
    joined: list[tuple[int, int, int]] = []
    for at_old, at_new, length in blocks:
        if joined and joined[-1][0] + joined[-1][2] == at_old and joined[-1][1] + joined[-1][2] == at_new:
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + length)
        elif length:
            joined.append((at_old, at_new, length))
    return joined


def _same(
    old: Sequence[str], new: Sequence[str], a: int, a_end: int, b: int, b_end: int
) -> Iterator[tuple[int, int, int]]:
    """Blocks of equal lines within `old[a:a_end]` and `new[b:b_end]`: both beginnings and the length."""
    start_a, start_b = a, b
    while a < a_end and b < b_end and old[a] == new[b]:
        a, b = a + 1, b + 1
    if a > start_a:
        yield start_a, start_b, a - start_a
    tail = 0
    while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
        a_end, b_end, tail = a_end - 1, b_end - 1, tail + 1
    if points := _fixed_points(old, new, a, a_end, b, b_end):
        for at_old, at_new in [*points, (a_end, b_end)]:
            yield from _same(old, new, a, at_old, b, at_new)
            if at_old < a_end:
                yield at_old, at_new, 1
            a, b = at_old + 1, at_new + 1
    elif (a_end - a) * (b_end - b) <= MOST_COMPARED:
        matcher = SequenceMatcher(None, old[a:a_end], new[b:b_end], autojunk=False)
        for block in matcher.get_matching_blocks():
            yield a + block.a, b + block.b, block.size
    if tail:
        yield a_end, b_end, tail


def _fixed_points(
    old: Sequence[str], new: Sequence[str], a: int, a_end: int, b: int, b_end: int
) -> list[tuple[int, int]]:
    """The lines that both have once, as many as stand in the same order in both."""
    times_old, times_new = Counter(old[a:a_end]), Counter(new[b:b_end])
    place = {new[at]: at for at in range(b, b_end) if times_new[new[at]] == 1}
    pairs = [(at, place[old[at]]) for at in range(a, a_end) if times_old[old[at]] == 1 and old[at] in place]
    ends: list[int] = []  # the last line of the best chain of each length
    chains: list[int] = []
    before = [-1] * len(pairs)
    for at, (_, line) in enumerate(pairs):
        length = bisect_left(ends, line)
        before[at] = chains[length - 1] if length else -1
        ends[length : length + 1] = [line]
        chains[length : length + 1] = [at]
    at = chains[-1] if chains else -1
    found = []
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]
