"""How a log is written: times, levels and rows as text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from k6desk.api.logs import LogLine
from k6desk.data.run_log import Mark, Row
from k6desk.ui import text

SECOND_NS = 1_000_000_000
LONGEST_ROW = 1_000
"""Characters of a line that a row shows, at most: more than fits on any screen."""

ROLES = {0: "muted", 1: "muted", 2: "warning", 3: "failed"}
"""The colour of each severity."""
ICONS = {2: "warning", 3: "failed"}
NAMES = {3: ("error", "errors"), 2: ("warning", "warnings"), 1: ("info", "info"), 0: ("debug", "debug")}


def clock(at_ns: int) -> str:
    """The time of the day with its milliseconds, in this computer's time zone."""
    return f"{text.local(_moment(at_ns)):%H:%M:%S}.{at_ns % SECOND_NS // 1_000_000:03}"


def exact(at_ns: int) -> str:
    """The moment in local time and, on a second line, in UTC with its nanoseconds."""
    return text.exact(_moment(at_ns)).removesuffix("Z") + f".{at_ns % SECOND_NS:09}Z"


def level(word: str) -> str:
    """The word for a level; one that is not known is shown as the server says it."""
    return text.one_line(word, 12) or "–"


def in_a_row(words: str) -> str:
    """A line as far as it can be seen in a row; the breaks in it are shown."""
    if len(words) <= LONGEST_ROW and words.isprintable():
        return words
    return words[:LONGEST_ROW].strip("\n").replace("\n", " ↵ ").replace("\t", "  ")


def spoken(row: Row) -> str:
    """A row for a screen reader."""
    said = in_a_row(row.text)
    return said if isinstance(row, Mark) else f"{clock(row.at_ns)} {level(row.level)}: {said}"


def as_text(rows: Iterable[Row]) -> str:
    """Rows as the lines of a text file, with times in UTC."""
    return "".join(f"{_written(row)}\n" for row in rows)


def labels_of(line: LogLine) -> str:
    """Where a line comes from, on one line."""
    return "   ".join(f"{text.one_line(name, 60)}: {text.one_line(value, 120)}" for name, value in line.labels.items())


def counted(counts: dict[int, int], shown: int | None = None) -> str:
    """How many lines there are, and of which levels; with `shown` how many of them a filter lets through."""
    total = sum(counts.values())
    parts = [f"{counts[at]:,} {one if counts[at] == 1 else many}" for at, (one, many) in NAMES.items() if counts[at]]
    of = "" if shown is None else f"{shown:,} of "
    return f"{of}{text.count(total, 'line')}: {', '.join(parts)}" if total else "No lines"


def _written(row: Row) -> str:
    if isinstance(row, Mark):
        return f"---- {row.text}"
    second, rest = divmod(row.at_ns, SECOND_NS)
    return f"{_second(second)}.{rest:09}Z {row.level or '-'} {row.text}"


@lru_cache(64)
def _second(at_s: int) -> str:
    """A second in UTC; many lines in a row share one."""
    return f"{_moment(at_s * SECOND_NS):%Y-%m-%dT%H:%M:%S}"


def _moment(at_ns: int) -> datetime:
    return datetime.fromtimestamp(at_ns // SECOND_NS, UTC)
