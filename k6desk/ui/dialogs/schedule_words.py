"""What is said of what is done to a schedule, and of the runs that it would start."""

from __future__ import annotations

from datetime import datetime

from k6desk.ui import timing_words
from k6desk.ui.dialogs.asking import Words

SHOWN = 3


def switched(active: bool) -> str:
    """What is said to have been done to a schedule."""
    return "activated" if active else "paused"


def schedule_words(name: str, done: str) -> Words:
    """What is said of something done to the schedule of the test of this name."""
    it = f"the schedule of “{name}” was"
    return Words(
        f"Schedule {done}", "", f"The{it[3:]} {done}.", f"The{it[3:]} not {done}", f"Whether {it} {done} is not known"
    )


def foretold(starts: list[datetime], now: datetime) -> str:
    """The next starts in a line; one more than is shown tells that there are more."""
    if not starts:
        return "This would not start the test any more: its times have passed."
    named = [timing_words.ahead(at, now) for at in starts[:SHOWN]]
    if len(starts) == 1:
        return f"The only run: {named[0]}, {timing_words.until(starts[0], now)}."
    return f"Next runs: {', '.join(named)}{' …' if len(starts) > SHOWN else '.'}"
