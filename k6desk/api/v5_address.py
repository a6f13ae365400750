"""Addresses of API v5: operations with their arguments in parentheses, out of which no name and no value can break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from k6desk.api.errors import Refused
from k6desk.api.lenient import line
from k6desk.api.metrics import Query, argument

LONGEST = 60_000
"""Beyond this no address is sent: httpx takes 64 KiB at most, and most servers less."""

_METRIC = re.compile(r"[\w .!?/&#()<>%:-]{1,128}")  # what k6 has ever allowed; today only letters, digits and _
_LABEL = re.compile(r"\w[\w .:/-]{0,199}")
_METHOD = re.compile(r"[a-z_0-9]+(\([\w.+-]*\))?")
_BAD_REQUEST, _TOO_LONG = 400, 414


def call(path: str, **arguments: str | int | datetime | Sequence[int] | None) -> str:
    """The address of an operation: texts in single quotes, all else without; what is None is left out."""
    written = (f"{name}={_written(value)}" for name, value in arguments.items() if value is not None)
    return _checked(f"{path}({','.join(written)})")


def matching(path: str, selector: str) -> str:
    """The address of what is said of the series that a selector chooses; "" chooses all."""
    return _checked(f"{path}?match[]={_quoted(selector)}" if selector else path)


def label(name: str) -> str:
    """The name of a label as a step of a path."""
    return _quoted(_named("label", name, _LABEL))


def checked(query: Query) -> Query:
    """The query; `Refused` without asking anybody if a name in it would make another query of it."""
    _named("metric", query.metric, _METRIC)
    _named("method", query.method, _METHOD)
    for name in (*query.by, *query.fold_by, *(matcher.label for matcher in query.matchers)):
        _named("label", name, _LABEL)
    return query


def _written(value: str | int | datetime | Sequence[int]) -> str:
    if isinstance(value, str):
        return f"'{_quoted(argument(value)[1:-1])}'"
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    if isinstance(value, int):
        return str(value)
    return f"%5B{','.join(map(str, value))}%5D"


def _quoted(text: str) -> str:
    try:
        return quote(text, safe="(),=")
    except UnicodeEncodeError:
        shown = line(text.encode("utf-8", "replace").decode(), 100)
        raise Refused(
            f"“{shown}” has a character that cannot be sent, so k6desk did not ask for it.", status=_BAD_REQUEST
        ) from None


def _named(kind: str, name: str, allowed: re.Pattern[str]) -> str:
    if allowed.fullmatch(name):
        return name
    shown = line(name.encode("utf-8", "replace").decode(), 100)
    raise Refused(f"“{shown}” is no name that a {kind} can have, so k6desk did not ask for it.", status=_BAD_REQUEST)


def _checked(address: str) -> str:
    if len(address) > LONGEST:
        raise Refused(
            "This question about metrics is longer than a server takes, so k6desk did not send it; filter by a shorter "
            "value.",
            status=_TOO_LONG,
        )
    return address
