"""The timeline: a run's status history as a picture in proportion to time, and as a list with who and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from k6desk.api.models import FINISHED, Run, RunDetail, StatusEntry
from k6desk.core.commands import Commands
from k6desk.core.store import Store
from k6desk.core.tasks import Tasks
from k6desk.ui import text, theme
from k6desk.ui.detail import story
from k6desk.ui.detail.bar import Bar, Segment
from k6desk.ui.detail.ledger import Entry, Ledger, Tone
from k6desk.ui.detail.pane import Pane

_TONES = {
    "created": Tone("muted", 0.4),
    "queued": Tone("muted", 0.7),
    "initializing": Tone("accent", 0.6),
    "running": Tone("running"),
    "processing_metrics": Tone("accent"),
}
_UNKNOWN = Tone("warning", 0.7)


@dataclass(frozen=True, slots=True)
class Step:
    """A status and how long the run was in it; `lasted_s` is None for the last one of a finished run or if unknown."""

    entry: StatusEntry
    lasted_s: float | None
    is_now: bool = False


def steps(history: Sequence[StatusEntry], run: Run, now: datetime) -> list[Step]:
    """The history in the order of time, each entry with its length; one without a time stays after its neighbour."""
    ordered = _in_time(history)
    result = []
    for at, entry in enumerate(ordered):
        after = next((later.entered_at for later in ordered[at + 1 :] if later.entered_at), None)
        is_now = at == len(ordered) - 1 and not run.is_finished
        if after is None and entry.type not in FINISHED:
            after = now if not run.is_finished else run.ended_at
        lasted = (after - entry.entered_at).total_seconds() if after and entry.entered_at else None
        result.append(Step(entry, max(0.0, lasted) if lasted is not None else None, is_now))
    return result


class TimelinePane(Pane):
    """The bar and, below it, the entries."""

    name = "timeline"
    title = "Timeline"
    moves = True

    def __init__(self, store: Store, commands: Commands, tasks: Tasks) -> None:
        super().__init__(store, commands, tasks)
        self._bar = Bar("Status history")
        self._list = Ledger(columns=3)
        self.rows.addWidget(self._bar)
        self.rows.addSpacing(theme.GAP)
        self.rows.addWidget(self._list)
        self.rows.addStretch(1)

    def refresh(self, run: Run, detail: RunDetail | None) -> None:
        now = datetime.now(UTC)
        if detail is None:
            self.show_not_loaded()
            return
        if not detail.status_history:
            self.show_placeholder("No status history", "The server keeps none for this run.", icon="timeline")
            return
        self.show_content()
        history = steps(detail.status_history, run, now)
        timed = [step for step in history if step.lasted_s is not None]
        self._bar.setVisible(bool(timed))
        self._bar.show_segments([segment(step) for step in timed], _ends(history, run, now))
        first = next((step.entry.entered_at for step in history if step.entry.entered_at), now)
        self._list.show_entries([_entry(step, run, detail, first, now) for step in history])


def _in_time(history: Sequence[StatusEntry]) -> list[StatusEntry]:
    known = datetime.min.replace(tzinfo=UTC)
    keyed = []
    for entry in history:
        known = entry.entered_at or known
        keyed.append((known, entry))
    return [entry for _, entry in sorted(keyed, key=lambda each: each[0])]


def tone(entry: StatusEntry, run: Run) -> Tone:
    """The colour of an entry."""
    if entry.type in FINISHED:
        return Tone(theme.outcome_role(run.outcome))
    return _TONES.get(entry.type, _UNKNOWN)


def segment(step: Step) -> Segment:
    """A step as a part of the bar."""
    figure = text.duration(step.lasted_s) + (" so far" if step.is_now else "")
    tone = _TONES.get(step.entry.type, _UNKNOWN)
    return Segment(step.lasted_s or 0.0, tone, story.status_word(step.entry.type), figure)


def _ends(history: Sequence[Step], run: Run, now: datetime) -> tuple[str, str]:
    times = [step.entry.entered_at for step in history if step.entry.entered_at]
    if not times:
        return "", ""
    end = now if not run.is_finished else max([*times, *([run.ended_at] if run.ended_at else [])])
    return text.when(times[0], now), "now" if not run.is_finished else text.when(end, now)


def _entry(step: Step, run: Run, detail: RunDetail, first: datetime, now: datetime) -> Entry:
    at = step.entry.entered_at
    lasted = text.duration(step.lasted_s) if step.lasted_s is not None else ""
    return Entry(
        cells=(
            story.status_word(step.entry.type),
            _clock(at, first, now) if at else "time not known",
            lasted,
        ),
        below=why(step.entry, detail if step.entry.type in FINISHED else None),
        hint=text.exact(at) if at else "",
        tone=tone(step.entry, run),
        strong=step.is_now,
    )


def _clock(at: datetime, first: datetime, now: datetime) -> str:
    """To the second, for seconds are what matters here; the day only where it is not that of the first entry."""
    local = at.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == first.astimezone().date() else text.when(at, now)


def why(entry: StatusEntry, ended: RunDetail | None) -> str:
    """Who, which code and the whole message; the result's own message goes with the entry that ended the run."""
    lines = [f"By {text.one_line(entry.by_user, 120)}" if entry.by_user else "", _said(entry.message, entry.code)]
    if ended:
        lines.append(_said(ended.result_message, ended.result_code))
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _said(message: str | None, code: int | None) -> str:
    said = story.lines(message) if message else ""
    return (
        f"{said} (code {code})" if said and code is not None else said or (f"Code {code}" if code is not None else "")
    )
