"""Tables as rows for a spreadsheet: the runs of a list; the figures, status history, cost and zones of one run.

Figures stay figures: times are aware, durations are seconds, shares are percent (0..100).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from k6desk.api.models import Run
from k6desk.core.progress import duration_s
from k6desk.core.report import Report
from k6desk.core.store import Store
from k6desk.core.summary.summary import STATS
from k6desk.data.secrets import masked_text
from k6desk.ui import text
from k6desk.ui.detail import cost, story, timeline
from k6desk.ui.runs.columns import DURATION, EXPIRES, ID, NOTE, PERSON, STAR, STARTED, STATUS, TEST, VUH, VUS

Row = Sequence[object]


class Column(NamedTuple):
    """A column of the file and what stands in it for a run."""

    title: str
    value: Callable[[Run, Store, datetime], object]


class Table(NamedTuple):
    """A header and its rows; `remark` says what is not in it."""

    header: Sequence[str]
    rows: Sequence[Row]
    remark: str = ""


_FIGURES = ("count", "rate", "value", *STATS, "passes", "fails")
_NO_METRICS = "No metrics of this run were loaded on this computer: only the header is in it."


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


_ID = Column("Run ID", lambda run, _store, _now: run.id)
_STARTED = Column("Started (UTC)", lambda run, _store, _now: run.created_at)
_ENDED = Column("Ended (UTC)", lambda run, _store, _now: run.ended_at)
_OF_COLUMN = {
    STATUS: Column("Status", lambda run, _store, _now: text.outcome_word(run)),
    TEST: Column("Test", lambda run, store, _now: store.name_of(run)),
    STARTED: _STARTED,
    DURATION: Column("Duration (s)", lambda run, _store, now: _rounded(duration_s(run, now))),
    VUS: Column("VUs", lambda run, _store, _now: run.max_vus),
    VUH: Column("VUH", lambda run, _store, _now: run.vuh),
    PERSON: Column("Started by", lambda run, _store, _now: run.started_by),
    NOTE: Column("Note", lambda run, _store, _now: masked_text(run.note)),
    STAR: Column("Starred", lambda run, _store, _now: run.is_starred),
    EXPIRES: Column("Expires (UTC)", lambda run, _store, _now: run.retention_expires_at),
    ID: _ID,
}


def columns_of(shown: Iterable[int]) -> list[Column]:
    """The columns of a file with these of the window, by their places in `COLUMNS`, and with what identifies a run."""
    columns = [_OF_COLUMN[at] for at in shown]
    return columns + [each for each in (_ID, _STARTED, _ENDED) if each not in columns]


def summary(report: Report) -> Table:
    """The metrics of a run in k6's figures: times in milliseconds, amounts in bytes, shares from 0 to 1."""
    lines = report.summary.lines if report.summary else ()
    rows = [
        (masked_text(line.metric), masked_text(line.tags), line.type, *(line.values.get(name) for name in _FIGURES))
        for line in lines
        if line.values
    ]
    known = "" if all(line.is_known for line in lines) else "Some of its metrics were never loaded and are not in it."
    return Table(("Metric", "Tags", "Type", *_FIGURES), rows, known if rows else _NO_METRICS)


def thresholds(report: Report) -> Table:
    """The thresholds of a run with their verdicts."""
    header = ("Metric", "Threshold", "Value", "Limit", "Verdict", "Aborted the run", "Computed by k6desk")
    rows = [
        (
            masked_text(each.threshold.subject),
            masked_text(each.threshold.source),
            each.value,
            each.threshold.limit,
            each.state,
            each.aborted,
            each.is_computed,
        )
        for each in (report.summary.verdicts if report.summary else ())
    ]
    nothing = "The run has no thresholds: only the header is in it." if report.summary else _NO_METRICS
    return Table(header, rows, "" if rows else nothing)


def checks(report: Report) -> Table:
    """The checks of a run with how often each passed and failed."""
    known = report.summary.checks if report.summary else None
    rows = [(masked_text(each.group), masked_text(each.name), each.passes, each.fails) for each in known or ()]
    nothing = _NO_METRICS if known is None else "The run has no checks: only the header is in it."
    return Table(("Group", "Check", "Passed", "Failed"), rows, "" if rows else nothing)


def history(report: Report) -> Table:
    """The status history of a run."""
    header = ("Status", "Entered (UTC)", "Lasted (s)", "By", "Code", "Message")
    entries = report.detail.status_history if report.detail else ()
    rows = [
        (
            story.status_word(step.entry.type),
            step.entry.entered_at,
            _rounded(step.lasted_s),
            step.entry.by_user,
            step.entry.code,
            step.entry.message,
        )
        for step in timeline.steps(entries, report.run, report.made_at)
    ]
    return Table(header, rows, "" if rows else "No status history is known of this run: only the header is in it.")


def costs(report: Report) -> Table:
    """The cost of a run from base to billed."""
    header = ("What", "Reduction (%)", "VUH")
    known = report.detail.cost if report.detail else None
    word = "Billed" if report.run.is_finished else "Estimate"
    if known is None:
        rows: list[Row] = [] if report.run.vuh is None else [(word, None, report.run.vuh)]
        what = "its breakdown is not in it" if rows else "only the header is in it"
        return Table(header, rows, f"How the cost came about is not known: {what}.")
    rows = [("Base", None, known.base_total_vuh)]
    rows += [(each.name, each.percent, -each.vuh) for each in cost.reductions(known)]
    rows.append((word, None, known.total_vuh))
    rows += [("of which protocol", None, known.protocol_vuh), ("of which browser", None, known.browser_vuh)]
    return Table(header, [row for row in rows if row[2] is not None])


def zones(report: Report) -> Table:
    """The load zones of a run, one row for each load generator; one alone for a zone without."""
    header = ("Zone ID", "Zone", "Configured (%)", "Really (%)", "Machine size", "Public address")
    rows: list[Row] = []
    for zone in report.zones():
        facts = (zone.load_zone, zone.name, zone.configured, zone.really)
        rows += [(*facts, node.size, node.public_ip) for node in zone.nodes] or [(*facts, None, None)]
    if not rows:
        return Table(header, rows, "No load zones are known of this run: only the header is in it.")
    is_known = any(row[4] for row in rows)
    return Table(header, rows, "" if is_known else "Its load generators are not known and are not in it.")


def rows_of(runs: Iterable[Run], columns: Sequence[Column], store: Store, now: datetime) -> Iterator[Row]:
    """The rows of these runs."""
    return ([column.value(run, store, now) for column in columns] for run in runs)
