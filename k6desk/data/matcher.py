"""Where in a text is what somebody looks for: a text as it is, or a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING

from msgspec import Struct

from k6desk.data.folding import folded
from k6desk.data.stored import exact_bytes
from k6desk.data.text_lines import Span

if TYPE_CHECKING:
    import regex

MOST_S = 5.0
MOST_PER_TEXT_S = 0.3
MOST_PER_LINE = 1000

MOST_PARTS = 50_000

_DIGITS = 9
_PART = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(?P<count>\d+)(?:,\d*)?\}|.", re.DOTALL)
_PLAIN_ESCAPES = "dDwWsSbBAZ"


class BadPattern(ValueError):
    """A regular expression that is none; `str()` is one sentence for people."""


class TooSlow(Exception):
    """A regular expression takes too long; `str()` is one sentence for people."""


class Sought(Struct, frozen=True):
    """What to look for, as a text or as a regular expression."""

    text: str
    match_case: bool = False
    is_pattern: bool = False


class Matcher:
    """Looks for one query, which is not empty, in one text after the other.

    The time that a pattern may take is for all texts together. What matches holds all `literals`, if case is left
    aside.
    """

    def __init__(self, query: Sought) -> None:
        words = query.text.replace("\r\n", "\n").replace("\r", "\n")
        self._match_case = query.match_case
        self._words = words if query.match_case else folded(words)
        self._bytes = exact_bytes(self._words)
        self._pattern = _compiled(words, query.match_case) if query.is_pattern else None
        self.literals = required_literals(words) if self._pattern else [words]
        self._until = monotonic() + MOST_S

    def may_be_in(self, content: bytes) -> bool:
        """A quick look at a text's UTF-8 that rules out most texts."""
        if self._pattern:
            return True
        if self._match_case:
            return self._bytes in content
        return not content.isascii() or self._bytes in content.lower()

    def spans(self, text: str, most: int) -> list[Span]:
        """Where the text matches, in order and never overlapping, in at most about so many lines. Raises `TooSlow`."""
        inside = text if self._pattern or self._match_case else folded(text)
        spans: list[Span] = []
        lines, in_line, line_end = 0, 0, -1
        found = self._found(inside, 0)
        try:
            while span := next(found, None):
                first, end = span
                if first > line_end:
                    lines, in_line = lines + 1, 0
                    if lines > most:
                        break
                    line_end = _end_of_line(inside, first)
                spans.append(span)
                in_line += 1
                if in_line == MOST_PER_LINE:  # of a line without end only a part is shown
                    found = self._found(inside, max(line_end, end))
        except TimeoutError:
            raise TooSlow(
                "This regular expression takes too long, so not every script was searched: try a simpler one."
            ) from None
        return spans

    def _found(self, text: str, start: int) -> Iterator[Span]:
        if self._pattern:
            left = max(0.0, min(self._until - monotonic(), MOST_PER_TEXT_S))
            # `concurrent` lets the window go on while the pattern is at work.
            for match in self._pattern.finditer(text, start, timeout=left, concurrent=True):
                yield match.span()
            return
        at, size = text.find(self._words, start), len(self._words)
        while at >= 0:
            yield at, at + size
            at = text.find(self._words, at + size)


def required_literals(pattern: str) -> list[str]:
    """Texts that everything that matches a regular expression holds; none where that is not plain to see."""
    if "|" in pattern or "(?" in pattern or "[[" in pattern:
        return []
    found, run, depth, at = [], "", 0, 0
    while at < len(pattern):
        letter, at = pattern[at], at + 1
        if letter == "\\" and pattern[at : at + 1] and not pattern[at].isalnum():
            letter, at = pattern[at], at + 1
        elif letter == "\\":
            if pattern[at : at + 1] not in _PLAIN_ESCAPES or at == len(pattern):
                return []
            letter, at = "", at + 1
        elif letter == "[":
            at = _end_of_set(pattern, at)
            letter = ""
        elif letter in "?*{":
            run = run[:-1]
            at = pattern.find("}", at) + 1 if letter == "{" else at
            if not at:
                return []
            letter = ""
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            letter = ""
        elif letter in "+.^$":
            letter = ""
        if letter.isascii() and letter and not depth:
            run += letter
        else:
            found.append(run)
            run = ""
    found.append(run)
    return [one for one in found if len(one) > 2]


def _end_of_set(pattern: str, at: int) -> int:
    at += pattern[at : at + 1] == "^"
    at += pattern[at : at + 1] == "]"
    while at < len(pattern) and pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at + 1


def _unrolled(pattern: str) -> int:
    """How many parts a pattern has where `a{9}` counts as nine: each takes room, also before anything is searched."""
    sizes, last = [0], 0
    for part in _PART.finditer(pattern):
        if part[0] == "(":
            sizes.append(0)
        elif part[0] == ")" and len(sizes) > 1:
            last = sizes.pop()
            sizes[-1] += last
        elif part["count"]:
            times = max(1, int(part["count"][:_DIGITS]))
            sizes[-1] += last * (times - 1)
            last *= times
        else:
            last = 1
            sizes[-1] += 1
    return sum(sizes)


def _compiled(pattern: str, match_case: bool) -> regex.Pattern[str]:
    if _unrolled(pattern) > MOST_PARTS:
        raise BadPattern("This regular expression repeats too much: try smaller numbers in { }.")
    import regex  # only who looks for a pattern needs it

    flags = regex.MULTILINE | (0 if match_case else regex.IGNORECASE)
    try:
        return regex.compile(pattern, flags)
    except regex.error as error:
        raise BadPattern(f"This is not a regular expression: {error}.") from None
    except (RecursionError, OverflowError, MemoryError, ValueError):
        raise BadPattern("This regular expression is too complicated.") from None


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
