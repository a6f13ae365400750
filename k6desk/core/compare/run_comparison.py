"""Runs side by side: their figures, their requests, and how much of a difference is more than noise. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from k6desk.api.metrics import Query, quantile
from k6desk.api.models import Run, RunDetail
from k6desk.core.metrics.asked import Asked, Known, by_labels, single
from k6desk.core.metrics.load_span import SampleSpan, load_s
from k6desk.core.metrics.requests import Label, label_of
from k6desk.core.summary.summary import LOAD

Direction = Literal["lower", "higher", "neither"]
"""Which way is better."""
FigureUnit = Literal["ms", "bytes", "share", "count", "s", "VUH"]
Verdict = Literal["better", "worse", "about the same", "different", ""]
"""`different` where neither way is better, "" where one of two values is missing."""


FLOORS = {"ms": 5.0, "share": 0.005}
"""What nobody would call a difference, by unit."""


class Tolerance(Struct, frozen=True):
    """What is taken for noise: a difference of up to this `share` of the larger value, or up to the floor of its unit.

    With a share of 0 nothing is noise.
    """

    share: float = 0.05

    def covers(self, old: float, new: float, unit: str) -> bool:
        """Whether two values are about the same."""
        if self.share <= 0:
            return old == new
        return abs(new - old) <= max(FLOORS.get(unit, 0.0), self.share * max(abs(old), abs(new)))


USUAL = Tolerance()


class Change(Struct, frozen=True):
    """What became of a value; None where there is nothing to compare, `relative` (0.1 = 10 % more) also after a 0."""

    absolute: float | None = None
    relative: float | None = None
    verdict: Verdict = ""


def change(old: float | None, new: float | None, unit: str, better: Direction, tolerance: Tolerance = USUAL) -> Change:
    """What became of `old`."""
    if old is None or new is None:
        return Change()
    absolute = new - old
    verdict: Verdict = "different"
    if tolerance.covers(old, new, unit):
        verdict = "about the same"
    elif better != "neither":
        verdict = "better" if (absolute < 0) == (better == "lower") else "worse"
    return Change(absolute, absolute / abs(old) if old else None, verdict)


# -- the figures of whole runs -----------------------------------------------------------------------------------------


class Figure(Struct, frozen=True):
    """A row of the table of figures. What no metric tells (`query` None) is read from the run itself."""

    title: str
    unit: FigureUnit
    better: Direction
    query: Query | None = None
    per_s: bool = False


class Row(Struct, frozen=True):
    """A figure of each run, and what became of that of the first."""

    figure: Figure
    values: tuple[float | None, ...]
    changes: tuple[Change, ...]


def _response(title: str, method: str) -> Figure:
    return Figure(f"{title} response time", "ms", "lower", Query("http_req_duration", method))


VUS = Figure("Virtual users, most", "count", "neither")
DURATION = Figure("Duration of the load", "s", "neither")
BILLED = Figure("Billed time", "s", "neither")
COST = Figure("Cost", "VUH", "neither")
FIGURES = (
    _response("Average", "histogram_avg"),
    _response("Median", quantile(0.5)),
    _response("p95", quantile(0.95)),
    _response("p99", quantile(0.99)),
    _response("Longest", "histogram_max"),
    Figure("Request rate", "count", "higher", Query("http_reqs", "rate"), per_s=True),
    Figure("Requests", "count", "neither", Query("http_reqs", "increase")),
    Figure("Failed requests", "share", "lower", Query("http_req_failed", "ratio")),
    Figure("Checks that passed", "share", "higher", Query("checks", "ratio")),
    Figure("Checks that failed", "count", "lower", Query("checks", "increase_z")),
    Figure("Iterations", "count", "neither", Query("iterations", "increase")),
    Figure("Data received", "bytes", "neither", Query("data_received", "increase")),
    Figure("Data sent", "bytes", "neither", Query("data_sent", "increase")),
    VUS,
    DURATION,
    BILLED,
    COST,
)
FIGURE_ASKS = tuple(Asked(figure.query) for figure in FIGURES if figure.query)


def figures_of(run: Run, detail: RunDetail | None, known: Known) -> dict[Figure, float | None]:
    """The figures of one run as far as they are known; VUH are an estimate until it has ended."""
    samples = SampleSpan()
    samples.take_in([known(LOAD)])
    own = {
        VUS: run.max_vus,
        DURATION: load_s(run, detail, samples.ends),
        BILLED: run.execution_duration_s,
        COST: run.vuh,
    }
    return {figure: single(known(Asked(figure.query))) if figure.query else own[figure] for figure in FIGURES}


def compare_figures(
    runs: Sequence[Mapping[Figure, float | None]], tolerance: Tolerance = USUAL, *, is_whole: bool = True
) -> list[Row]:
    """The figures of runs beside each other, compared with those of the first.

    What no run has is left out, unless not all of it `is_whole`: something is still on its way.
    """
    rows = []
    for figure in FIGURES:
        values = tuple(run.get(figure) for run in runs)
        if not is_whole or any(value is not None for value in values):
            changes = tuple(change(values[0], value, figure.unit, figure.better, tolerance) for value in values)
            rows.append(Row(figure, values, changes))
    return rows


# -- the requests of two runs ------------------------------------------------------------------------------------------


def _request_asks(label: Label) -> tuple[Asked, ...]:
    """Their count, average and p95 in ms, and the share that failed."""
    each = (label, "method")
    return (
        Asked(Query("http_reqs", "increase", each)),
        Asked(Query("http_req_duration", "histogram_avg", each)),
        Asked(Query("http_req_duration", quantile(0.95), each)),
        Asked(Query("http_req_failed", "ratio", each)),
    )


_REQUESTS: dict[Label, tuple[Asked, ...]] = {"name": _request_asks("name"), "url": _request_asks("url")}
REQUEST_ASKS = _REQUESTS["name"]

Kind = Literal["new failures", "slower", "only in the second", "only in the first", "about the same", "faster"]
"""What happened to a request, the worst first; one that fails less is `faster` unless it became slower."""
KINDS: tuple[Kind, ...] = (
    "new failures",
    "slower",
    "only in the second",
    "only in the first",
    "about the same",
    "faster",
)


class Request(Struct, frozen=True):
    """All requests of one run with a name and a method, whatever they were answered. Times in ms, `failed` 0..1."""

    name: str
    method: str
    count: float = 0.0
    average: float | None = None
    p95: float | None = None
    failed: float | None = None


class RequestChange(Struct, frozen=True):
    """What became of a request, and the `damage`: more failures, or else milliseconds that all of them took longer."""

    kind: Kind
    damage: float
    old: Request | None
    new: Request | None

    @property
    def either(self) -> Request:
        """The newer one, or the older where that is the only one."""
        found = self.new or self.old
        assert found, "a change has at least one side"
        return found


def request_asks(known: Known) -> tuple[Asked, ...]:
    """What to ask for, by what is known already: `REQUEST_ASKS`, and where requests have no names the same by URL."""
    return _REQUESTS[_label(known)]


def requests_of(known: Known) -> dict[tuple[str, str], Request] | None:
    """The requests of one run by name, or URL where they have none, and method; None while that is not known."""
    label = _label(known)
    counted, *others = (known(asked) for asked in _REQUESTS[label])
    if counted is None:
        return None
    sides = [by_labels(answer, label, "method") for answer in others]
    return {
        (name, method): Request(name, method, count, *(side.get((name, method)) for side in sides))
        for (name, method), count in by_labels(counted, label, "method").items()
    }


def requests_left_out(known: Known) -> int:
    """How many requests of a run were too many to be read."""
    counted = known(request_asks(known)[0])
    return counted.left_out if counted else 0


def _label(known: Known) -> Label:
    return label_of(known(REQUEST_ASKS[0]))


def compare_requests(
    old: Mapping[tuple[str, str], Request],
    new: Mapping[tuple[str, str], Request],
    tolerance: Tolerance = USUAL,
) -> list[RequestChange]:
    """What became of the requests of one run in another, sorted by the damage."""
    found = [_compare_request(old.get(key), new.get(key), tolerance) for key in _keys(old, new)]
    return sorted(found, key=lambda one: (KINDS.index(one.kind), -one.damage, one.either.name, one.either.method))


def _compare_request(old: Request | None, new: Request | None, tolerance: Tolerance) -> RequestChange:
    if old is None or new is None:
        count = new.count if new else old.count if old else 0.0
        return RequestChange("only in the second" if new else "only in the first", count, old, new)
    failing = change(old.failed, new.failed, "share", "lower", tolerance)
    if failing.verdict == "worse" and failing.absolute:
        return RequestChange("new failures", failing.absolute * new.count, old, new)
    average = change(old.average, new.average, "ms", "lower", tolerance)
    p95 = change(old.p95, new.p95, "ms", "lower", tolerance)
    verdicts = {failing.verdict, average.verdict, p95.verdict}
    kind: Kind = "slower" if "worse" in verdicts else "faster" if "better" in verdicts else "about the same"
    return RequestChange(kind, (average.absolute or 0.0) * new.count, old, new)


def _keys(*sides: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return list(dict.fromkeys(key for side in sides for key in side))


# -- curves ------------------------------------------------------------------------------------------------------------


class Curve(Struct, frozen=True):
    """A chart with a line for each run."""

    title: str
    unit: Literal["ms", "share", "count"]
    query: Query
    per_s: bool = False


CURVES = (
    Curve("Response time, p95", "ms", Query("http_req_duration", quantile(0.95))),
    Curve("Request rate", "count", Query("http_reqs", "rate"), per_s=True),
    Curve("Failed requests", "share", Query("http_req_failed", "ratio")),
    Curve("Virtual users", "count", Query("vus", "last", ("instance_id",), fold="sum")),
)
CURVE_ASKS = tuple(Asked(curve.query, over_time=True) for curve in CURVES)
