"""What is said about the charts."""

from __future__ import annotations

from datetime import datetime

from k6desk.api.metrics import Matcher
from k6desk.core.metrics.load_span import Origin
from k6desk.core.metrics.standard_charts import ChartSpec
from k6desk.core.thresholds.thresholds import Threshold
from k6desk.ui import text
from k6desk.ui.results.chart_tools import words_of
from k6desk.ui.results.series_choice import NAMELESS

LAG = (
    "k6 adds up samples over 3 s and waits 8 s for the last of them, so a curve ends about 10 s before now.\n"
    "The charts are asked for anew every 5 s while the run goes on."
)


def of_matcher(matcher: Matcher) -> str:
    """A condition: "GET /", "status != 200"."""
    value = text.one_line(matcher.value, 80) or NAMELESS
    return value if matcher.operator == "=" else f"{words_of(matcher.label)} {matcher.operator} {value}"


def of_threshold(threshold: Threshold, chart: ChartSpec) -> str:
    """A threshold at its line: "p(95)<300", "p(95)<300 (GET /)", and "LCP p(75)<2500" in a chart of several metrics."""
    tags = ", ".join(matcher.value for matcher in threshold.matchers)
    words = f"{threshold.source} ({tags})" if tags else threshold.source
    if len(chart.metrics) > 1:
        name = next((line.name for line in chart.lines if line.query.metric == threshold.metric), threshold.metric)
        words = f"{name} {words}"
    return text.one_line(words, 60)


def of_age(asked_at: datetime, now: datetime, after: str) -> str:
    """How old what is drawn is, and what comes `after`: "As of 14:02:11 · every 5 s", "As of Tue 18 Nov 14:02 · …"."""
    there = text.local(asked_at)
    is_today = there.date() == text.local(now).date()
    return f"As of {f'{there:%H:%M:%S}' if is_today else text.when(asked_at, now)} · {after}"


def of_skew(origin: Origin) -> str:
    """That a clock is wrong, if one is."""
    if not origin.skew_s:
        return ""
    side = "after" if origin.skew_s > 0 else "before"
    return (
        f"The samples are dated {text.about(abs(origin.skew_s))} {side} the run, so one of the clocks is wrong: "
        "the time counts from the first sample."
    )
