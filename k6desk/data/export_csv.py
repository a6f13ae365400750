"""CSV that spreadsheets and programs read alike, and in which no text becomes a formula.

UTF-8 with a byte order mark, without which Excel takes it for another encoding; lines end with CR LF. Every text is
quoted. Numbers stay numbers, times are ISO 8601 in UTC, and what is not known is empty.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

BOM = "\ufeff".encode()

# Where lists are separated with semicolons, as in much of Europe, Excel takes a line of ours apart at each semicolon,
# tab or line end, whatever is quoted: what follows one is the beginning of a cell as well.
_FORMULA = re.compile(
    r"""(^[\t\r\n]|(?:^|(?<=[;\t\r\n]))(?=[\s"\x00-\x20\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*[-=+@－＝＋＠]))"""
)
_SUSPECT = re.compile(r"[-=+@－＝＋＠]|^[\t\r\n]")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A whole file. Cells are None, texts, whole or decimal numbers, bools, or aware times."""
    return BOM + csv_lines([header]) + csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    """Lines alone, to be put after others."""
    lines = io.StringIO(newline="")
    write = csv.writer(lines, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerow
    for row in rows:
        write([_cell(value) for value in row])
    return lines.getvalue().encode(errors="replace")  # half a surrogate pair is no text


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _FORMULA.sub(r"'\1", value) if _SUSPECT.search(value) else value
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        finest = "milliseconds" if value.microsecond else "seconds"
        return value.astimezone(UTC).isoformat(timespec=finest).replace("+00:00", "Z")
    return value
