"""Two texts facing each other: which line became which, what moved, and which parts of a line are different."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, zip_longest
from typing import Literal

from msgspec import Struct

from k6desk.core.scripts.differences import Piece, differences
from k6desk.core.scripts.moves import Move, moves

MOST_FACED = 10_000
"""Pairs of lines of one piece that are looked at for their likeness; in a larger piece lines face in their order."""
MOST_FACED_IN_ALL = 300_000
MOST_TOKENS = 2_500
"""Pairs of words of two lines that are compared."""
MOST_CLOSELY = 5_000
"""Where more lines than these are different, lines are compared from both of their ends only."""
ALIKE = 0.5
"""The share of common words from which a line is taken for a later form of another."""
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
_WORDS = re.compile(r"\w+")

Part = tuple[int, int]
"""From one place in a line to before another."""


class Change(Struct, frozen=True, gc=False):
    """What happened to a line. `other` is its number in the other text, from 1: what it became or was, or where it
    moved; 0 for none. `parts` are what a changed line has otherwise. `is_first` tells the first line of what moved.
    """

    kind: Literal["removed", "added", "changed", "moved"]
    other: int = 0
    parts: tuple[Part, ...] = ()
    is_first: bool = False


class Comparison(Struct, frozen=True):
    """Two texts as lines, and the changes of these by their numbers from 1; lines that are not there are the same."""

    old: list[str] = []
    new: list[str] = []
    pieces: list[Piece] = []
    moves: list[Move] = []
    old_changes: dict[int, Change] = {}
    new_changes: dict[int, Change] = {}


def compare_texts(old_text: str, new_text: str) -> Comparison:
    """Compare two texts; an end without a line end is not told from one with it. Takes a while for many lines."""
    old, new = lines_of(old_text), lines_of(new_text)
    pieces = differences(old, new)
    made = Comparison(old, new, pieces, moves(old, new, pieces))
    for move in made.moves:
        for at in range(move.length):
            made.old_changes[move.old + at + 1] = Change("moved", move.new + at + 1, is_first=at == 0)
            made.new_changes[move.new + at + 1] = Change("moved", move.old + at + 1, is_first=at == 0)
    left_to_face = MOST_FACED_IN_ALL
    for piece in pieces:
        if not piece.is_same:
            left_to_face -= _compare_piece(made, piece, min(MOST_FACED, left_to_face))
    return made


def line_counts(old_text: str, new_text: str) -> tuple[int, int]:
    """How many lines are added and removed. Takes a while for many lines."""
    return counts(differences(lines_of(old_text), lines_of(new_text)))


def counts(pieces: Sequence[Piece]) -> tuple[int, int]:
    """How many lines are added and removed."""
    different = [piece for piece in pieces if not piece.is_same]
    added = sum(piece.new_to - piece.new_from for piece in different)
    return added, sum(piece.old_to - piece.old_from for piece in different)


def lines_of(text: str) -> list[str]:
    """The lines of a text."""
    return text.removesuffix("\n").split("\n") if text else []


def facing(comparison: Comparison, piece: Piece) -> Iterator[tuple[int, int]]:
    """The lines of a piece side by side, by their numbers from 1; 0 where one side has none."""
    old, new = piece.old_from + 1, piece.new_from + 1
    changes = comparison.old_changes
    pairs = [(at, changes[at].other) for at in range(old, piece.old_to + 1) if changes[at].kind == "changed"]
    for pair_old, pair_new in [*pairs, (piece.old_to + 1, piece.new_to + 1)]:
        yield from zip_longest(range(old, pair_old), range(new, pair_new), fillvalue=0)
        if pair_old <= piece.old_to:
            yield pair_old, pair_new
        old, new = pair_old + 1, pair_new + 1


# -- a piece -----------------------------------------------------------------------------------------------------------


def _compare_piece(made: Comparison, piece: Piece, most: int) -> int:
    """Note what happened to each line of a piece; gives how many pairs were looked at."""
    removed = [at for at in range(piece.old_from, piece.old_to) if at + 1 not in made.old_changes]
    added = [at for at in range(piece.new_from, piece.new_to) if at + 1 not in made.new_changes]
    for at in removed:
        made.old_changes[at + 1] = Change("removed")
    for at in added:
        made.new_changes[at + 1] = Change("added")
    looked_at = len(removed) * len(added)
    alike = _alike(made.old, made.new, removed, added) if 1 < looked_at <= most else []
    start_old = start_new = 0
    for end_old, end_new in [*alike, (len(removed), len(added))]:
        pairs = list(zip(removed[start_old:end_old], added[start_new:end_new], strict=False))
        # Lines in between face each other in their order if there are as many of each.
        if end_old - start_old != end_new - start_new:
            pairs = []
        if end_old < len(removed):
            pairs.append((removed[end_old], added[end_new]))
        for old, new in pairs:
            parts = different_parts(made.old[old], made.new[new], closely=len(made.old_changes) <= MOST_CLOSELY)
            if parts:
                made.old_changes[old + 1] = Change("changed", new + 1, parts[0])
                made.new_changes[new + 1] = Change("changed", old + 1, parts[1])
        start_old, start_new = end_old + 1, end_new + 1
    return looked_at if looked_at <= most else 0


def _alike(old: list[str], new: list[str], removed: list[int], added: list[int]) -> list[tuple[int, int]]:
    """The lines that were probably only changed, as places in `removed` and `added`: in order, as much as can be."""
    words_old = [set(_WORDS.findall(old[at])) for at in removed]
    words_new = [set(_WORDS.findall(new[at])) for at in added]
    best = [[0.0] * (len(added) + 1) for _ in range(len(removed) + 1)]
    for a in range(len(removed) - 1, -1, -1):
        row, below, words = best[a], best[a + 1], words_old[a]
        for b in range(len(added) - 1, -1, -1):
            skip = max(below[b], row[b + 1])
            row[b] = max(skip, below[b + 1] + _likeness(words, words_new[b]))
    pairs = []
    a = b = 0
    while a < len(removed) and b < len(added):
        if best[a][b] == best[a + 1][b]:
            a += 1
        elif best[a][b] == best[a][b + 1]:
            b += 1
        else:
            pairs.append((a, b))
            a, b = a + 1, b + 1
    return pairs


def _likeness(one: set[str], other: set[str]) -> float:
    """From 0 to 1; 0 for what is less than alike."""
    common = len(one & other)
    likeness = 2 * common / (len(one) + len(other)) if common else 0.0
    return likeness if likeness >= ALIKE else 0.0


# -- a line ------------------------------------------------------------------------------------------------------------


def different_parts(old: str, new: str, *, closely: bool = True) -> tuple[tuple[Part, ...], tuple[Part, ...]] | None:
    """What two lines have otherwise, by whole words; None if they have nothing but blanks in common.

    Unless `closely`, that is one part, whatever is the same within it.
    """
    one, other = _TOKENS.findall(old), _TOKENS.findall(new)
    most = min(len(one), len(other))
    head = next((at for at in range(most) if one[at] != other[at]), most)
    most -= head
    tail = next((at for at in range(most) if one[-1 - at] != other[-1 - at]), most)
    blocks = [(0, 0, head), (len(one) - tail, len(other) - tail, tail), (len(one), len(other), 0)]
    middle_one, middle_other = one[head : len(one) - tail], other[head : len(other) - tail]
    if closely and 0 < len(middle_one) * len(middle_other) <= MOST_TOKENS:
        matcher = SequenceMatcher(None, middle_one, middle_other, autojunk=False)
        blocks[1:1] = [(head + a, head + b, size) for a, b, size in matcher.get_matching_blocks()]
    if not any("".join(one[a : a + size]).strip() for a, _, size in blocks):
        return None
    return _between(one, [(a, size) for a, _, size in blocks]), _between(other, [(b, size) for _, b, size in blocks])


def _between(tokens: list[str], blocks: list[tuple[int, int]]) -> tuple[Part, ...]:
    """The places of what is not in the blocks; blanks do not part them."""
    edges = [0, *accumulate(map(len, tokens))]
    parts: list[Part] = []
    at = last = 0
    for start, size in blocks:
        if start > at:
            is_near = parts and "".join(tokens[last:at]).isspace()
            parts[len(parts) - bool(is_near) :] = [(parts[-1][0] if is_near else edges[at], edges[start])]
            last = start
        at = start + size
    return tuple(parts)
