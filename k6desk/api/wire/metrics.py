"""Answers about metrics: their names, series, labels and samples, and the verdicts on thresholds.

An answer may have 50,000 series: it is cut into their JSON at once, and only as many as are kept are read.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from operator import ge
from time import sleep
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from k6desk.api.errors import BadAnswer
from k6desk.api.lenient import JsonObject, bad_answer, clean
from k6desk.api.metrics import Answer, Metric, Series, ThresholdVerdict
from k6desk.api.wire.lists import UNREADABLE, decoded, page

MOST_SERIES = 500
"""So many series of an answer are kept: the first, for which of them matter only whoever asks can know."""

MOST_NAMED = 10_000
"""So many series are named when only their labels are asked for."""

GREATEST = 2.0**63
"""From here on a value is no measurement, and no whole number that a database or Qt can hold."""
LAST_S = 4_102_444_800
"""From this time on, the year 2100, no run has samples: neither a clock that is wrong nor a calendar gets that far."""

LONG = 1 << 17
"""An answer that is longer, in bytes, is to be read in another thread than the window's."""

_NAME = "__name__"
_TRUE, _FALSE = (True, 1, "true", "True", "1"), (False, 0, "false", "False", "0")

T = TypeVar("T")
_Samples = list[tuple[float, float | str | None]]


class _Result(Struct):
    result: list[Raw] | None


class _Answer(Struct):
    data: _Result


class _Listed(Struct):
    data: list[Raw] | None


class _Row(Struct):
    metric: dict[str, Any] | None = None
    values: _Samples | None = None
    value: tuple[float, float | str | None] | None = None


_ANSWER, _LISTED = msgspec.json.Decoder(_Answer), msgspec.json.Decoder(_Listed)
_ROW, _LABELS, _TEXT = msgspec.json.Decoder(_Row), msgspec.json.Decoder(dict[str, Any]), msgspec.json.Decoder(str)


def metrics(body: bytes) -> tuple[Metric, ...]:
    """The metrics of a run or a load test."""
    return tuple(page(body, _metric)[0].rows)


def answer(body: bytes) -> Answer:
    """The series of a query, over time or over a whole run, without the label for the name of the metric.

    A series without samples is no series. One that cannot be read is left out like those beyond `MOST_SERIES`.
    """
    rows = decoded(_ANSWER, body).data.result or []
    kept: list[Series] = []
    left_out = 0
    for done, row in enumerate(rows):
        if len(body) > LONG:
            sleep(0)  # so the window need not wait until Python takes the turn from this thread, which is 5 ms
        if len(kept) == MOST_SERIES:
            left_out += len(rows) - done
            break
        samples = _samples(row)
        if samples is None:
            left_out += 1
        elif samples.times:
            kept.append(samples)
    return Answer(tuple(kept), left_out)


def series(body: bytes) -> tuple[dict[str, str], ...]:
    """The labels of series, the name of the metric among them; those that cannot be read are left out."""
    rows = (decoded(_LISTED, body).data or [])[:MOST_NAMED]
    return tuple(labels for labels in map(_labels_of, rows) if labels)


def names(body: bytes) -> tuple[str, ...]:
    """The names of labels, or the values of one."""
    return tuple(_texts(decoded(_LISTED, body).data or []))


def verdicts(body: bytes) -> tuple[ThresholdVerdict, ...]:
    """What the server says of the thresholds of a run; one that does not say whether it was crossed is left out."""
    fields = JsonObject.parse(body)
    if not isinstance(fields.members.get("k6-thresholds"), list):
        raise bad_answer()
    return fields.objects("k6-thresholds", _verdict)


def _metric(fields: JsonObject) -> Metric | None:
    name = fields.text("name")
    if not name:
        return None
    return Metric(name, fields.text("type") or "", is_builtin=fields.text("origin") in {None, "builtin"})


def _verdict(fields: JsonObject) -> ThresholdVerdict | None:
    metric, stat, tainted = fields.text("name"), fields.text("stat"), fields.members.get("tainted")
    if metric is None or stat is None or tainted not in (*_TRUE, *_FALSE):
        return None
    value = fields.amount("calculated_value")
    if value is not None and abs(value) >= GREATEST:
        value = None
    return ThresholdVerdict(metric, stat, fields.amount("value"), value, tainted in _TRUE)


def _samples(row: Raw) -> Series | None:
    """A series, which may have no samples; None if it cannot be read."""
    try:
        read = _ROW.decode(row)
    except UNREADABLE:
        return _odd_samples(row)
    samples = read.values or ([_whenever(*read.value)] if read.value else [])
    times = array("d", [at for at, _ in samples])
    values = array(
        "d", [_number(value) if type(value) is not float or abs(value) >= GREATEST else value for _, value in samples]
    )
    return _in_order(_labels(read.metric or {}), times, values)


def _odd_samples(row: Raw) -> Series | None:
    """A series of another shape than documented, with the samples that have a time."""
    try:
        fields = JsonObject.parse(bytes(row))
    except BadAnswer:
        return None
    many, one = fields.members.get("values"), fields.members.get("value")
    are_many = isinstance(many, list) and len(many) > 0
    samples = many if isinstance(many, list) and many else [one]
    pairs = [(_number(each[0]), _number(each[1])) for each in samples if isinstance(each, list) and len(each) > 1]
    timed = [pair if are_many else _whenever(*pair) for pair in pairs if math.isfinite(pair[0])]
    if not timed:
        return None
    times, values = zip(*timed, strict=True)
    return _in_order(_labels(fields.object("metric").members), array("d", times), array("d", values))


def _whenever(at: float, value: T) -> tuple[float, T]:
    """The sample of an answer over a whole run, of which the time says nothing and may be none."""
    return (at if 0 <= at < LAST_S else 0.0), value


def _in_order(labels: dict[str, str], times: array[float], values: array[float]) -> Series | None:
    """A series whose times rise; of two samples of one time the later one counts. None if no time can be one."""
    if any(map(ge, times, times[1:])):
        by_time = dict(sorted(zip(times, values, strict=True), key=lambda sample: sample[0]))
        times, values = array("d", by_time), array("d", by_time.values())
    if times and not (times[0] >= 0 and times[-1] < LAST_S):
        first, end = bisect_left(times, 0), bisect_left(times, LAST_S)
        if first == end:
            return None
        times, values = times[first:end], values[first:end]
    labels.pop(_NAME, None)
    return Series(labels, times.tobytes(), values.tobytes())


def _number(value: Any) -> float:
    """The number that a value is or that its text says, also infinite; NaN if it is none, or none that can be."""
    try:
        found = float(value) if isinstance(value, float | int | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return math.nan
    return found if abs(found) < GREATEST or math.isinf(found) else math.nan


def _labels(members: dict[str, Any]) -> dict[str, str]:
    """Labels and their values, of which a status or an id may come as a number."""
    return {
        clean(name): clean(value) if isinstance(value, str) else str(value)
        for name, value in members.items()
        if isinstance(value, str | int) and not isinstance(value, bool)
    }


def _labels_of(row: Raw) -> dict[str, str]:
    try:
        return _labels(_LABELS.decode(row))
    except UNREADABLE:
        return {}


def _texts(rows: Iterable[Raw]) -> Iterator[str]:
    for row in rows:
        try:
            yield clean(_TEXT.decode(row))
        except UNREADABLE:
            continue  # whatever else there is has no name
