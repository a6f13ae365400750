"""What can be asked of a metric: a method with `by` and a fold around it, and a selector of series.

    query     = fold "(" inner ")" [by] / inner
    fold      = "min" / "max" / "sum" / "avg"
    inner     = method ["(" [number ["s"]] ")"] [by]
    by        = "by" "(" label *("," label) ")"
    selector  = metric ["{" [matcher *("," matcher)] "}"]
    matcher   = label ("=" / "!=" / "=~" / "!~") "text in double quotes"

What cannot be read is a 400 that names the parameter and the place, counted in characters from 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, NoReturn, cast

from k6desk.demo.errors import Refusal

Fold = Literal["min", "max", "sum", "avg"]

_FOLDS = ("min", "max", "sum", "avg")
_SPACE = re.compile(r"\s*")
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,12})?", re.ASCII)
_OPERATOR = re.compile(r"=~|!~|!=|=")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|([nrt"\\/bf]))')
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class Expression(NamedTuple):
    """One method, a series for each value of `by`, and with `fold` these folded for each value of `fold_by`."""

    method: str
    argument: float | None
    by: tuple[str, ...]
    fold: Fold | None = None
    fold_by: tuple[str, ...] = ()


class Selector(NamedTuple):
    """The series of a metric that `matches`; `wanted` is what it was read from: label, operator, value."""

    metric: str
    wanted: tuple[tuple[str, str, str], ...]
    matches: Callable[[Mapping[str, str]], bool]


def read_expression(text: str) -> Expression:
    """A query."""
    reader = _Reader(text, "query")
    name = reader.word("a method")
    if name in _FOLDS and reader.sees_call():
        method = reader.word("a method")
        argument, by = reader.argument(), reader.by()
        reader.need(")")
        found = Expression(method, argument, by, cast("Fold", name), reader.by())
    else:
        found = Expression(name, reader.argument(), reader.by())
    reader.end()
    return found


def read_selector(text: str, target: str = "metric") -> Selector:
    """A selector; `target` is the parameter that has it."""
    reader = _Reader(text, target)
    metric = reader.word("the name of a metric")
    wanted: list[tuple[str, str, str]] = []
    if reader.sees("{"):
        while not reader.sees("}"):
            label = reader.word("a label")
            wanted.append((label, reader.take(_OPERATOR, "one of = != =~ !~"), reader.text()))
            if not reader.sees(","):
                reader.need("}")
                break
    reader.end()
    return selector_of(metric, wanted, target)


def selector_of(metric: str, wanted: list[tuple[str, str, str]], target: str = "metric") -> Selector:
    """A selector of what is wanted: label, operator, value. As in Prometheus, a label that is not there is empty."""
    tests = [(label, _test(operator, value, target)) for label, operator, value in wanted]
    return Selector(metric, tuple(wanted), lambda labels: all(test(labels.get(label, "")) for label, test in tests))


def _test(operator: str, value: str, target: str) -> Callable[[str], bool]:
    if operator in ("=", "!="):
        return lambda found: (found == value) is (operator == "=")
    try:
        pattern = re.compile(value, re.DOTALL)
    except re.error as error:
        raise Refusal(400, f"{value!r} is not a regular expression: {error}.", target) from None
    return lambda found: (pattern.fullmatch(found) is not None) is (operator == "=~")


class _Reader:
    def __init__(self, text: str, target: str) -> None:
        self._text = text
        self._target = target
        self._at = 0

    def word(self, what: str) -> str:
        return self.take(_WORD, what)

    def text(self) -> str:
        match = re.fullmatch(_TEXT, self.take(_TEXT, "a text in double quotes"))
        assert match is not None
        return _ESCAPE.sub(lambda part: chr(int(part[1], 16)) if part[1] else _ESCAPED.get(part[2], part[2]), match[1])

    def argument(self) -> float | None:
        """What a method has in parentheses: a number, of seconds perhaps, or nothing."""
        if not self.sees("("):
            return None
        number = None if self.sees(")") else float(self.take(_NUMBER, "a number"))
        if number is not None:
            self.sees("s")
            self.need(")")
        return number

    def by(self) -> tuple[str, ...]:
        if not self._peek(re.compile(r"by\b")):
            return ()
        self.need("by")
        self.need("(")
        labels = [self.word("a label")]
        while self.sees(","):
            labels.append(self.word("a label"))
        self.need(")")
        return tuple(dict.fromkeys(labels))

    def sees_call(self) -> bool:
        """Whether a method stands in parentheses here; then stand before it."""
        found = bool(self._peek(re.compile(r"\(\s*[A-Za-z_]")))
        return found and self.sees("(")

    def sees(self, mark: str) -> bool:
        self.take(_SPACE)
        found = self._text.startswith(mark, self._at)
        self._at += len(mark) * found
        return found

    def need(self, mark: str) -> None:
        if not self.sees(mark):
            self._refuse(repr(mark))

    def end(self) -> None:
        self.take(_SPACE)
        if self._at < len(self._text):
            self._refuse("the end")

    def take(self, pattern: re.Pattern[str], what: str = "") -> str:
        match = self._peek(pattern)
        if match is None:
            self._refuse(what)
        self._at = match.end()
        return match[0]

    def _peek(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        if pattern is not _SPACE:
            self.take(_SPACE)
        return pattern.match(self._text, self._at)

    def _refuse(self, expected: str) -> NoReturn:
        message = f"{self._target} cannot be read at character {self._at + 1}: {expected} is expected."
        raise Refusal(400, message, self._target)
