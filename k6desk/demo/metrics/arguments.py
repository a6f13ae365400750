"""The arguments that API v5 has in the parentheses of an operation: `(query='rate',metric='http_reqs',step=5)`.

Texts are in single quotes, inner ones doubled; numbers, date-times and lists of numbers are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from k6desk.demo.clock import instant
from k6desk.demo.errors import Refusal

Kind = Literal["text", "number", "time", "numbers"]
Value = str | int | list[int]

_ARGUMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*('(?:[^']|'')*'|\[[^\]]*\]|[^\s,'\[\]]+)\s*(?:,|$)", re.ASCII)
_NUMBER = re.compile(r"\d{1,19}", re.ASCII)


def read_arguments(text: str, kinds: Mapping[str, Kind]) -> dict[str, Value]:
    """The arguments by name; times are microseconds since the epoch. Refusal when one is wrong, unknown or doubled."""
    found: dict[str, Value] = {}
    for name, written in _parts(text):
        if name not in kinds:
            raise Refusal(400, f"Unknown parameter {name!r}.", name)
        if name in found:
            raise Refusal(400, f"Parameter {name!r} is given more than once.", name)
        found[name] = _value(name, written, kinds[name])
    return found


def _parts(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        match = _ARGUMENT.match(text, at)
        if match is None or (match[0].endswith(",") and match.end() == len(text)):
            raise Refusal(400, f"The parameters cannot be read at character {at + 1}: name=value is expected.")
        yield match[1], match[2]
        at = match.end()


def _value(name: str, written: str, kind: Kind) -> Value:
    match kind:
        case "text":
            if written.startswith("'"):
                return written[1:-1].replace("''", "'")
            raise Refusal(400, f"{name} must be a text in single quotes.", name)
        case "number":
            if _NUMBER.fullmatch(written):
                return int(written)
            raise Refusal(400, f"{name} must be a whole number.", name)
        case "numbers":
            parts = [part.strip() for part in written[1:-1].split(",")] if written.startswith("[") else [""]
            if all(map(_NUMBER.fullmatch, parts)):
                return [int(part) for part in parts]
            raise Refusal(400, f"{name} must be a list of whole numbers such as [1,2].", name)
    try:
        return instant(datetime.fromisoformat(written))
    except ValueError:
        raise Refusal(400, f"{name} must be a date and time in ISO 8601.", name) from None
