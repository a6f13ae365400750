"""What is different between two texts, line by line, in the order in which people would tell it.

Lines that both texts have exactly once are taken as fixed points ("patience"), because they keep functions together;
only between them every line is compared with every other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from msgspec import Struct

MOST_PAIRED, MOST_PAIRED_IN_ALL = 100_000, 1_000_000
"""Pairs of equal lines within a piece without fixed points; a larger one is shown as replaced as a whole."""
MOST_COMPARED = 2_000_000
"""The same for all of its pairs."""
MOST_LOOKED_AT = 20_000_000
"""Lines looked at for fixed points: text can be made so that each one uncovers but one more."""


class Piece(Struct, frozen=True, gc=False):  # there may be ten thousands, and no garbage collection looks at them
    """Lines of the old text that became those of the new one: from the first, counted from 0, to before the last."""

    is_same: bool
    old_from: int
    old_to: int
    new_from: int
    new_to: int


class _Block(Struct, frozen=True, order=True, gc=False):
    """So many equal lines from these on."""

    old: int
    new: int
    length: int


class _Span(NamedTuple):
    """A part of both texts."""

    a: int
    a_end: int
    b: int
    b_end: int


def differences(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    """The whole of both texts, in turns of what is the same and what is not. Takes a while for many lines."""
    pieces: list[Piece] = []
    at_old = at_new = 0
    for block in [*_joined(_same(old, new)), _Block(len(old), len(new), 0)]:
        if block.old > at_old or block.new > at_new:
            pieces.append(Piece(False, at_old, block.old, at_new, block.new))
        at_old, at_new = block.old + block.length, block.new + block.length
        if block.length:
            pieces.append(Piece(True, block.old, at_old, block.new, at_new))
    return pieces


def _joined(blocks: Iterable[_Block]) -> list[_Block]:
    """Blocks that follow each other in both texts as one."""
    joined: list[_Block] = []
    for block in blocks:
        last = joined[-1] if joined else _Block(0, 0, 0)
        if joined and (last.old + last.length, last.new + last.length) == (block.old, block.new):
            joined[-1] = _Block(last.old, last.new, last.length + block.length)
        elif block.length:
            joined.append(block)
    return joined


def _same(old: Sequence[str], new: Sequence[str]) -> list[_Block]:
    """Blocks of equal lines in order."""
    blocks: list[_Block] = []
    to_look_at, to_pair = MOST_LOOKED_AT, MOST_PAIRED_IN_ALL
    waiting = [_Span(0, len(old), 0, len(new))]
    while waiting:
        a, a_end, b, b_end = span = _stripped(old, new, waiting.pop(), blocks)
        to_look_at -= a_end - a + b_end - b
        if a == a_end or b == b_end or to_look_at < 0:
            continue
        times_old, times_new = Counter(old[a:a_end]), Counter(new[b:b_end])
        if points := _fixed_points(old, new, span, times_old, times_new):
            blocks += [_Block(at_old, at_new, 1) for at_old, at_new in points]
            for at_old, at_new in points:
                waiting.append(_Span(a, at_old, b, at_new))
                a, b = at_old + 1, at_new + 1
            waiting.append(_Span(a, a_end, b, b_end))
            continue
        pairs = sum(times * times_new[line] for line, times in times_old.items())
        if pairs <= min(MOST_PAIRED, to_pair) and (a_end - a) * (b_end - b) <= MOST_COMPARED:
            to_pair -= pairs
            matcher = SequenceMatcher(None, old[a:a_end], new[b:b_end], autojunk=False)
            blocks += [_Block(a + block.a, b + block.b, block.size) for block in matcher.get_matching_blocks()]
    return sorted(blocks)


def _stripped(old: Sequence[str], new: Sequence[str], span: _Span, blocks: list[_Block]) -> _Span:
    """A part without what is equal at its beginning and at its end, which goes to the blocks."""
    a, a_end, b, b_end = span
    most = min(a_end - a, b_end - b)
    head = next((at for at in range(most) if old[a + at] != new[b + at]), most)
    most -= head
    tail = next((at for at in range(most) if old[a_end - 1 - at] != new[b_end - 1 - at]), most)
    blocks += [_Block(a, b, head), _Block(a_end - tail, b_end - tail, tail)]
    return _Span(a + head, a_end - tail, b + head, b_end - tail)


def _fixed_points(
    old: Sequence[str], new: Sequence[str], span: _Span, times_old: Counter[str], times_new: Counter[str]
) -> list[tuple[int, int]]:
    """The lines that both have once, as many as stand in the same order in both."""
    place = {new[at]: at for at in range(span.b, span.b_end) if times_new[new[at]] == 1}
    lines = (at for at in range(span.a, span.a_end) if times_old[old[at]] == 1)
    pairs = [(at, place[old[at]]) for at in lines if old[at] in place]
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
