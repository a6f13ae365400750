"""Conditions and columns for the lists of API v5, made of typed parts: no value can become syntax."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

from k6desk.api.wire.requests import timestamp

Value = int | str | datetime


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition, which is its `text`. `a & b`, `a | b` and `~a` combine; `joined` says which of them did."""

    text: str
    joined: Literal["", "and", "or"] = ""

    def __and__(self, other: Filter) -> Filter:
        return Filter(f"{self._within('and')} and {other._within('and')}", "and")

    def __or__(self, other: Filter) -> Filter:
        return Filter(f"{self._within('or')} or {other._within('or')}", "or")

    def __invert__(self) -> Filter:
        return Filter(f"not ({self.text})")

    def _within(self, word: Literal["and", "or"]) -> str:
        return f"({self.text})" if self.joined not in {"", word} else self.text


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a listed thing, by its name in the API: `Property("run_status").lt(3)`."""

    name: str

    def eq(self, value: Value) -> Filter:
        """Equal."""
        return self._compared("eq", value)

    def ne(self, value: Value) -> Filter:
        """Not equal."""
        return self._compared("ne", value)

    def gt(self, value: Value) -> Filter:
        """Greater or later."""
        return self._compared("gt", value)

    def ge(self, value: Value) -> Filter:
        """Greater or later, or equal."""
        return self._compared("ge", value)

    def lt(self, value: Value) -> Filter:
        """Less or earlier."""
        return self._compared("lt", value)

    def le(self, value: Value) -> Filter:
        """Less or earlier, or equal."""
        return self._compared("le", value)

    def contains(self, words: str) -> Filter:
        """A text with these words in it."""
        return Filter(f"contains({self.name},{_literal(words)})")

    def _compared(self, operator: str, value: Value) -> Filter:
        return Filter(f"{self.name} {operator} {_literal(value)}")


def options(*, select: Iterable[str] = (), where: Filter | None = None, order: str = "") -> dict[str, str]:
    """The query of a request: only these properties, only what fulfils the condition, in this order."""
    asked = {"$select": ",".join(select), "$filter": where.text if where else "", "$orderby": order}
    return {name: value for name, value in asked.items() if value}


def address(path: str, query: dict[str, str]) -> str:
    """The path with this query."""
    return f"{path}?{urlencode(query, safe='$,:')}"


def _literal(value: Value) -> str:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, str):
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    return str(value)
