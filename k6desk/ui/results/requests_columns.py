"""The columns of the table of requests: what each is called, what it says of a row, and what it sorts by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from PySide6.QtGui import QFontMetrics

from k6desk.core.metrics.requests import RequestRow
from k6desk.core.metrics.units import words
from k6desk.ui import text, theme

SHAPE = 14
INDENT = theme.WIDE - theme.GAP
"""The first column begins where the words above the table do."""
NARROWEST_NAME = 120
Value = float | str | None

STATUS_MEANING = {
    "0": "No response: the connection failed, was cut or timed out.",
    "1": "Informational",
    "2": "Success",
    "3": "Redirection",
    "4": "Client error",
    "5": "Server error",
}
"""By the first figure of a status."""


class Column(NamedTuple):
    """A column; the most important (`rank` 0) are always shown."""

    title: str
    sample: str
    rank: int
    say: Callable[[RequestRow], str]
    value: Callable[[RequestRow], Value]
    hint: str
    is_figure: bool = True
    picture: int = 0
    """Room for what is painted before the text."""

    def width(self, rows: Sequence[RequestRow] = ()) -> int:
        """How wide the column likes to be, in pixels, so that the largest figures of these rows are whole."""
        known = [row for row in rows if self.value(row) is not None] if self.is_figure else []
        largest = self.say(max(known, key=self.value)) if known else ""  # type: ignore[arg-type]  # none is None
        of_title, *of_words = map(_metrics().horizontalAdvance, (self.title, self.sample, largest))
        return max(of_title, self.picture + max(of_words)) + 2 * theme.GAP + theme.UNIT


@cache
def _metrics() -> QFontMetrics:
    return QFontMetrics(theme.font("body"))


def request(row: RequestRow) -> str:
    """What was requested: the method stands before the name unless that begins with it."""
    name = text.one_line(row.name, 400) or "(no name)"
    is_said = not row.method or name.startswith(row.method)
    return name if is_said else f"{text.one_line(row.method, 20)} {name}"


def outcome(row: RequestRow) -> str:
    """The outcome (see `theme.paint_state`) whose shape and colour stand for a status."""
    kinds = {"0": "aborted", "4": "error", "5": "failed"}
    return kinds.get(row.status[:1], "passed" if row.status[:1] in {"1", "2", "3"} else "created")


def _ms(name: str) -> tuple[Callable[[RequestRow], str], Callable[[RequestRow], Value]]:
    return lambda row: words(getattr(row, name), "ms"), lambda row: getattr(row, name)


COLUMNS = (
    Column(
        "Status",
        "200",
        0,
        lambda row: text.one_line(row.status, 12),
        lambda row: row.status,
        "HTTP status of the responses",
        is_figure=False,
        picture=INDENT + SHAPE + 6,
    ),
    Column(
        "Request",
        "",
        0,
        request,
        lambda row: request(row).casefold(),
        "Name of the requests: their tag “name”, or else their URL",
        is_figure=False,
    ),
    Column(
        "Count", "10,000", 0, lambda row: text.count(row.count), lambda row: row.count, "How many requests were made"
    ),
    Column(
        "Rate",
        "1,000/s",
        2,
        lambda row: words(row.rate, "count", per_s=True),
        lambda row: row.rate,
        "Requests in a second, over the whole run",
    ),
    Column("Min", "99.9 ms", 5, *_ms("min"), "Shortest response time"),
    Column("Avg", "99.9 ms", 1, *_ms("avg"), "Mean response time"),
    Column("p95", "99.9 ms", 0, *_ms("p95"), "Response time that 95 % of the requests stayed below"),
    Column("p99", "99.9 ms", 3, *_ms("p99"), "Response time that 99 % of the requests stayed below"),
    Column("Max", "99.9 ms", 4, *_ms("max"), "Longest response time"),
    Column(
        "Failed",
        "10,000",
        0,
        lambda row: text.count(row.failures),
        lambda row: row.failures,
        "Requests that failed; the bar is their share",
    ),
)
STATUS, REQUEST, COUNT, RATE = range(4)
FAILURES = len(COLUMNS) - 1
DESCENDING_FIRST = frozenset(range(COUNT, len(COLUMNS)))


def explain(row: RequestRow, column: int) -> str:
    """The tooltip of a cell: the whole name, what a status means, the exact figure."""
    if column == REQUEST:
        name = row.name if len(row.name) <= 2000 else f"{row.name[:2000]}…"
        return "\n".join(filter(None, (name, f"{row.method} {row.status}".strip())))
    if column == STATUS:
        return STATUS_MEANING.get(row.status[:1], "")
    value = COLUMNS[column].value(row)
    if value is None:
        return "Not known"
    if column == FAILURES:
        return f"{text.count(row.failures)} of {text.count(row.count)} failed ({text.percent(row.failed_share * 100)})"
    unit = "" if column == COUNT else "/s" if column == RATE else " ms"
    return f"{value:,.3f}".rstrip("0").rstrip(".") + unit if isinstance(value, float) else f"{value:,}"
