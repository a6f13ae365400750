"""From places in a text to its lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LONGEST = 1000
_BEFORE = 200

Span = tuple[int, int]


class Line(NamedTuple):
    """A line by its number from 1, and what matches in it, from where to where; of a long one the part around that."""

    number: int
    text: str
    spans: tuple[Span, ...]


def lines_of(text: str, spans: Sequence[Span]) -> tuple[Line, ...]:
    """The lines in which these spans begin. They are in order; of one over several lines the first line counts."""
    lines: list[Line] = []
    number, counted, start, end = 1, 0, 0, -1
    inside: list[Span] = []
    for first, after in spans:
        if first > end:
            if inside:
                lines.append(_line(number, text, start, end, inside))
            number += text.count("\n", counted, first)
            counted = first
            start = text.rfind("\n", 0, first) + 1
            end = text.find("\n", first)
            end = len(text) if end < 0 else end
            inside = []
        inside.append((first, min(after, end)))
    if inside:
        lines.append(_line(number, text, start, end, inside))
    return tuple(lines)


def _line(number: int, text: str, start: int, end: int, spans: Sequence[Span]) -> Line:
    if end - start > LONGEST:
        start = max(start, min(spans[0][0] - _BEFORE, end - LONGEST))
        end = start + LONGEST
    shown = ((first - start, min(after, end) - start) for first, after in spans if first < end and after > first)
    return Line(number, text[start:end], tuple(shown))
