"""What the report of a run says of its metrics, and what its chapters are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from k6desk.core.metrics.checks import Check, group_words
from k6desk.core.metrics.metric_names import title_of
from k6desk.core.summary.summary import STATS, Summary
from k6desk.core.summary.summary_words import figures_of
from k6desk.core.thresholds import threshold_words
from k6desk.core.thresholds.thresholds import Verdict
from k6desk.data.secrets import masked_text
from k6desk.ui import text
from k6desk.ui.detail.bar import Segment
from k6desk.ui.detail.ledger import Entry, Tone

MOST_ENTRIES, MOST_OUTCOMES, MOST_METRICS = 16, 10, 18
"""What fits on a page; it is said how much more there is."""
LONGEST_NAME = 100
COMPUTED = {
    "k6desk": "Computed by k6desk from the metrics of the run.",
    "both": "Those that Grafana Cloud k6 does not say are computed by k6desk from the metrics of the run.",
}
"""By who has said whether thresholds hold."""
PARTS_OF_REQUESTS = frozenset(
    f"http_req_{part}" for part in ("blocked", "connecting", "tls_handshaking", "sending", "waiting", "receiving")
)
"""Which k6 leaves out of its own summary, too, unless it is asked for all."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the page: a bar, lines under it, and a remark; only the remark where nothing is known."""

    title: str
    figure: str = ""
    segments: tuple[Segment, ...] = ()
    ends: tuple[str, str] = ("", "")
    entries: tuple[Entry, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric: six figures under the captions, or one and what explains it."""

    name: str
    figures: tuple[str, ...]
    is_part: bool


@dataclass(frozen=True, slots=True)
class Metrics:
    """What the run measured; only the remark where nothing is known."""

    rows: tuple[MetricRow, ...] = ()
    remark: str = ""
    captions: tuple[str, ...] = STATS


def outcomes(summary: Summary) -> Iterator[Chapter]:
    """The chapters of the thresholds and of the checks, if it has any."""
    verdicts, checks = summary.verdicts, summary.checks or ()
    if verdicts:
        failed_first = sorted(verdicts, key=lambda each: each.state != "failed")
        more = not_shown(len(verdicts) - MOST_OUTCOMES, "threshold", "thresholds")
        how = COMPUTED.get(threshold_words.who(verdicts), "")
        yield Chapter(
            "Thresholds",
            threshold_words.summary(verdicts, is_live=not summary.is_over),
            entries=tuple(_threshold(each) for each in failed_first[:MOST_OUTCOMES]),
            remark=" ".join(filter(None, (more, how))),
        )
    if checks:
        fails, total = sum(each.fails for each in checks), sum(each.passes + each.fails for each in checks)
        failing = sorted((each for each in checks if each.fails), key=lambda each: -each.fails)
        entries = [_check(each) for each in failing[:MOST_OUTCOMES]]
        passed = len(checks) - len(failing)
        every = f"{text.count(passed, 'other check' if failing else 'check')} passed every time." if passed else ""
        more = not_shown(len(failing) - MOST_OUTCOMES, "failing check", "failing checks")
        figure = f"{text.count(fails)} of {text.count(total)} failed"
        yield Chapter("Checks", figure, entries=tuple(entries), remark=" ".join(filter(None, (more, every))))


def _threshold(verdict: Verdict) -> Entry:
    role = {"failed": "failed", "unknown": "waiting"}.get(verdict.state, "passed")
    return Entry(
        cells=(
            text.one_line(
                f"{masked_text(verdict.threshold.subject)}  {masked_text(verdict.threshold.source)}", LONGEST_NAME
            ),
            verdict.words(verdict.value) if verdict.value is not None else "",
            f"{verdict.state}, aborted the run" if verdict.aborted else verdict.state,
        ),
        tone=Tone(role),
    )


def _check(check: Check) -> Entry:
    name = " › ".join(filter(None, (group_words(check.group), check.name)))
    total = text.count(check.passes + check.fails)
    cells = (text.one_line(masked_text(name), LONGEST_NAME), f"{text.count(check.fails)} of {total}", "failed")
    return Entry(cells=cells, tone=Tone("failed"))


def metrics_of(summary: Summary | None) -> Metrics:
    """The metrics of a run that fit on a page."""
    if summary is None:
        return Metrics(remark="No metrics of this run were loaded on the computer that made this report.")
    lines = [
        line
        for line in summary.lines
        if line.values and line.section != "checks" and line.metric not in PARTS_OF_REQUESTS
    ]
    rows = [
        MetricRow(
            text.one_line(masked_text(line.tags or title_of(line.metric)), LONGEST_NAME),
            figures_of(line),
            is_part=bool(line.tags),
        )
        for line in lines[:MOST_METRICS]
    ]
    return Metrics(tuple(rows), not_shown(len(lines) - MOST_METRICS, "metric", "metrics"))


def not_shown(number: int, one: str, many: str) -> str:
    """How many things there are besides those that are shown."""
    return f"{text.count(number)} more {one if number == 1 else many} not shown here." if number > 0 else ""
