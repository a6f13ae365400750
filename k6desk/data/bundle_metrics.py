"""The metrics of a run in a bundle: `metrics.json`, in the shapes that API v5 answers with, without secrets."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Raw, Struct

from k6desk.api.lenient import utc
from k6desk.api.metrics import Answer, Series, ThresholdVerdict
from k6desk.api.wire import metrics as wire
from k6desk.data.run_numbers import METRICS, VERDICTS, WHOLE, Told, Verdicts, key_of, told_of, verdicts_of
from k6desk.data.run_numbers import Metrics as Listed
from k6desk.data.secrets import masked_text

LONGEST_QUERY = 20_000
MOST_ANSWERS = 2_000


class _Answer(Struct):
    """One answer: `query` and `metric` as the API takes them, `result` as it gives it."""

    query: str
    metric: str
    over_time: bool
    asked_at: datetime
    is_final: bool
    result: Raw


class _Thresholds(Struct):
    """What API v2 says of the thresholds, as it says it."""

    said: Raw
    asked_at: datetime
    is_final: bool


class _Metrics(Struct):
    value: list[Raw]
    answers: list[_Answer]
    thresholds: _Thresholds | None = None


def metrics_json(documents: Mapping[str, bytes], most: int) -> bytes:
    """What is known of a run's metrics, as JSON of at most so many bytes: the longest answers are left out first."""
    found = msgspec.msgpack.decode(documents[METRICS], type=Listed)[0] if METRICS in documents else ()
    listed = [
        {"name": one.name, "type": one.type, "origin": "builtin" if one.is_builtin else "script"} for one in found
    ]
    said = (_said(key, content) for key, content in documents.items() if key not in {METRICS, VERDICTS, WHOLE})
    parts = sorted(filter(None, said), key=len)
    head, thresholds = msgspec.json.encode(listed), _thresholds(documents.get(VERDICTS, b""))
    left = most - len(head) - len(thresholds) - 100
    answers = []
    for part in parts:
        left -= len(part) + 1
        if left < 0:
            break
        answers.append(part)
    return b'{"value":' + head + b',"thresholds":' + thresholds + b',"answers":[' + b",".join(answers) + b"]}"


def metrics_documents(content: bytes) -> dict[str, bytes]:
    """The documents of a kept run that such JSON is of. Raises `ValueError` and `BadAnswer`.

    What is odd within an answer is dropped.
    """
    read = msgspec.json.decode(content, type=_Metrics)
    listed = wire.metrics(b'{"value":[' + b",".join(map(bytes, read.value)) + b"]}")
    documents = {METRICS: msgspec.msgpack.encode((listed, True))}
    if (said := read.thresholds) and (asked_at := utc(said.asked_at)):
        verdicts = Verdicts(wire.verdicts(bytes(said.said)), asked_at, said.is_final)
        documents[VERDICTS] = msgspec.msgpack.encode(verdicts)
    if len(read.answers) > MOST_ANSWERS:
        raise ValueError("too many answers")
    for one in read.answers:
        asked_at = utc(one.asked_at)
        if asked_at is None or max(len(one.query), len(one.metric)) > LONGEST_QUERY:
            raise ValueError("not a query")
        answer = wire.answer(b'{"data":{"result":' + bytes(one.result) + b"}}")
        key = key_of(one.query, one.metric, over_time=one.over_time)
        documents[key] = msgspec.msgpack.encode(Told(answer, asked_at, one.is_final))
    return documents


def _thresholds(content: bytes) -> bytes:
    """The verdicts of the server as JSON."""
    found = verdicts_of(content) if content else None
    if found is None:
        return b"null"
    said = {"k6-thresholds": list(map(_threshold, found.said))}
    return msgspec.json.encode({"said": said, "asked_at": found.asked_at, "is_final": found.is_final})


def _threshold(said: ThresholdVerdict) -> dict[str, Any]:
    """As API v2 says it; without a value where that is no number."""
    return {
        "name": masked_text(said.metric),
        "stat": masked_text(said.stat),
        "value": said.limit,
        "calculated_value": said.value,
        "tainted": said.tainted,
    }


def _said(key: str, content: bytes) -> bytes:
    """An answer as JSON; empty if another version of k6desk kept it in another shape."""
    kind, *asked = key.split("\n")
    told = told_of(content)
    if told is None or len(asked) != 2:
        return b""
    query, metric = asked
    return msgspec.json.encode(
        {
            "query": query,
            "metric": masked_text(metric),
            "over_time": kind == "curve",
            "asked_at": told.asked_at,
            "is_final": told.is_final,
            "result": _result(told.answer),
        }
    )


def _result(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"metric": {name: masked_text(value) for name, value in series.labels.items()}, "values": _samples(series)}
        for series in answer.series
    ]


def _samples(series: Series) -> list[tuple[float, float | str]]:
    values = (value if math.isfinite(value) else str(value) for value in array("d", series.values))
    return list(zip(array("d", series.times), values, strict=True))
