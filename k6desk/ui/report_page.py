"""What the report of a run says, in the words and units of the window: the same for HTML and PDF.

It is read later and elsewhere, so times are whole dates with their zone, never “today”.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from k6desk.api.models import FINISHED, Run
from k6desk.core.progress import duration_s
from k6desk.core.report import Report
from k6desk.data.run_tables import ZoneFact
from k6desk.ui import text, theme
from k6desk.ui.detail import cost, story, timeline, zones
from k6desk.ui.detail.ledger import Entry
from k6desk.ui.report_parts import MOST_ENTRIES, Chapter, Metrics, metrics_of, not_shown, outcomes

MOST_ZONES, MOST_NOTE_LINES = 12, 10
LONGEST_WHY, LONGEST_MESSAGE = 400, 240


@dataclass(frozen=True, slots=True)
class Zone:
    """A load zone; `percent` (0..100) is how much of its bar is filled."""

    name: str
    percent: float
    figure: str
    below: str


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report; all texts are plain, made harmless, and may have several lines only where it is said."""

    title: str
    project: str
    outcome: str
    role: str
    """The role of the outcome's colour."""
    why: str
    facts: tuple[tuple[str, str], ...]
    note: str
    """Lines."""
    outcomes: tuple[Chapter, ...]
    """Thresholds and checks, if it has any."""
    metrics: Metrics
    timeline: Chapter
    cost: Chapter
    zones: tuple[Zone, ...]
    zones_remark: str
    footer: tuple[str, ...]
    link: str


def page_of(report: Report) -> Page:
    """The page of a run."""
    run = report.run
    listed = list(report.zones())
    return Page(
        title=text.one_line(report.test_name or f"run {run.id}", 120),
        project=text.one_line(report.project_name, 120),
        outcome=text.outcome_word(run),
        role=theme.outcome_role(run.outcome),
        why=_why(report),
        facts=tuple((name, value) for name, value in _facts(report) if value),
        note=_note(run.note),
        outcomes=tuple(outcomes(report.summary)) if report.summary else (),
        metrics=metrics_of(report.summary),
        timeline=_timeline(report),
        cost=_cost(report),
        zones=tuple(_zone(zone) for zone in listed[:MOST_ZONES]),
        zones_remark=_zones_remark(report, listed),
        footer=_footer(report),
        link=report.link,
    )


def moment(at: datetime) -> str:
    """A moment that is clear anywhere and at any time: `Fri 21 Nov 2026, 14:03:22 CET (UTC+1)`."""
    there = text.local(at)
    zone = text.exact(at).partition("\n")[0].split(" ", 2)[2]
    return f"{_day(there)}, {there:%H:%M:%S} {zone}"


def _why(report: Report) -> str:
    """The sentence without the word of the outcome, which stands before it."""
    sentence = text.one_line(story.sentence(report.run, report.detail, report.made_at), LONGEST_WHY)
    word = text.outcome_word(report.run)
    rest = sentence.removeprefix(word)
    if rest == sentence or (rest and rest[0] not in ":,"):
        return sentence
    rest = rest[1:].strip()
    return rest[:1].upper() + rest[1:]


def _day(there: datetime) -> str:
    return f"{text.DAYS[there.weekday()]} {there.day} {text.MONTHS[there.month - 1]} {there.year}"


def _facts(report: Report) -> list[tuple[str, str]]:
    run, detail, now = report.run, report.detail, report.made_at
    vuh = f"{text.vuh(run.vuh)} ({story.vuh_kind(run)})" if run.vuh is not None else ""
    thresholds = story.threshold_count(detail) if detail and detail.options is not None else None
    return [
        ("Started", moment(run.created_at)),
        ("Ended", moment(run.ended_at) if run.ended_at else "" if run.is_finished else "Not yet"),
        ("Duration", text.duration(duration_s(run, now)) + ("" if run.is_finished else " so far")),
        ("Started by", text.one_line(run.started_by, 80) if run.started_by else "Not by a user"),
        ("VUs", text.count(run.max_vus) if run.max_vus is not None else ""),
        ("VUH", vuh),
        ("Thresholds", text.count(thresholds) if thresholds is not None else ""),
        ("Run ID", str(run.id)),
    ]


def _note(note: str) -> str:
    lines = note.strip().splitlines()
    shown = [text.one_line(line, LONGEST_MESSAGE) for line in lines[:MOST_NOTE_LINES]]
    return "\n".join([*shown, *(["…"] if len(lines) > MOST_NOTE_LINES else [])])


def _timeline(report: Report) -> Chapter:
    title = "Timeline"
    if report.detail is None:
        return Chapter(title, remark="The status history was never loaded on the computer that made this report.")
    if not report.detail.status_history:
        return Chapter(title, remark="The server keeps no status history for this run.")
    history = timeline.steps(report.detail.status_history, report.run, report.made_at)
    timed = tuple(timeline.segment(step) for step in history if step.lasted_s is not None)
    first = next((step.entry.entered_at for step in history if step.entry.entered_at), None)
    entries = [_step(step, report, first) for step in history]
    return Chapter(
        title,
        segments=timed,
        ends=_ends(history, report) if timed else ("", ""),
        entries=_cut(entries, 1),
        remark=not_shown(len(entries) - MOST_ENTRIES, "status entry", "status entries"),
    )


def _step(step: timeline.Step, report: Report, first: datetime | None) -> Entry:
    at, ended = step.entry.entered_at, step.entry.type in FINISHED
    lasted = text.duration(step.lasted_s) + (" so far" if step.is_now else "") if step.lasted_s is not None else ""
    said = timeline.why(step.entry, report.detail if ended else None)
    return Entry(
        cells=(story.status_word(step.entry.type), _clock(at, first or at) if at else "time not known", lasted),
        below=text.one_line(said.replace("\n", " · "), LONGEST_MESSAGE),
        tone=timeline.tone(step.entry, report.run),
        strong=step.is_now,
    )


def _clock(at: datetime, first: datetime) -> str:
    """With the day only where it is another than that of the first."""
    there = text.local(at)
    is_same = there.date() == text.local(first).date()
    return f"{there:%H:%M:%S}" if is_same else f"{_day(there)}, {there:%H:%M:%S}"


def _ends(history: Sequence[timeline.Step], report: Report) -> tuple[str, str]:
    times = [step.entry.entered_at for step in history if step.entry.entered_at]
    ended_at = [report.run.ended_at] if report.run.ended_at else []
    end = report.made_at if not report.run.is_finished else max([*times, *ended_at])
    right = _clock(end, times[0])
    return f"{text.local(times[0]):%H:%M:%S}", right if report.run.is_finished else f"{right} (not ended)"


def _cost(report: Report) -> Chapter:
    run, detail = report.run, report.detail
    if run.vuh is None:
        return Chapter("Cost", remark=_no_cost(run))
    figure = f"{text.vuh(run.vuh)} VUH {story.vuh_kind(run)}"
    what = "VUH are virtual user hours: one virtual user for one hour."
    if detail is None or detail.cost is None:
        return Chapter("Cost", figure, remark=f"How it came about is not known here. {what}")
    parts = tuple(part for part in cost.segments(detail.cost) if part.size > 0)
    lines = cost.entries(detail.cost, billed=run.is_finished)
    remark = f"{cost.rule(detail.cost)} {what}"
    more = not_shown(len(lines) - MOST_ENTRIES, "line", "lines")
    return Chapter("Cost", figure, parts, entries=_cut(lines, 3), remark=" ".join(filter(None, (more, remark))))


def _no_cost(run: Run) -> str:
    if run.is_finished:
        return "No cost is known: the run ended before k6 had computed one, or the server does not say it."
    return "No cost yet: k6 computes it when it has validated the script."


def _zone(zone: ZoneFact) -> Zone:
    share = zone.configured if zone.configured is not None else zone.really
    differs = zone.really is not None and zone.configured not in {None, zone.really}
    really = f"{text.percent(zone.really)} really" if differs else ""
    return Zone(
        name=text.one_line(zone.name, 80),
        percent=min(100.0, max(0.0, share or 0.0)),
        figure=text.percent(share) if share is not None else "",
        below=text.one_line(", ".join(filter(None, (zones.sizes(zone.nodes), really))), LONGEST_MESSAGE),
    )


def _zones_remark(report: Report, listed: Sequence[ZoneFact]) -> str:
    if not listed:
        return "The server names no load zones for this run." if report.detail else "The load zones are not known here."
    missing = "" if any(zone.nodes for zone in listed) else "Which load generators it ran on is not known."
    return " ".join(filter(None, (not_shown(len(listed) - MOST_ZONES, "load zone", "load zones"), missing)))


def _cut(entries: Sequence[Entry], ends: int) -> tuple[Entry, ...]:
    """No more than fit, without those before the last ones, which say how it came out."""
    is_long = len(entries) > MOST_ENTRIES
    return (*entries[: MOST_ENTRIES - ends], *entries[-ends:]) if is_long else tuple(entries)


def _footer(report: Report) -> tuple[str, ...]:
    age = report.made_at - report.as_of if report.as_of else None
    if age is None:
        known = "from what a list of runs says; the details were never loaded"
    elif age < timedelta(minutes=1):
        known = "from what the server said then"
    else:
        known = f"from what the server said {text.age(age.total_seconds())}"
    gone = f"Found to be deleted at Grafana on {moment(report.gone_at)}." if report.gone_at else ""
    return tuple(
        filter(
            None,
            (
                f"Grafana Cloud k6 · {text.one_line(report.stack, 80)} · run {report.run.id}",
                f"Made with k6desk on {moment(report.made_at)}, {known}.",
                gone,
            ),
        )
    )
