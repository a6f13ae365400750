"""Queries over tables: curves, and values of a whole run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from k6desk.demo.errors import Refusal
from k6desk.demo.metrics.distributions import mean_square, quantile
from k6desk.demo.metrics.expressions import Expression, Selector
from k6desk.demo.metrics.tables import STEP_S, Floats, Ints, Labels, MetricType, Table, Whole

_FOLDS: Mapping[str, Callable[[Floats], float]] = {
    "min": np.nanmin,
    "max": np.nanmax,
    "sum": np.nansum,
    "avg": np.nanmean,
}


@dataclass(frozen=True, slots=True)
class Bins:
    """What steps are put together: `of_step` says in which bin each of them is; those before the first are in bin 0.

    `length_s` is how long each bin is, and `end_s` when it ends after the start of the load. `step_at_s` and `at_s` are
    the times of the steps and the bins in seconds since the epoch. Bin 0 is never told. `is_whole` says that there is
    one more bin, of everything that there will ever be.
    """

    of_step: Ints
    step_at_s: Floats
    length_s: Floats
    end_s: Floats
    at_s: Floats
    is_whole: bool = False

    @property
    def count(self) -> int:
        """How many bins there are, bin 0 included."""
        return len(self.length_s)


class Curve(NamedTuple):
    """One series of an answer: its labels, and a value for each bin; NaN where there is none."""

    labels: dict[str, str]
    values: Floats


class _Cells(NamedTuple):
    """The rows of a table by the group and the bin that they are in."""

    table: Table
    cell: Ints
    groups: int
    bins: Bins

    @property
    def size(self) -> int:
        return self.groups * self.bins.count

    def sums(self, weights: Floats) -> Floats:
        sums: Floats = np.bincount(self.cell, weights, self.size).astype(float).reshape(self.groups, -1)
        return sums

    def totals(self, weights: Floats) -> Floats:
        """The sums of all bins up to each."""
        return np.cumsum(self.sums(weights), axis=1)

    def extremes(self, column: Floats, fold: np.ufunc, otherwise: float) -> Floats:
        found = np.full(self.size, otherwise)
        fold.at(found, self.cell, column)
        return found.reshape(self.groups, -1)

    @property
    def are_there(self) -> NDArray[np.bool_]:
        return np.bincount(self.cell, minlength=self.size).reshape(self.groups, -1) > 0


def evaluate(table: Table, expression: Expression, selector: Selector, bins: Bins) -> list[Curve]:
    """The series of an answer in the order of their labels; Refusal when the method is none of this type of metric."""
    method = _method(table.type, expression)
    group_of, groups = _grouped(table.labels, expression.by, selector)
    group = group_of[table.series]
    wanted = (group >= 0) & (table.step < len(bins.of_step))
    if not wanted.any():
        return []
    rows = table.rows(wanted)
    cells = _Cells(rows, group[wanted] * bins.count + bins.of_step[rows.step], len(groups), bins)
    whole = table.whole.get(selector.wanted) if bins.is_whole and not expression.by else None
    values = method(cells, expression.argument, whole)[:, 1:]
    curves = [Curve(labels, line) for labels, line in zip(groups, values, strict=True) if not np.isnan(line).all()]
    if expression.fold:
        curves = _folded(curves, expression)
    return sorted(curves, key=lambda curve: tuple(curve.labels.items()))


def _grouped(labels: Sequence[Labels], by: tuple[str, ...], selector: Selector) -> tuple[Ints, list[dict[str, str]]]:
    """The group of each series, -1 when it is not wanted, and the labels of each group."""
    places: dict[tuple[tuple[str, str], ...], int] = {}
    group_of = np.full(len(labels), -1)
    for place, one in enumerate(labels):
        if selector.matches(one):
            key = tuple((name, one[name]) for name in by if name in one)
            group_of[place] = places.setdefault(key, len(places))
    return group_of, [dict(key) for key in places]


def _folded(curves: list[Curve], expression: Expression) -> list[Curve]:
    assert expression.fold is not None
    fold = _FOLDS[expression.fold]
    found: dict[tuple[tuple[str, str], ...], list[Floats]] = {}
    for labels, values in curves:
        key = tuple((name, labels[name]) for name in expression.fold_by if name in labels)
        found.setdefault(key, []).append(values)
    return [Curve(dict(key), _fold_lines(fold, np.array(lines))) for key, lines in found.items()]


def _fold_lines(fold: Callable[[Floats], float], lines: Floats) -> Floats:
    columns = (column[~np.isnan(column)] for column in lines.T)
    return np.array([fold(column) if len(column) else np.nan for column in columns])


# -- methods -----------------------------------------------------------------------------------------------------------

_Method = Callable[[_Cells, float | None, Whole | None], Floats]


def _method(kind: MetricType, expression: Expression) -> _Method:
    method = _METHODS[kind].get(expression.method)
    if method is None:
        known = ", ".join(_METHODS[kind])
        raise Refusal(400, f"A {kind} has no method {expression.method!r}; it has {known}.", "query")
    needs = expression.method in ("max_rate", "histogram_quantile")
    if needs and expression.argument is None:
        raise Refusal(400, f"{expression.method} needs a number in parentheses.", "query")
    if expression.argument is not None and not needs:
        raise Refusal(400, f"{expression.method} takes no number.", "query")
    if expression.method == "histogram_quantile" and expression.argument is not None and expression.argument > 1:
        raise Refusal(400, "A quantile must be between 0 and 1.", "query")
    return method


def _only_where(there: NDArray[np.bool_], values: Floats) -> Floats:
    return np.where(there, values, np.nan)


def _since_first(there: NDArray[np.bool_], values: Floats) -> Floats:
    return np.where(np.maximum.accumulate(there, axis=1), values, np.nan)


def _counted(way: str, weights: Callable[[Table], Floats]) -> _Method:
    """How counters and the counts in rates and trends are told: `way` is increase, rate, value or cumrate."""

    def count(cells: _Cells, _argument: float | None, _whole: Whole | None) -> Floats:
        column = weights(cells.table)
        if way in ("value", "cumrate"):
            totals = cells.totals(column)
            shown = totals / cells.bins.end_s if way == "cumrate" else totals
            return _since_first(cells.are_there, shown)
        sums = cells.sums(column)
        return _only_where(cells.are_there, sums / cells.bins.length_s if way == "rate" else sums)

    return count


def _max_rate(cells: _Cells, argument: float | None, _whole: Whole | None) -> Floats:
    """The highest rate of any window of so many seconds that ends in the bin."""
    assert argument is not None
    steps = len(cells.bins.of_step)
    width = min(max(1, ceil(argument / STEP_S)), max(1, steps))
    group = cells.cell // cells.bins.count
    sums = np.bincount(group * steps + cells.table.step, cells.table.columns["sum"], cells.groups * steps)
    totals = np.cumsum(sums.reshape(cells.groups, steps), axis=1)
    windows = totals.copy()
    windows[:, width:] -= totals[:, :-width]
    highest = np.zeros((cells.groups, cells.bins.count))
    for line, window in zip(highest, windows, strict=True):
        np.maximum.at(line, cells.bins.of_step, window / (width * STEP_S))
    return _only_where(cells.are_there, highest)


def _last(cells: _Cells, _argument: float | None, _whole: Whole | None) -> Floats:
    values = np.full(cells.size, np.nan)
    order = np.lexsort((cells.table.series, cells.table.step))
    values[cells.cell[order]] = cells.table.columns["last"][order]
    return values.reshape(cells.groups, -1)


def _last_time(cells: _Cells, _argument: float | None, _whole: Whole | None) -> Floats:
    return _only_where(cells.are_there, cells.extremes(cells.bins.step_at_s[cells.table.step], np.maximum, 0))


def _average(cells: _Cells, _argument: float | None, _whole: Whole | None) -> Floats:
    there = cells.are_there
    counts = np.maximum(cells.sums(np.ones(len(cells.cell))), 1)
    return _only_where(there, cells.sums(cells.table.columns["avg"]) / counts)


def _extreme(name: str, fold: np.ufunc, otherwise: float) -> _Method:
    def extreme(cells: _Cells, _argument: float | None, _whole: Whole | None) -> Floats:
        return _only_where(cells.are_there, cells.extremes(cells.table.columns[name], fold, otherwise))

    return extreme


def _ratio(cells: _Cells, _argument: float | None, _whole: Whole | None) -> Floats:
    columns = cells.table.columns
    totals = cells.sums(columns["total"])
    return _only_where(totals > 0, cells.sums(columns["nonzero"]) / np.maximum(totals, 1))


def _zero(table: Table) -> Floats:
    return table.columns["total"] - table.columns["nonzero"]


def _knot(place: int, fold: np.ufunc, otherwise: float) -> _Method:
    def extreme(cells: _Cells, _argument: float | None, whole: Whole | None) -> Floats:
        values = cells.extremes(cells.table.columns["knots"][:, place], fold, otherwise)
        if whole:
            values[:, 1:] = whole.max if place else whole.min
        return _only_where(cells.are_there, values)

    return extreme


def _mean(cells: _Cells, _argument: float | None, whole: Whole | None) -> Floats:
    columns = cells.table.columns
    counts = cells.sums(columns["count"])
    means = cells.sums(columns["count"] * columns["avg"]) / np.maximum(counts, 1)
    if whole:
        means[:, 1:] = whole.avg
    return _only_where(counts > 0, means)


def _deviation(cells: _Cells, _argument: float | None, _whole: Whole | None) -> Floats:
    columns = cells.table.columns
    counts = cells.sums(columns["count"])
    n = np.maximum(counts, 1)
    squares = cells.sums(columns["count"] * mean_square(columns["knots"], cells.table.shares)) / n
    means = cells.sums(columns["count"] * columns["avg"]) / n
    return _only_where(counts > 0, np.sqrt(np.maximum(squares - means * means, 0)))


def _quantile(cells: _Cells, argument: float | None, whole: Whole | None) -> Floats:
    assert argument is not None
    used, cell = np.unique(cells.cell, return_inverse=True)
    columns = cells.table.columns
    found = quantile(argument, cell, len(used), columns["count"], columns["knots"], cells.table.shares)
    values = np.full(cells.size, np.nan)
    values[used] = found
    if whole:
        known = [(0.0, whole.min), *whole.quantiles, (1.0, whole.max)]
        low = max(value for share, value in known if share <= argument)
        high = min(value for share, value in known if share >= argument)
        values = np.clip(values, low, high)
    return values.reshape(cells.groups, -1)


_WAYS = ("increase", "rate", "value")
_METHODS: Mapping[MetricType, Mapping[str, _Method]] = {
    "counter": {
        **{way: _counted(way, lambda table: table.columns["sum"]) for way in (*_WAYS, "cumrate")},
        "max_rate": _max_rate,
    },
    "gauge": {
        "last": _last,
        "min": _extreme("min", np.minimum, np.inf),
        "max": _extreme("max", np.maximum, -np.inf),
        "avg": _average,
        "last_time": _last_time,
    },
    "rate": {
        **{
            f"{way}_total": _counted(way, lambda table: table.columns["total"]) for way in ("increase", "rate", "value")
        },
        **{f"{way}_nz": _counted(way, lambda table: table.columns["nonzero"]) for way in ("increase", "rate", "value")},
        **{f"{way}_z": _counted(way, _zero) for way in ("increase", "rate", "value")},
        "ratio": _ratio,
    },
    "trend": {
        "histogram_min": _knot(0, np.minimum, np.inf),
        "histogram_max": _knot(-1, np.maximum, -np.inf),
        "histogram_avg": _mean,
        "histogram_stddev": _deviation,
        "histogram_count_increase": _counted("increase", lambda table: table.columns["count"]),
        "histogram_count_value": _counted("value", lambda table: table.columns["count"]),
        "histogram_quantile": _quantile,
    },
}
