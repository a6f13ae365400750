"""`$filter` of API v5: a part of OData's expressions, over the fields of an answer.

    either      = both *("or" both)
    both        = negation *("and" negation)
    negation    = "not" negation / "(" either ")" / comparison
    comparison  = operand [("eq" / "ne" / "gt" / "ge" / "lt" / "le") operand]
    operand     = ("contains" / "startswith" / "endswith") "(" operand "," operand ")" / field / literal
    literal     = number / 'text, its quotes doubled' / date-time / "true" / "false" / "null"

As in OData, letter case matters, and nothing is less or greater than null. What cannot be read is a 400 that names the
place, counted in characters from 1.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

from k6desk.demo.errors import Refusal
from k6desk.demo.fields import Field, Kind

T = TypeVar("T")

_DEEPEST = 50
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<time>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?(?![\w:.+-]))
    | (?P<number>-?\d{1,30}(?:\.\d{1,30})?(?![\w.]))
    | (?P<text>'(?:[^']|'')*')
    | (?P<word>[A-Za-z_]\w*)
    | (?P<mark>[(),])""",
    re.VERBOSE | re.ASCII,
)
_CONSTANTS: Mapping[str, tuple[Kind, bool | None]] = {
    "true": ("boolean", True),
    "false": ("boolean", False),
    "null": ("null", None),
}
_FUNCTIONS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


def _unless_null(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda left, right: left is not None and right is not None and compare(left, right)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": _unless_null(operator.gt),
    "ge": _unless_null(operator.ge),
    "lt": _unless_null(operator.lt),
    "le": _unless_null(operator.le),
}


def matching(wanted: str | None, items: Iterable[T], fields: Mapping[str, Field[T]]) -> list[T]:
    """The things that a `$filter` lets through."""
    if wanted is None:
        return list(items)
    matches = _Filter(wanted, fields).read()
    return [item for item in items if matches(item)]


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


class _Filter(Generic[T]):
    """A `$filter` while it is read."""

    def __init__(self, wanted: str, fields: Mapping[str, Field[T]]) -> None:
        self._fields = fields
        self._tokens = list(_tokens(wanted))
        self._next = 0

    def read(self) -> Callable[[T], bool]:
        matches = self._either(0)
        if self._token.kind != "end":
            _refuse(self._token, "'and', 'or' or the end")
        return matches

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _either(self, depth: int) -> Callable[[T], bool]:
        parts = [self._both(depth)]
        while self._took("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)

    def _both(self, depth: int) -> Callable[[T], bool]:
        parts = [self._negation(depth)]
        while self._took("and"):
            parts.append(self._negation(depth))
        return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)

    def _negation(self, depth: int) -> Callable[[T], bool]:
        if depth > _DEEPEST:
            _refuse(self._token, f"at most {_DEEPEST} levels of 'not' and '('")
        if self._took("not"):
            inner = self._negation(depth + 1)
            return lambda item: not inner(item)
        if self._took("("):
            inner = self._either(depth + 1)
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Callable[[T], bool]:
        left = self._operand()
        token = self._token
        compare = _COMPARISONS.get(token.text) if token.kind == "word" else None
        if compare is None:
            if left.kind != "boolean":
                _refuse(token, f"one of {', '.join(_COMPARISONS)}")
            return lambda item: left.value(item) is True
        self._next += 1
        right = self._operand()
        if left.kind != right.kind and "null" not in (left.kind, right.kind):
            _refuse(token, f"two values of one kind around it, not a {left.kind} and a {right.kind}")
        return lambda item: compare(left.value(item), right.value(item))

    def _operand(self) -> Field[T]:
        token = self._token
        self._next += token.kind != "end"
        if token.kind == "number":
            number = float(token.text) if "." in token.text else int(token.text)
            return Field("number", lambda _item: number)
        if token.kind == "text":
            text = token.text[1:-1].replace("''", "'")
            return Field("text", lambda _item: text)
        if token.kind == "time":
            at = _time(token)
            return Field("time", lambda _item: at)
        if token.kind == "word" and self._took("("):
            return self._function(token)
        if token.text in _CONSTANTS:
            kind, constant = _CONSTANTS[token.text]
            return Field(kind, lambda _item: constant)
        field = self._fields.get(token.text) if token.kind == "word" else None
        if field is None or field.kind == "object":
            _refuse(token, f"a value or one of the fields {', '.join(self._fields)}")
        return field

    def _function(self, name: _Token) -> Field[T]:
        if name.text not in _FUNCTIONS:
            _refuse(name, f"one of the functions {', '.join(_FUNCTIONS)}")
        holds = _unless_null(_FUNCTIONS[name.text])
        whole = self._text()
        self._expect(",")
        part = self._text()
        self._expect(")")
        return Field("boolean", lambda item: holds(whole.value(item), part.value(item)))

    def _text(self) -> Field[T]:
        token = self._token
        operand = self._operand()
        if operand.kind != "text":
            _refuse(token, "a text")
        return operand

    def _took(self, text: str) -> bool:
        found = self._token.text == text
        self._next += found
        return found

    def _expect(self, text: str) -> None:
        if not self._took(text):
            _refuse(self._token, repr(text))


def _tokens(wanted: str) -> Iterator[_Token]:
    place = 0
    while place < len(wanted):
        match = _TOKEN.match(wanted, place)
        if match is None:
            _refuse(_Token("", wanted[place : place + 20], place), "a word, number, date-time or quoted text")
        assert match.lastgroup
        if match.lastgroup != "space":
            yield _Token(match.lastgroup, match[0], place)
        place = match.end()
    yield _Token("end", "", place)


def _time(token: _Token) -> str:
    try:
        at = datetime.fromisoformat(token.text)
        aware = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        _refuse(token, "a date-time that exists")
    return aware.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _refuse(token: _Token, expected: str) -> NoReturn:
    found = repr(token.text) if token.text else "the end"
    raise Refusal(400, f"$filter at character {token.at + 1}: expected {expected}, found {found}.", "$filter")
