"""What can be asked of a run's metrics, as API v5 words it, and what it answers.

A `Query` is one method on the samples of one metric, e.g. `histogram_quantile(0.95) by (name)` on
`http_req_duration{status!="0"}`. Asked over time it gives curves, asked over a whole run one value for each series.
Methods by the type of the metric: counter `increase rate value cumrate max_rate(s)`; gauge `last min max avg
last_time`; rate `{increase,rate,value}_{total,nz,z}` and `ratio`; trend `histogram_{min,max,avg,stddev,count_increase,
count_value}` and `histogram_quantile(q)`. Source: Grafana Cloud k6 REST API v5, "Metrics".
"""

from __future__ import annotations

import json
from typing import Literal

from msgspec import Struct

MetricType = Literal["counter", "gauge", "rate", "trend"]
Fold = Literal["min", "max", "sum", "avg"]

RUN_LABEL = "test_run_id"
"""The label by which an answer over several runs tells these apart."""


class Metric(Struct, frozen=True):
    """A metric that a run has samples of. `type` is a `MetricType` or a word that is not known yet."""

    name: str
    type: str
    is_builtin: bool = True


class Matcher(Struct, frozen=True):
    """A condition on one label; `=~` and `!~` match a regular expression (RE2) against the whole value."""

    label: str
    value: str
    operator: Literal["=", "!=", "=~", "!~"] = "="

    def __str__(self) -> str:
        return f"{self.label}{self.operator}{json.dumps(self.value, ensure_ascii=False)}"


class Query(Struct, frozen=True):
    """One method on the samples of one metric, perhaps a series for each value of the labels `by`.

    With `fold` the series of `by` are folded into one, or into one for each value of `fold_by`: `sum(last by (a))`.
    """

    metric: str
    method: str
    by: tuple[str, ...] = ()
    matchers: tuple[Matcher, ...] = ()
    fold: Fold | None = None
    fold_by: tuple[str, ...] = ()

    @property
    def expression(self) -> str:
        """As the parameter `query` of the API has it."""
        inner = self.method + _by(self.by)
        return f"{self.fold}({inner}){_by(self.fold_by)}" if self.fold else inner

    @property
    def selector(self) -> str:
        """As the parameter `metric` of the API has it."""
        return self.metric + (f"{{{','.join(map(str, self.matchers))}}}" if self.matchers else "")


class Series(Struct, frozen=True):
    """The samples of one combination of labels, in order of time.

    `times` are seconds since the epoch and `values` the values in the unit of the metric, both as 64-bit floats of
    this computer's byte order: `array("d", series.times)` and `numpy.frombuffer(series.times)` read them. A value may
    be NaN or infinite: a gap. An answer over a whole run has one sample, and its time says nothing.
    """

    labels: dict[str, str]
    times: bytes
    values: bytes


class Answer(Struct, frozen=True):
    """The series of one query; empty if there is no data. `left_out` more were too many, or could not be read."""

    series: tuple[Series, ...] = ()
    left_out: int = 0


class ThresholdVerdict(Struct, frozen=True):
    """What the server says of one threshold of a run: `stat` is `p(95)<300`, `value` the limit; `tainted` = crossed."""

    metric: str
    stat: str
    limit: float | None
    value: float | None
    tainted: bool


def quantile(share: float) -> str:
    """The method for a quantile of a trend, `share` from 0 to 1."""
    return f"histogram_quantile({share:.10g})"


def argument(value: str) -> str:
    """A text as an argument in the parentheses of a v5 operation: in single quotes, inner ones doubled."""
    return "'" + value.replace("'", "''") + "'"


def _by(labels: tuple[str, ...]) -> str:
    return f" by ({','.join(labels)})" if labels else ""
