"""The thresholds of k6 options: what of a metric must be how, and how it is now."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from k6desk.demo.metrics.expressions import Expression, Selector, selector_of

if TYPE_CHECKING:
    from k6desk.demo.metrics.tables import MetricType

_EXPRESSION = re.compile(
    r"\s*(avg|min|max|med|count|rate|value|p\(\s*(\d{1,3}(?:\.\d+)?)\s*\))\s*(<=|>=|===|==|!=|<|>)\s*"
    r"([+-]?\d{1,15}(?:\.\d{1,15})?)\s*",
    re.ASCII,
)
_KEY = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\{(.*)\})?\s*", re.ASCII | re.DOTALL)
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "===": operator.eq,
    "!=": operator.ne,
}
_METHODS: Mapping[MetricType, Mapping[str, str]] = {
    "counter": {"count": "increase", "rate": "rate"},
    "gauge": {"value": "last"},
    "rate": {"rate": "ratio"},
    "trend": {"avg": "histogram_avg", "min": "histogram_min", "max": "histogram_max"},
}


class Limit(NamedTuple):
    """One threshold: `key` and `source` as the options have them, and what can be read of the source."""

    key: str
    source: str
    selector: Selector
    aggregate: str
    share: float | None
    operator: str
    limit: float | None

    def is_met(self, value: float) -> bool:
        """Whether a value keeps to it."""
        return self.limit is None or _COMPARE[self.operator](value, self.limit)

    def expression(self, kind: MetricType) -> Expression | None:
        """What to ask for its value; None when this type of metric has no such value."""
        if kind == "trend" and self.share is not None:
            return Expression("histogram_quantile", self.share, ())
        method = _METHODS[kind].get(self.aggregate)
        return Expression(method, None, ()) if method else None


def limits_of(options: Mapping[str, Any]) -> list[Limit]:
    """The thresholds of k6 options in their order; what is none is left out."""
    found = []
    thresholds = options.get("thresholds")
    for key, written in thresholds.items() if isinstance(thresholds, Mapping) else ():
        for one in written if isinstance(written, list) else [written]:
            source = one.get("threshold") if isinstance(one, Mapping) else one
            match = _KEY.fullmatch(key)
            if isinstance(source, str) and match:
                found.append(_limit(key, source, match))
    return found


def _limit(key: str, source: str, match: re.Match[str]) -> Limit:
    tags = [part.partition(":") for part in (match[2] or "").split(",") if ":" in part]
    wanted = [(name.strip(), "=", value.strip().strip("\"'")) for name, _, value in tags]
    selector = selector_of(match[1], wanted)
    read = _EXPRESSION.fullmatch(source)
    if read is None:
        return Limit(key, source, selector, "", None, "", None)
    share = 0.5 if read[1] == "med" else min(float(read[2]) / 100, 1.0) if read[2] else None
    return Limit(key, source, selector, read[1], share, read[3], float(read[4]))
