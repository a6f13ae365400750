"""What comes of a run's log: lines in batches, read from the messages of the server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

LINE_LIMIT = 1 << 16
"""Characters of a line that are kept; what is cut is said at its end."""
MOST_LABELS, LABEL_LIMIT = 40, 400
_LAST_NS = 2**63 - 1


class LogLine(Struct, frozen=True, gc=False):
    """One entry: when it was written (ns since the epoch), `info` or another word, and the text, maybe of many lines.

    `labels` tell where it comes from; lines of one source share them.
    """

    at_ns: int
    level: str
    text: str
    labels: dict[str, str]


class LogBatch(Struct, frozen=True):
    """What came at once, in the order of time; nothing at all after a while in which nothing came.

    The server `dropped` so many entries, and so many values or whole messages were `unreadable`.
    """

    lines: tuple[LogLine, ...] = ()
    dropped: int = 0
    unreadable: int = 0


def read(frame: bytes) -> LogBatch:
    """What a message of the server says; what of it cannot be read is counted."""
    try:
        message = msgspec.json.decode(frame)
    except (msgspec.DecodeError, RecursionError):
        return LogBatch(unreadable=1)
    if not isinstance(message, dict):
        return LogBatch(unreadable=1)
    lines, unreadable = [], 0
    for line in _lines(message.get("streams")):
        if line:
            lines.append(line)
        else:
            unreadable += 1
    lines.sort(key=lambda one: one.at_ns)
    dropped = message.get("dropped_entries")
    return LogBatch(tuple(lines), len(dropped) if isinstance(dropped, list) else 0, unreadable)


def _lines(streams: Any) -> Iterator[LogLine | None]:
    """The lines of all streams; None for each thing that is none."""
    for stream in streams if isinstance(streams, list) else ():
        values = stream.get("values") if isinstance(stream, dict) else None
        if not isinstance(values, list):
            yield None
            continue
        labels = _labels(stream.get("stream"))
        level = labels.pop("level", "").lower()
        for value in values:
            yield _line(value, level, labels)


def _line(value: Any, level: str, labels: dict[str, str]) -> LogLine | None:
    match value:
        case [str() | int() as at, str() as text, *_]:
            try:
                at_ns = int(at)
            except ValueError:
                return None
            return LogLine(at_ns, level, _cut(text), labels) if 0 <= at_ns <= _LAST_NS else None
    return None


def _cut(text: str) -> str:
    if len(text) <= LINE_LIMIT:
        return text
    return f"{text[:LINE_LIMIT]}… ({len(text) - LINE_LIMIT:,} more characters, which k6desk did not keep)"


def _labels(said: Any) -> dict[str, str]:
    pairs = list(said.items())[:MOST_LABELS] if isinstance(said, dict) else []
    return {name[:LABEL_LIMIT]: value[:LABEL_LIMIT] for name, value in pairs if isinstance(value, str)}
