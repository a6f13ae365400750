"""The samples of one metric of one run, three seconds at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

STEP_S = 3
"""How long the steps are in which k6 sends samples to the cloud."""

MetricType = Literal["counter", "gauge", "rate", "trend"]
Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.signedinteger[Any]]
Labels = dict[str, str]


class Whole(NamedTuple):
    """What is known of a trend over a whole run to the last digit; `quantiles` has (share, value) in order."""

    min: float
    avg: float
    max: float
    quantiles: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One row for each series and step that has samples.

    `series` are places in `labels`, `step` counts from the start of the load. The columns of a counter: `sum`; of a
    rate: `total` and `nonzero`; of a gauge: `last`, `min`, `max` and `avg`; of a trend: `count` and `avg`, and `knots`
    with a value for each of the `shares` (0 to 1): between two of them values are spread evenly. `whole` has more exact
    values of some selections of series, by the selector's matchers.
    """

    type: MetricType
    labels: Sequence[Labels]
    series: Ints
    step: Ints
    columns: Mapping[str, Floats]
    shares: tuple[float, ...] = ()
    whole: Mapping[tuple[tuple[str, str, str], ...], Whole] = field(default_factory=dict)

    def scaled(self, factor: float) -> Table:
        """A trend whose values are all `factor` times as large."""
        columns = {**self.columns, **{name: self.columns[name] * factor for name in ("knots", "avg")}}
        return Table(self.type, self.labels, self.series, self.step, columns, self.shares)

    def rows(self, wanted: NDArray[np.bool_]) -> Table:
        """Some of its rows."""
        columns = {name: column[wanted] for name, column in self.columns.items()}
        return Table(self.type, self.labels, self.series[wanted], self.step[wanted], columns, self.shares, self.whole)
