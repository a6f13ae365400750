"""A difference as text that other programs understand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from k6desk.core.scripts.comparison import Comparison
from k6desk.core.scripts.differences import Piece

CONTEXT = 3
"""Unchanged lines that are told around a change."""


def unified_diff(comparison: Comparison, old_name: str, new_name: str) -> str:
    """The difference as `diff -u` writes it; empty if there is none."""
    hunks = list(_hunks(comparison.pieces))
    lines = [f"--- {old_name}", f"+++ {new_name}"] if hunks else []
    for hunk in hunks:
        first, last = hunk[0], hunk[-1]
        old = _range(first.old_from, last.old_to)
        lines.append(f"@@ -{old} +{_range(first.new_from, last.new_to)} @@")
        for piece in hunk:
            removed = comparison.old[piece.old_from : piece.old_to]
            if piece.is_same:
                lines += [f" {line}" for line in removed]
            else:
                lines += [f"-{line}" for line in removed]
                lines += [f"+{line}" for line in comparison.new[piece.new_from : piece.new_to]]
    return "".join(f"{line}\n" for line in lines)


def _hunks(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Changes with the lines around them; those that are near to each other together."""
    hunk: list[Piece] = []
    for at, piece in enumerate(pieces):
        is_short = piece.old_to - piece.old_from <= 2 * CONTEXT and at < len(pieces) - 1
        if not piece.is_same or (hunk and is_short):
            hunk.append(piece)
            continue
        if hunk:
            yield [*hunk, _head(piece)]
        hunk = [_tail(piece)]
    if any(not piece.is_same for piece in hunk):
        yield hunk


def _head(same: Piece) -> Piece:
    length = min(CONTEXT, same.old_to - same.old_from)
    return replace(same, old_to=same.old_from + length, new_to=same.new_from + length)


def _tail(same: Piece) -> Piece:
    length = min(CONTEXT, same.old_to - same.old_from)
    return replace(same, old_from=same.old_to - length, new_from=same.new_to - length)


def _range(start: int, end: int) -> str:
    """Lines as a unified diff names them: one that is empty is named by the line before it."""
    return f"{start + (end > start)},{end - start}" if end - start != 1 else f"{end}"
