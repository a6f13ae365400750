"""What happened to a run, in sentences. Pure functions: records in, plain text out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from k6desk.api.models import Run, RunDetail, StatusEntry
from k6desk.core.progress import duration_s, progress
from k6desk.ui import text


def status_word(status: str) -> str:
    """A status for people; one that k6desk does not know is shown as the server wrote it."""
    return text.OUTCOMES[status][0] if status in text.OUTCOMES else text.one_line(status, 60) or "(no name)"


def sentence(run: Run, detail: RunDetail | None, now: datetime) -> str:
    """What the run is doing or how it ended and why, in one sentence without a full stop."""
    if run.status == "aborted":
        return aborted(run, detail)
    if run.is_finished:
        return _finished(run, detail)
    if run.status == "running":
        return _running(run, now)
    since = run.status_since
    word = status_word(run.status)
    if run.status not in text.OUTCOMES:
        word = f"{word} (a status k6desk does not know)"
    return f"{word} for {text.duration((now - since).total_seconds())}" if since and now > since else word


def aborted(run: Run, detail: RunDetail | None) -> str:
    """Who or what aborted a run, and why."""
    entry = last_entry(detail, "aborted")
    who = f"Aborted by {text.one_line(entry.by_user, 80)}" if entry and entry.by_user else "Aborted"
    return joined(who, reason(detail))


def reason(detail: RunDetail | None) -> str:
    """Everything that the server said about why: of the last status first, then of the result, nothing twice."""
    if detail is None:
        return ""
    entry = detail.status_history[-1] if detail.status_history else None
    parts = [(detail.result_message, detail.result_code)]
    if entry:
        parts.insert(0, (entry.message, entry.code))
    return "; ".join(dict.fromkeys(filter(None, (_reason(message, code) for message, code in parts))))


def vuh_kind(run: Run) -> str:
    """Which VUH a run's row shows: `billed` or `estimate`."""
    return "billed" if run.is_finished else "estimate"


def facts(run: Run, now: datetime, until: datetime) -> list[str]:
    """When, by whom, how long, how much: the line under the sentence. `until` is when the run was last seen."""
    took = duration_s(run, until)
    vuh = run.vuh
    known = [
        f"Started {text.when(run.created_at, now)}",
        f"by {text.one_line(run.started_by, 80)}" if run.started_by else "",
        f"{'took' if run.is_finished else 'for'} {text.duration(took)}" if took is not None else "",
        f"{text.vuh(vuh)} VUH {vuh_kind(run)}" if vuh is not None else "",
        f"{text.count(run.max_vus)} VUs" if run.max_vus is not None else "",
    ]
    return [fact for fact in known if fact]


def lines(message: str) -> str:
    """A message of the server over as many lines as it has, each made harmless."""
    return "\n".join(text.one_line(line, 2000) for line in message.splitlines()[:100])


def last_entry(detail: RunDetail | None, status: str) -> StatusEntry | None:
    """The last entry of a run's status history with that status."""
    history = detail.status_history if detail else ()
    return next((entry for entry in reversed(history) if entry.type == status), None)


def joined(what: str, why: str) -> str:
    """`what`, and `why` when it is known."""
    return f"{what}: {why}" if why else what


def _finished(run: Run, detail: RunDetail | None) -> str:
    if run.result == "passed":
        number = threshold_count(detail)
        return joined("Passed", reason(detail) or (f"no threshold was crossed ({number} set)" if number else ""))
    if run.result == "failed":
        return joined("Failed", reason(detail) or "thresholds were crossed")
    if run.result == "error":
        return joined("Error", reason(detail) or "the test was not completed")
    return joined(
        f"Ended with the result “{text.one_line(run.result, 40)}”" if run.result else "Ended without a result",
        reason(detail),
    )


def thresholds(detail: RunDetail | None) -> dict[str, Any]:
    """Metric → the threshold expressions that a run's options set for it."""
    found = (detail.options or {}).get("thresholds") if detail else None
    return found if isinstance(found, dict) else {}


def threshold_count(detail: RunDetail | None) -> int:
    """How many threshold expressions a run's options set."""
    return sum(len(each) if isinstance(each, list) else 1 for each in thresholds(detail).values())


def _running(run: Run, now: datetime) -> str:
    done = progress(run, now)
    if done.overdue_s is not None:
        return f"Running, overdue by {text.about(done.overdue_s)}"
    if done.fraction is not None:
        return f"Running, {int(done.fraction * 100)} %, about {text.about(done.remaining_s or 0)} left"
    return f"Running for {text.duration(done.elapsed_s)}" if done.elapsed_s is not None else "Running"


def _reason(message: str | None, code: int | None) -> str:
    said = text.one_line(message or "", 2000).strip()
    if code is None:
        return said
    return f"{said} (code {code})" if said else f"code {code}"
