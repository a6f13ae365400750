"""JSON of which nothing is certain: what is missing or not of the wanted type reads as None or empty."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from k6desk.api.errors import BadAnswer
from k6desk.api.models import number

T = TypeVar("T")

_DEEPEST = 64
_JOINERS = "\u200c\u200d"  # Persian, Hindi and families of emoji need them
_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class JsonObject:
    """A JSON object whose members are asked for by name and type."""

    __slots__ = ("members",)

    def __init__(self, value: Any) -> None:
        self.members: dict[str, Any] = value if isinstance(value, dict) else {}

    @classmethod
    def parse(cls, body: bytes) -> JsonObject:
        """The object that an answer is, made of clean text, finite numbers and a bounded depth; else `BadAnswer`."""
        try:
            text = body.decode("utf-8", "replace")
            value = plain(json.loads(text, strict=False, parse_constant=_no_number))
        except (ValueError, RecursionError):
            raise bad_answer() from None
        if not isinstance(value, dict):
            raise bad_answer()
        return cls(value)

    def text(self, name: str) -> str | None:
        """A string."""
        value = self.members.get(name)
        return clean(value) if isinstance(value, str) else None

    def whole(self, name: str) -> int | None:
        """An id or a count: a number from 0 that fits int64."""
        value = self.members.get(name)
        return value if type(value) is int and 0 <= value < 2**63 else None

    def signed(self, name: str) -> int | None:
        """A code: any number that fits int64."""
        value = self.members.get(name)
        return value if type(value) is int and -(2**63) <= value < 2**63 else None

    def amount(self, name: str) -> float | None:
        """A VUH or a percentage: a number, or a string that holds one."""
        value = self.members.get(name)
        return number(value) if isinstance(value, float | int | str) and not isinstance(value, bool) else None

    def amounts(self) -> dict[str, float]:
        """Every member that is an amount."""
        return {name: amount for name in self.members if (amount := self.amount(name)) is not None}

    def time(self, name: str) -> datetime | None:
        """A time, in UTC."""
        value = self.members.get(name)
        try:
            return utc(datetime.fromisoformat(value)) if isinstance(value, str) else None
        except ValueError:
            return None

    def flag(self, name: str, default: bool) -> bool:
        """True or False."""
        value = self.members.get(name)
        return value if isinstance(value, bool) else default

    def has_object(self, name: str) -> bool:
        """Whether there is an object, be it empty."""
        return isinstance(self.members.get(name), dict)

    def object(self, name: str) -> JsonObject:
        """An object; an empty one when there is none."""
        return JsonObject(self.members.get(name))

    def objects(self, name: str, read: Callable[[JsonObject], T | None]) -> tuple[T, ...]:
        """What `read` makes of the objects of a list, without those it makes nothing of."""
        value = self.members.get(name)
        items = (read(JsonObject(item)) for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
        return tuple(item for item in items if item is not None)

    def texts(self) -> dict[str, str]:
        """Every member that is a string."""
        return {name: value for name, value in self.members.items() if isinstance(value, str)}


def bad_answer() -> BadAnswer:
    """The error for an answer of another shape than documented."""
    return BadAnswer("The server's answer is not what its API promises, so k6desk did not use it.")


def clean(text: str) -> str:
    """Text without the control characters and lone surrogates that SQLite or Qt cannot hold."""
    return text if text.isprintable() else _UNHOLDABLE.sub("\ufffd", text)


def line(text: str, longest: int) -> str:
    """Text of a server as one line for a sentence of ours: nothing in it breaks lines or reorders."""
    shown = (c if c.isprintable() or c in _JOINERS else " " for c in text[: longest * 4])
    folded = " ".join("".join(shown).split())
    return folded if len(folded) <= longest else folded[: longest - 1].rstrip() + "…"


def utc(time: datetime | None) -> datetime | None:
    """A time in UTC, which is also what a time without a zone means; None for the years that stand for “no time”."""
    if time is None or time.year in {1, 9999}:
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def plain(value: Any, depth: int = _DEEPEST) -> Any:
    """A JSON value made of clean text, finite numbers and at most `depth` levels; what is beyond them is None."""
    match value:
        case str():
            return clean(value)
        case float():
            return number(value)
        case dict() | list() if depth == 0:
            return None
        case dict():
            return {clean(name): plain(item, depth - 1) for name, item in value.items()}
        case list():
            return [plain(item, depth - 1) for item in value]
    return value


def _no_number(_constant: str) -> None:
    """NaN and Infinity are not JSON."""
