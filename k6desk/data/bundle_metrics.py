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
from k6desk.api.metrics import Answer, Series
from k6desk.api.wire import metrics as wire
from k6desk.data.run_numbers import METRICS, WHOLE, Told, key_of, told_of
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


class _Metrics(Struct):
    value: list[Raw]
    answers: list[_Answer]


def metrics_json(documents: Mapping[str, bytes], most: int) -> bytes:
    """What is known of a run's metrics, as JSON of at most so many bytes: the longest answers are left out first."""
    found = msgspec.msgpack.decode(documents[METRICS], type=Listed)[0] if METRICS in documents else ()
    listed = [
        {"name": one.name, "type": one.type, "origin": "builtin" if one.is_builtin else "script"} for one in found
    ]
    said = (_said(key, content) for key, content in documents.items() if key not in {METRICS, WHOLE})
    parts = sorted(filter(None, said), key=len)
    head = msgspec.json.encode(listed)
    left = most - len(head) - 100
    answers = []
    for part in parts:
        left -= len(part) + 1
        if left < 0:
            break
        answers.append(part)
    return b'{"value":' + head + b',"answers":[' + b",".join(answers) + b"]}"


def metrics_documents(content: bytes) -> dict[str, bytes]:
    """The documents of a kept run that such JSON is of. Raises `ValueError` and `BadAnswer`.

    What is odd within an answer is dropped.
    """
    read = msgspec.json.decode(content, type=_Metrics)
    listed = wire.metrics(b'{"value":[' + b",".join(map(bytes, read.value)) + b"]}")
    documents = {METRICS: msgspec.msgpack.encode((listed, True))}
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
