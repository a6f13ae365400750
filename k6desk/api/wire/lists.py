"""Pages of things, and what every answer must have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from k6desk.api.lenient import JsonObject, bad_answer, clean
from k6desk.api.models import Page

T = TypeVar("T")

UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)
"""What msgspec raises for JSON that is none, or of another shape."""

_TO_MEND = re.compile(r'"(?:[^"\\]++|\\.)*+"?|-?(?:NaN|Infinity)', re.DOTALL)


def page(body: bytes, read: Callable[[JsonObject], T | None]) -> tuple[Page[T], str | None]:
    """One page of what `read` makes of its rows, and the link to the next; rows it makes nothing of are counted."""
    fields = JsonObject.parse(body)
    values = fields.members.get("value")
    if not isinstance(values, list):
        raise bad_answer()
    rows = list(fields.objects("value", read))
    return Page(rows, count(fields.members.get("@count")), len(values) - len(rows)), fields.text("@nextLink")


def decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """What a decoder that reads no further than the rows makes of an answer; `BadAnswer` if it has none.

    A lone surrogate or a NaN anywhere makes the whole answer undecodable, so these are mended then: piece by piece, as
    a thread that does it in one call would hold up all others.
    """
    try:
        return decoder.decode(body)
    except UNREADABLE:
        try:
            return decoder.decode(_TO_MEND.sub(_mended, body.decode("utf-8", "replace")))
        except UNREADABLE:
            raise bad_answer() from None


def _mended(piece: re.Match[str]) -> str:
    """A string with clean text, or null for what is no number."""
    text = piece[0]
    if text[0] != '"':
        return "null"
    return text if "\\" not in text and text.isprintable() else json.dumps(clean(json.loads(text, strict=False)))


def count(value: Any) -> int | None:
    """The length of a list, which one documented example gives as a string."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    return JsonObject({"@count": value}).whole("@count")


def required(value: T | None) -> T:
    """A value that an answer is useless without; `BadAnswer` if it is None."""
    if value is None:
        raise bad_answer()
    return value
