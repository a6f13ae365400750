"""Words and figures as people read them, and the only ways in which text of the server reaches a widget.

What a server or a colleague wrote is plain text: never markup, never able to reorder or hide what stands beside it.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget

from k6desk.api.models import Run
from k6desk.ui import theme

OUTCOMES: dict[str, tuple[str, str]] = {
    "created": ("Created", "The run exists; Grafana Cloud k6 has not begun with it."),
    "queued": ("Queued", "The run waits for a free place: as many runs as the stack allows are running."),
    "initializing": ("Initializing", "The load generators are being started."),
    "running": ("Running", "The test is putting load on the system."),
    "processing_metrics": ("Processing", "The load has ended; the last metrics are being worked out."),
    "completed": ("Completed", "The run has ended without a result."),
    "passed": ("Passed", "The run has ended and every threshold held."),
    "failed": ("Failed", "The run has ended and at least one threshold was crossed."),
    "error": ("Error", "The run has ended because of an error, not because of a threshold."),
    "aborted": ("Aborted", "The run was stopped before its end."),
}
"""Outcome (see `Run.outcome`) → its word on screen and what it means."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_SPACES = re.compile(r"\s+")
# Joiners make words of Persian and Hindi and families of emoji; between plain ASCII they only hide a difference.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    r"\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
    r"|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_VISIBLE = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_VISIBLE |= dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000)], 0xFFFD)
_VISIBLE_BUT_LINES = {code: picture for code, picture in _VISIBLE.items() if chr(code) not in "\t\n"}
# As `html.escape` does, without its import, which takes 2 ms of the start for a table of entities.
_AS_RICH_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "\n": "<br>"})


class PlainLabel(QLabel):
    """A label that shows its text as it is, whatever markup it may look like."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        kind: Literal["body", "caption", "headline", "title", "mono"] = "body",
        muted: bool = False,
        wrap: bool = False,
        selectable: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setWordWrap(wrap)
        if wrap and kind == "title":
            self.setMinimumWidth(1)  # a name without a space is cut, rather than making a dialog as wide as itself
        if kind != "body":
            self.setFont(theme.font(kind))
        if muted:
            self.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        if selectable:
            flags = Qt.TextInteractionFlag
            self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)


USED_THIS_MONTH = (
    "As far as k6desk knows: runs that were deleted, and those that this account cannot see, are not in the sum, and a "
    "run that has not ended counts with its estimate. A month is a calendar month in UTC."
)
"""What the sum of a project's VUH leaves out."""


def tooltip(text: str) -> str:
    """The text for `setToolTip`, which would guess rich text; lines stay lines, long ones wrap."""
    if not text:
        return ""
    shown = _INVISIBLE.sub("", text.replace("\r\n", "\n")).translate(_VISIBLE_BUT_LINES)
    return "<qt>" + shown.translate(_AS_RICH_TEXT) + "</qt>"


def one_line(text: str, limit: int = 200) -> str:
    """The text on one line of at most `limit` characters.

    White space is folded, control characters become visible pictures, and characters that reorder or hide text go.
    """
    if len(text) <= limit and text.isprintable():
        return text
    folded = _SPACES.sub(" ", text[: limit * 4]).strip()
    shown = _INVISIBLE.sub("", folded).translate(_VISIBLE)
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def on_button(words: str) -> str:
    """The same for a button or a menu, which would take “&” for the mark of a key."""
    return words.replace("&", "&&")


def when(at: datetime, now: datetime) -> str:
    """The moment in local time, as short as it stays clear: "today 14:03", "Tue 18 Nov 14:03", "18 Nov 2025"."""
    there, today = local(at), local(now).date()
    day = there.date()
    clock = f"{there.hour:02}:{there.minute:02}"
    if day == today:
        return f"today {clock}"
    if day == today - timedelta(days=1):
        return f"yesterday {clock}"
    if abs((day - today).days) < 180:
        return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {clock}"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def exact(at: datetime) -> str:
    """The moment to the second, in local time with its zone and, on a second line, in UTC as ISO 8601."""
    there = local(at)
    offset = there.utcoffset() or timedelta()
    utc = at.astimezone(UTC)
    name = there.tzname() or "UTC"
    zone = name if name == "UTC" else f"{name} ({_utc_offset(offset)})"
    return f"{there:%Y-%m-%d %H:%M:%S} {zone}\n{utc:%Y-%m-%dT%H:%M:%S}Z"


def duration(seconds: float | None) -> str:
    """A span as people say it: "45 s", "12 min 03 s", "1 h 04 min", "2 d 03 h"; "–" when it is not known."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 86400:,} d {whole % 86400 // 3600:02} h"


def about(seconds: float) -> str:
    """A span that is itself an estimate, no finer than it deserves: "37 s", "4 min", "1.5 h"."""
    if seconds < 59.5:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{seconds / 3600:.1f} h"


def vuh(value: float | None) -> str:
    """Virtual user hours as a figure without its unit: "6.75", "0", "<0.01", "12,345"; "–" when not known."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    if 0 < value < 0.005:
        return "<0.01"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"


def percent(value: float | None) -> str:
    """A percentage (0..100, not a fraction) with one decimal where it has one: "62 %", "32.5 %"."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:,.1f}".removesuffix(".0") + " %"


def count(n: int | None, thing: str = "") -> str:
    """A number in groups of three, with the things that are counted: "12,345", "1 run", "2 runs"; "–" for None."""
    if n is None:
        return "–"
    return f"{n:,} {thing}{'s' * (n != 1)}" if thing else f"{n:,}"


def is_are(n: int) -> str:
    """The verb for so many things."""
    return "is" if n == 1 else "are"


def size(n: int) -> str:
    """A number of bytes: "512 B", "1.5 KiB", "12.0 MiB"."""
    if n < 1024:
        return f"{n} B"
    return f"{n / 1024:,.1f} KiB" if n < 1000 << 10 else f"{n / (1 << 20):,.1f} MiB"


def age(seconds: float | None) -> str:
    """How long ago something was: "just now", "4 min ago", "3 h ago", "2 days ago"; "never" for None."""
    if seconds is None:
        return "never"
    minutes = int(seconds // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 48 * 60:
        return f"{minutes // 60} h ago"
    return f"{minutes // (24 * 60):,} days ago"


def outcome_word(run: Run) -> str:
    """The word for the run's outcome; a word that is not known yet is shown as the server says it."""
    known = OUTCOMES.get(run.outcome)
    return known[0] if known else one_line(run.outcome, 40)


def outcome_meaning(run: Run) -> str:
    """One sentence on what the run's outcome means; empty for a word that is not known yet."""
    return OUTCOMES.get(run.outcome, ("", ""))[1]


def local(at: datetime) -> datetime:
    """The moment in this computer's time zone."""
    try:
        return at.astimezone()
    except (OverflowError, ValueError, OSError):  # the first and last years, and before 1970 on Windows
        return at


def _utc_offset(offset: timedelta) -> str:
    sign = "-" if offset < timedelta() else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")
