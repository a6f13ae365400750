"""Thresholds in words."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose
from typing import Literal

from k6desk.core.metrics.metric_names import TITLES, title_of
from k6desk.core.metrics.units import figure
from k6desk.core.thresholds.thresholds import Threshold, Verdict

COMPUTED = "computed by k6desk"
Who = Literal["nobody", "server", "k6desk", "both"]
_AGGREGATES = {
    "avg": "average",
    "min": "least",
    "med": "median",
    "max": "most",
    "count": "number",
    "rate": "rate",
    "value": "value",
}


def state(verdict: Verdict, *, is_live: bool) -> str:
    """The verdict in a word or two."""
    if verdict.aborted:
        return "Stopped the run"
    if verdict.state == "failed":
        return "Failing" if is_live else "Failed"
    if verdict.state == "passed":
        return "Near the limit" if is_live and verdict.is_near else "Passing" if is_live else "Passed"
    if verdict.state == "no samples":
        return "No samples yet" if is_live else "No samples"
    return "Not known"


def phrase(verdict: Verdict) -> str:
    """`p(95) of response time is 312 ms, limit 300 ms`."""
    threshold = verdict.threshold
    title = title_of(threshold.metric)
    name = title[:1].lower() + title[1:] if threshold.metric in TITLES and title[1:2].islower() else title
    tags = threshold.subject[len(threshold.metric) :]
    value, limit = verdict.words(verdict.value), verdict.words(threshold.limit)
    return f"{aggregate(threshold)} of {' '.join(filter(None, (name, tags)))} is {value}, limit {limit}"


def aggregate(threshold: Threshold) -> str:
    """`p(95)`, `average`."""
    if threshold.aggregate == "p":
        return f"p({threshold.share * 100:.10g})"
    return _AGGREGATES.get(threshold.aggregate, threshold.aggregate)


def margin(verdict: Verdict) -> str:
    """How far the value is from the limit: `10.3 ms (3.4 %) too much`; empty if there is nothing to say."""
    away, share, operator = verdict.margin, verdict.margin_share, verdict.threshold.operator
    if away is None or (away == 0 and operator in {"==", "==="}):
        return ""
    if isclose(away, 0, abs_tol=1e-12):
        return "just at the limit"
    size = _points(abs(away)) if verdict.unit == "share" else verdict.words(abs(away))
    if operator in {"==", "===", "!="}:
        return f"{size} apart"
    percent = f" ({figure(abs(share) * 100)} %)" if share is not None else ""
    return f"{size}{percent} {'to spare' if away > 0 else 'too much' if '<' in operator else 'too little'}"


def abort(threshold: Threshold) -> str:
    """What it does to the run when it fails; empty if nothing."""
    if not threshold.abort_on_fail:
        return ""
    return f"aborts the run, after {threshold.delay_s:g} s at the earliest" if threshold.delay_s else "aborts the run"


def summary(verdicts: Sequence[Verdict], *, is_live: bool) -> str:
    """How many have which verdict: `1 failed, 2 passed`."""
    words = [state(each, is_live=is_live) for each in sorted(verdicts, key=urgency)]
    counts = {word: words.count(word) for word in words}
    if counts and len(counts) == 1 and "Passed" in counts:
        return "All passed"
    said = {word: word[:1].lower() + word[1:] for word in words} | {
        "No samples": "without samples",
        "No samples yet": "without samples",
    }
    return ", ".join(f"{n} {said[word]}" for word, n in counts.items())


def headline(verdicts: Sequence[Verdict]) -> str:
    """What they come to, in a few words: `1 of 3 thresholds failed`; empty if there are none."""
    failed, number = sum(each.state == "failed" for each in verdicts), len(verdicts)
    if failed:
        return f"{failed:,} of {number:,} threshold{'s' * (number != 1)} failed"
    if not verdicts:
        return ""
    return "all thresholds passed" if all(each.state == "passed" for each in verdicts) else "no threshold failed"


def who(verdicts: Sequence[Verdict]) -> Who:
    """Who has said whether they hold; nobody as long as none has passed or failed."""
    computed = {each.is_computed for each in verdicts if each.state in {"passed", "failed"}}
    if not computed:
        return "nobody"
    return "both" if len(computed) > 1 else "k6desk" if True in computed else "server"


def urgency(verdict: Verdict) -> int:
    """0 for what comes first: what failed, then what is near to failing, then the rest."""
    if verdict.state == "failed":
        return 0
    if verdict.state == "passed":
        return 1 if verdict.is_near else 2
    return 3 if verdict.state == "no samples" else 4


def worst(verdicts: Sequence[Verdict], *, is_live: bool) -> Verdict | None:
    """The one that fails most or, while the run goes on, is nearest to it: what people have to be told."""
    bad = [each for each in verdicts if urgency(each) <= is_live and each.value is not None]
    return min(bad, key=lambda each: (urgency(each), each.margin_share or 0.0), default=None)


def _points(share: float) -> str:
    points = figure(share * 100)
    return f"{points} point{'s' * (points != '1')}"
