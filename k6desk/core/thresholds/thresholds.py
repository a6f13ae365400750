"""The thresholds of a run: what its options demand of which metric, and whether that holds.

When a run has ended, what the server says of a threshold goes before what k6desk works out from the metrics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from k6desk.api.metrics import Fold, Matcher, Metric, Query, ThresholdVerdict, quantile
from k6desk.api.models import RunDetail
from k6desk.core.metrics.asked import Asked, Known, single
from k6desk.core.metrics.units import Unit, unit_of, words
from k6desk.core.thresholds import threshold_syntax as syntax
from k6desk.core.thresholds.threshold_syntax import Aggregate, Operator
from k6desk.core.workload import seconds

Samples = tuple[str, frozenset[Matcher]]
"""What thresholds are set for: a metric, and the tags in any order."""
State = Literal["passed", "failed", "no samples", "unknown"]

NEAR = 0.1
"""A threshold that passes with less than this share of its limit to spare is near to failing."""
CROSSED = frozenset({99, 8})
"""The codes of a run that a threshold stopped: k6's exit code, and the legacy status of a run."""

_METHODS = {
    "counter": {"count": "increase", "rate": "rate"},
    "gauge": {"value": "last"},
    "rate": {"rate": "ratio"},
    "trend": {"avg": "histogram_avg", "min": "histogram_min", "max": "histogram_max", "med": quantile(0.5)},
}
_LIKELY_TYPES = {"count": "counter", "value": "gauge", "rate": "rate"}
_VUS = frozenset({"vus", "vus_max"})


class Threshold(Struct, frozen=True):
    """One expression and the samples it is set for. `share` is the N of `p(N)` from 0 to 1.

    `delay_s`: for so long after the start it does not abort the run. `problem`: why k6desk cannot evaluate it.
    """

    metric: str
    matchers: tuple[Matcher, ...] = ()
    source: str = ""
    aggregate: Aggregate = ""
    share: float = 0.0
    operator: Operator = ""
    limit: float | None = None
    abort_on_fail: bool = False
    delay_s: float | None = None
    problem: str = ""

    @property
    def subject(self) -> str:
        """The metric with its tags, as k6 writes it."""
        tags = ",".join(f"{matcher.label}:{matcher.value}" for matcher in self.matchers)
        return f"{self.metric}{{{tags}}}" if tags else self.metric

    def query(self, metric_type: str) -> Query | None:
        """What gives its value; None if it has a problem or a metric of this type has no such aggregate."""
        if self.problem:
            return None
        if self.aggregate == "p":
            method = quantile(self.share) if metric_type == "trend" else None
        else:
            method = _METHODS.get(metric_type, {}).get(self.aggregate)
        if method is None:
            return None
        by: tuple[str, ...] = ("instance_id",) if self.metric in _VUS else ()  # each load generator has some of them
        fold: Fold | None = "sum" if by else None
        return Query(self.metric, method, by, self.matchers, fold)

    def is_met(self, value: float) -> bool:
        """Whether it holds for this value."""
        if self.limit is None:
            return False
        return {
            "<": value < self.limit,
            "<=": value <= self.limit,
            ">": value > self.limit,
            ">=": value >= self.limit,
            "!=": value != self.limit,
        }.get(self.operator, value == self.limit)

    def margin(self, value: float) -> float | None:
        """How far this value is on the good side of the limit, in the unit of the metric; less than 0 on the bad."""
        if self.limit is None:
            return None
        if self.operator in {"<", "<="}:
            return self.limit - value
        if self.operator in {">", ">="}:
            return value - self.limit
        apart = abs(value - self.limit)
        return apart if self.operator == "!=" else -apart


class Verdict(Struct, frozen=True):
    """Whether a threshold holds, or has held so far. One without samples passes.

    `margin` is in `unit` (`per_s`: of it in a second). `margin_share` is the same as a share of the limit, or of what
    may go wrong where a rate is to be high; both are less than 0 on the bad side. `aborted`: it stopped the run.
    `is_computed`: by k6desk, for the server has not said. `remark`: why it is unknown, or that k6desk finds another
    verdict than the server.
    """

    threshold: Threshold
    value: float | None = None
    state: State = "unknown"
    margin: float | None = None
    aborted: bool = False
    is_computed: bool = True
    margin_share: float | None = None
    unit: Unit = ""
    per_s: bool = False
    remark: str = ""

    @property
    def is_near(self) -> bool:
        """Whether it passes, but only just."""
        return self.state == "passed" and self.margin_share is not None and self.margin_share < NEAR

    def words(self, value: float | None) -> str:
        """A value of its metric for people."""
        return words(value, self.unit, per_s=self.per_s)


def thresholds_of(options: Mapping[str, Any] | None) -> tuple[Threshold, ...]:
    """The thresholds that k6 options set, in their order; whatever the options hold, it never raises."""
    found = options.get("thresholds") if isinstance(options, Mapping) else None
    return tuple(_thresholds(found)) if isinstance(found, Mapping) else ()


def asks(thresholds: Sequence[Threshold], metrics: Sequence[Metric]) -> tuple[Asked, ...]:
    """What to ask for the values of thresholds, in a run that has these metrics."""
    types = {metric.name: metric.type for metric in metrics}
    queries = (each.query(types[each.metric]) for each in thresholds if each.metric in types)
    return tuple(dict.fromkeys(Asked(query) for query in queries if query))


def verdicts(
    thresholds: Sequence[Threshold],
    metrics: Sequence[Metric] | None,
    known: Known,
    served: Sequence[ThresholdVerdict],
    detail: RunDetail | None,
) -> tuple[Verdict, ...]:
    """The verdict of each threshold, in the same order; `metrics` is None as long as these are not known."""
    types = {metric.name: metric.type for metric in metrics} if metrics is not None else None
    stopped_by = _stopped_by(thresholds, detail)
    said = _by_samples(served)
    is_live = detail is not None and not detail.run.is_finished
    found = []
    for each in thresholds:
        computed = _computed(each, types, known)
        # While the run goes on, our own value is the newer one, and that of the charts.
        by_server = None if is_live and computed.state in {"passed", "failed"} else _served(each, said)
        found.append(_verdict(each, types or {}, computed, by_server, aborted=each in stopped_by))
    return tuple(found)


def _thresholds(found: Mapping[Any, Any]) -> Iterator[Threshold]:
    for key, each in found.items():
        for one in each if isinstance(each, list) else [each]:
            if one is not None:
                yield _threshold(str(key), one)


def _threshold(key: str, written: object) -> Threshold:
    given = written if isinstance(written, Mapping) else {"threshold": written}
    source = given.get("threshold")
    subject, said = syntax.subject(key), syntax.expression(source) if isinstance(source, str) else None
    delay = given.get("delayAbortEval")
    return Threshold(
        subject.metric,
        subject.matchers,
        source if isinstance(source, str) else str(written)[:200],
        *(said or syntax.Expression())[:4],
        abort_on_fail=given.get("abortOnFail") is True,
        delay_s=seconds(delay) if delay is not None else None,
        problem=subject.problem or (said.problem if said else syntax.NOT_UNDERSTOOD),
    )


class _Computed(NamedTuple):
    """What the metrics say; `remark` is why they do not."""

    state: State
    value: float | None = None
    remark: str = ""


def _verdict(
    threshold: Threshold, types: Mapping[str, str], computed: _Computed, said: ThresholdVerdict | None, *, aborted: bool
) -> Verdict:
    metric_type = types.get(threshold.metric) or _LIKELY_TYPES.get(threshold.aggregate, "trend")
    unit, per_s = unit_of(threshold.metric, metric_type), threshold.aggregate == "rate" and metric_type == "counter"
    state, value, remark = computed
    if said:
        value = said.value if said.value is not None else value
        has_none = value is None and computed.state == "no samples"
        state = "failed" if said.tainted else "no samples" if has_none else "passed"
        remark = ""
        if {computed.state, state} == {"failed", "passed"}:
            remark = (
                f"Grafana Cloud k6 says “{state}”, and that is shown here; "
                f"k6desk finds “{computed.state}” with {words(computed.value, unit, per_s=per_s)}."
            )
    if aborted:
        state = "failed"
    margin = threshold.margin(value) if value is not None else None
    share = margin / room if margin is not None and (room := _room(threshold, unit)) else None
    return Verdict(threshold, value, state, margin, aborted, said is None, share, unit, per_s, remark)


def _room(threshold: Threshold, unit: Unit) -> float:
    """What a margin is compared with; 0 if there is nothing to compare it with."""
    if threshold.limit is None or threshold.operator in {"==", "===", "!="}:
        return 0.0
    # Of a rate that is to be high, little may go wrong: 0.9 % to spare are much where 1 % is allowed.
    return abs(1 - threshold.limit if unit == "share" and ">" in threshold.operator else threshold.limit)


def _computed(threshold: Threshold, types: Mapping[str, str] | None, known: Known) -> _Computed:
    if threshold.problem:
        return _Computed("unknown", None, threshold.problem)
    if types is None:
        return _Computed("unknown", None, "The metrics of the run are not known here yet.")
    if threshold.metric not in types:
        return _Computed("no samples")
    query = threshold.query(types[threshold.metric])
    if query is None:
        kind = types[threshold.metric]
        return _Computed("unknown", None, f"The metric is a {kind}, and there is no “{threshold.aggregate}” of that.")
    answer = known(Asked(query))
    if answer is None:
        return _Computed("unknown", None, "Its value is not known here yet.")
    value = single(answer)
    if value is None:
        return _Computed("no samples")
    return _Computed("passed" if threshold.is_met(value) else "failed", value)


def _by_samples(served: Sequence[ThresholdVerdict]) -> dict[Samples, list[ThresholdVerdict]]:
    found: dict[Samples, list[ThresholdVerdict]] = {}
    for each in served:
        subject = syntax.subject(each.metric)
        found.setdefault((subject.metric, frozenset(subject.matchers)), []).append(each)
    return found


def _served(threshold: Threshold, said: Mapping[Samples, list[ThresholdVerdict]]) -> ThresholdVerdict | None:
    of_samples = said.get((threshold.metric, frozenset(threshold.matchers)), ())
    return next((each for each in of_samples if _is_of(each, threshold)), None)


def _is_of(said: ThresholdVerdict, threshold: Threshold) -> bool:
    if said.stat.strip() == threshold.source.strip():
        return True
    wanted = (threshold.aggregate, threshold.share)
    whole = syntax.expression(said.stat)
    if not whole.problem:
        return whole[:4] == (*wanted, threshold.operator, threshold.limit)
    return syntax.aggregate(said.stat.strip()) == wanted and said.limit == threshold.limit


def _stopped_by(thresholds: Sequence[Threshold], detail: RunDetail | None) -> tuple[Threshold, ...]:
    """The thresholds that stopped the run: those that the server's words name, or the only one that may."""
    if detail is None or detail.run.status != "aborted":
        return ()
    entry = next((each for each in reversed(detail.status_history) if each.type == "aborted"), None)
    if entry and entry.by_user:
        return ()
    said = " ".join(filter(None, (entry.message if entry else None, detail.result_message)))
    if not CROSSED & {entry.code if entry else None, detail.result_code} and "threshold" not in said.lower():
        return ()
    able = [each for each in thresholds if each.abort_on_fail] or thresholds  # the server may leave that out
    named = [each for each in able if each.metric in said]
    exactly = [each for each in named if each.source and each.source in said]
    return tuple(exactly or named or (able if len(able) == 1 else ()))
