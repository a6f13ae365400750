"""From a script as the server keeps it to text that can be looked at without being deceived."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from k6desk.api.models import Script
from k6desk.data.archive import OpenedArchive
from k6desk.data.problems import ArchiveProblem
from k6desk.data.secrets import MASK, Span, mask_of, secret_spans
from k6desk.data.visible import HIDDEN, is_text, visible

MOST_CHARACTERS = 2_000_000
LONGEST_LINE = 10_000

_NEW_LINES = re.compile("\r\n?")
# More of a line is not even looked at; so much longer, for half a secret does not look like one.
_LONG_LINE = re.compile(f"^(.{{{LONGEST_LINE + 4096}}}).+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """A script to look at: `text` is the script itself, `shown` the same with what it hides made visible.

    What looks like a secret is masked in `shown`. `origin` says what it was taken from, `warnings` what a reader should
    know, `files` how many files there are with it, and `hidden` how many values are masked.
    """

    name: str
    text: str
    shown: str
    origin: str = ""
    warnings: tuple[str, ...] = ()
    files: int = 1
    hidden: int = 0


class Hidden(NamedTuple):
    """Where a mask stands in a text; `number` names it for revealing and stays when others are revealed."""

    start: int
    end: int
    what: str
    number: int


def open_source(script: Script) -> Source:
    """Read a script or an archive's entry script. Raises `ArchiveProblem`, with one sentence for people."""
    name, origin, files = "script.js", "", 1
    content = script.content
    if script.is_archive:
        archive = OpenedArchive(content)
        name, files, content = archive.entry.path[-1], archive.count, archive.read(archive.entry.name)
        made_by = f", made by k6 {archive.k6_version}" if archive.k6_version else ""
        origin = f"Entry script of a k6 archive with {files:,} files{made_by}"
    if not is_text(content):
        raise ArchiveProblem("This script is not text, so k6desk does not show it; it can still be downloaded.")
    text = content.decode("utf-8-sig", "replace")
    shown, hidden, warnings = looked_at(text)
    return Source(name, text, shown, origin, warnings, files, len(hidden))


def looked_at(
    text: str, secrets: Sequence[Span] = (), revealed: frozenset[int] = frozenset()
) -> tuple[str, tuple[Hidden, ...], tuple[str, ...]]:
    """The text to show, where its masks stand in that, and what a reader should know.

    `secrets` are parts of the text known to be secret, beside those that look like it. All are numbered in their order;
    those with the numbers `revealed` are shown.
    """
    warnings = []
    text = _NEW_LINES.sub("\n", text)
    if len(text) > MOST_CHARACTERS:
        # Between two lines, for half a secret does not look like one.
        text = text[: text.rfind("\n", 0, MOST_CHARACTERS) + 1 or MOST_CHARACTERS]
        warnings.append(f"Only the first {MOST_CHARACTERS:,} characters are shown; save the file to read the rest.")
    read = text if secrets else _LONG_LINE.sub(r"\1…", text)
    if HIDDEN.search(read):
        warnings.append(_warning(read))
    seen, known = _seen(read, secrets)
    shown, hidden = _masked(seen, secret_spans(seen, known), revealed)
    is_long = any(len(line) > LONGEST_LINE for line in shown.split("\n"))
    if is_long:
        shown, hidden = _cut(shown, hidden)
    if is_long or read != text:
        warnings.append(f"Lines longer than {LONGEST_LINE:,} characters are cut off here.")
    return shown, tuple(hidden), tuple(warnings)


def _warning(text: str) -> str:
    suspicious = [number for number, line in enumerate(text.split("\n"), 1) if HIDDEN.search(line)]
    named = ", ".join(map(str, suspicious[:5])) + (" and more" if len(suspicious) > 5 else "")
    plural = "s" * (len(suspicious) > 1)
    return f"Invisible or reordering characters in line{plural} {named} are shown as ‹U+…›."


def _seen(text: str, secrets: Sequence[Span]) -> tuple[str, list[Span]]:
    """The text with what it hides made visible, and where in that the secrets are."""
    pieces, spans, done, length = [], [], 0, 0
    for start, end, what in secrets:
        before, inside = visible(text[done:start]), visible(text[start:end])
        pieces += [before, inside]
        spans.append(Span(length + len(before), length + len(before) + len(inside), what))
        done, length = end, spans[-1].end
    return "".join(pieces) + visible(text[done:]), spans


def _masked(text: str, spans: list[Span], revealed: frozenset[int]) -> tuple[str, list[Hidden]]:
    pieces, hidden, done, length = [], [], 0, 0
    for number, (start, end, what) in enumerate(spans):
        if number not in revealed:
            length += start - done
            hidden.append(Hidden(length, length + len(MASK), what, number))
            mask = mask_of(text[start:end])
            pieces += [text[done:start], mask]
            done, length = end, length + len(mask)
    return "".join(pieces) + text[done:], hidden


def _cut(text: str, hidden: list[Hidden]) -> tuple[str, list[Hidden]]:
    lines, kept = [], []
    masks = deque(hidden)
    old = new = 0  # where the line begins in the text, and where it will
    for line in text.split("\n"):
        lines.append(line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…")
        while masks and masks[0].start <= old + len(line):
            mask = masks.popleft()
            if mask.end <= old + LONGEST_LINE:
                kept.append(mask._replace(start=mask.start - old + new, end=mask.end - old + new))
        old, new = old + len(line) + 1, new + len(lines[-1]) + 1
    return "\n".join(lines), kept
