"""Pages of things, and what every answer must have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from k6desk.api.lenient import JsonObject, bad_answer
from k6desk.api.models import Page

T = TypeVar("T")


def page(body: bytes, read: Callable[[JsonObject], T | None]) -> tuple[Page[T], str | None]:
    """One page of what `read` makes of its rows, and the link to the next; rows it makes nothing of are counted."""
    fields = JsonObject.parse(body)
    values = fields.members.get("value")
    if not isinstance(values, list):
        raise bad_answer()
    rows = list(fields.objects("value", read))
    return Page(rows, count(fields.members.get("@count")), len(values) - len(rows)), fields.text("@nextLink")


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
