"""In words: how long Grafana keeps the results of a run, and since when k6desk does."""

from __future__ import annotations

from datetime import datetime, timedelta

from k6desk.api.models import Run
from k6desk.data.kept import KeptRun
from k6desk.data.query import SOON
from k6desk.ui.text import MONTHS, count, exact, local


def expires(run: Run, now: datetime) -> str:
    """When the results go: "Results expire in 3 days", "Results have expired", "Results do not expire"; "" while it is
    not known."""
    at = run.retention_expires_at
    if at is None:
        return "Results do not expire" if run.is_finished else ""
    return "Results have expired" if at <= now else f"Results expire {_ahead(at, now)}"


def expires_exactly(run: Run) -> str:
    """The same as a moment, or what it means that there is none."""
    if at := run.retention_expires_at:
        return f"Grafana deletes the results at\n{exact(at)}"
    return "Kept in Grafana: the server names no day on which it deletes the results" if run.is_finished else ""


def expires_soon(run: Run, now: datetime) -> bool:
    """Whether Grafana deletes the results within the next days."""
    at = run.retention_expires_at
    return at is not None and now <= at <= now + SOON


def kept(known: KeptRun, now: datetime) -> str:
    """That a run is kept: "Kept on this computer", "Deleted at Grafana on 3 Nov, kept here since 1 Nov"."""
    since = f"kept here since {day(known.kept_at, now)}"
    if known.gone_at:
        return f"Deleted at Grafana {_on(known.gone_at, now)}, {since}"
    return f"From a file, {since}" if known.why == "file" else "Kept on this computer"


def kept_exactly(known: KeptRun) -> str:
    """Since when, why, and when the server was found to have it no more."""
    why = {
        "chosen": "Kept on this computer because you chose it, since",
        "rule": "Kept on this computer by your rule, since",
        "file": "On this computer from a file, since",
    }[known.why]
    lines = [f"{why}\n{exact(known.kept_at)}"]
    if known.gone_at:
        lines.append(f"Grafana was found to have it no more at\n{exact(known.gone_at)}")
    return "\n".join(lines)


def day(at: datetime, now: datetime) -> str:
    """The local date: "today", "3 Nov", "3 Nov 2025"."""
    there, today = local(at), local(now)
    if there.date() == today.date():
        return "today"
    year = "" if there.year == today.year else f" {there.year}"
    return f"{there.day} {MONTHS[there.month - 1]}{year}"


def _on(at: datetime, now: datetime) -> str:
    said = day(at, now)
    return said if said == "today" else f"on {said}"


def _ahead(at: datetime, now: datetime) -> str:
    """Never more than there is: "in 3 days", "in 14 h", "in 4 min"."""
    minutes = (at - now) // timedelta(minutes=1)
    if minutes < 60:
        return f"in {minutes} min" if minutes else "in less than a minute"
    return f"in {minutes // 60} h" if minutes < 48 * 60 else f"in {count(minutes // (24 * 60), 'day')}"


def left(run: Run, now: datetime) -> str:
    """For a table: "in 3 days", "over", "never"; "" while it is not known."""
    at = run.retention_expires_at
    if at is None:
        return "never" if run.is_finished else ""
    return "over" if at <= now else _ahead(at, now)
