"""k6's language of thresholds: what an expression such as `p(95)<300` says, and what metric it is set for.

Source: k6, `metrics/thresholds_parser.go` and `metrics/metric.go`; what k6 refuses is refused here, too.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Literal, NamedTuple, cast

from k6desk.api.metrics import Matcher

Aggregate = Literal["avg", "min", "med", "max", "p", "count", "rate", "value", ""]
Operator = Literal["<", "<=", ">", ">=", "==", "===", "!=", ""]

AGGREGATES = ("avg", "min", "med", "max", "count", "rate", "value")
OPERATORS = ("<=", "<", ">=", ">", "===", "==", "!=")  # in this order k6 looks for them

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BASE_16 = re.compile(r"[+-]?0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+")
_ENDLESS = re.compile(r"[+-]?(?:inf|infinity)|nan", re.IGNORECASE)
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

NOT_UNDERSTOOD = (
    "k6desk does not understand this expression; k6 takes the likes of p(95)<300, so look it up in the script."
)


class Expression(NamedTuple):
    """What a value is compared with; `share` is the N of `p(N)` from 0 to 1. With a `problem` the rest is empty."""

    aggregate: Aggregate = ""
    share: float = 0.0
    operator: Operator = ""
    limit: float | None = None
    problem: str = ""


class Subject(NamedTuple):
    """The samples that a threshold is set for; with a `problem` the metric is the whole of what was written."""

    metric: str
    matchers: tuple[Matcher, ...] = ()
    problem: str = ""


def expression(source: str) -> Expression:
    """Read an expression; it never raises."""
    operator = next((each for each in OPERATORS if each in source), None)
    if operator is None:
        return Expression(problem=NOT_UNDERSTOOD)
    left, _, right = (part.strip() for part in source.partition(operator))
    if _ENDLESS.fullmatch(right):
        return Expression(problem="The limit is not a finite number, so k6desk cannot compare anything with it.")
    found, limit = aggregate(left), _number(right)
    if found is None or limit is None:
        return Expression(problem=NOT_UNDERSTOOD)
    return Expression(*found, cast("Operator", operator), limit)


def aggregate(words: str) -> tuple[Aggregate, float] | None:
    """An aggregate and the share of a percentile: `p(95)` is ("p", 0.95). None if k6 has no such aggregate."""
    if words in AGGREGATES:
        return cast("Aggregate", words), 0.0
    percent = _number(words[2:-1]) if words.startswith("p(") and words.endswith(")") else None
    return ("p", percent / 100) if percent is not None and 0 <= percent <= 100 else None


def subject(key: str) -> Subject:
    """Read what a threshold is set for, `metric` or `metric{tag:value,…}`; it never raises."""
    begin, end = key.find("{"), key.rfind("}")
    if begin == end == -1:
        return Subject(key)
    if not -1 < begin < end == len(key) - 1:
        return Subject(key, problem="The braces after the metric do not match, so k6desk cannot tell the tags.")
    tags: dict[str, str] = {}
    for tag in key[begin + 1 : end].split(","):
        name, _, value = tag.partition(":")
        if not value:
            return Subject(key, problem="One of the tags has no value, so k6desk cannot tell which samples are meant.")
        tags[_bare(name)] = _bare(value)
    if not all(map(_LABEL.fullmatch, tags)):
        return Subject(key, problem="The server cannot be asked for one of these tags, because of its name.")
    return Subject(key[:begin], tuple(Matcher(name, value) for name, value in tags.items()))


def _bare(text: str) -> str:
    return text.strip().strip("\"'")


def _number(text: str) -> float | None:
    """A finite number as Go reads it."""
    try:
        found = float(text) if _NUMBER.fullmatch(text) else float.fromhex(text) if _BASE_16.fullmatch(text) else None
    except OverflowError:
        return None
    return found if found is not None and isfinite(found) else None
