"""The options that a script exports, read off its text without running it.

It is an attempt: what is not plain data (a call, a variable, a template with parts) is left out, and from a script
that is written differently nothing is read.
"""

from __future__ import annotations

import json
import re
from typing import Any

_EXPORT = re.compile(r"^[ \t]*export\s+(?:const|let|var)\s+options\s*(?::\s*\w+\s*)?=\s*(?=\{)", re.MULTILINE)
_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`[^`$\\]*`")
_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_PLAIN = re.compile(r"(?:true|false|null|-?\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w$.])(?=(?:\s|//[^\n]*)*[,\]}])")
_OPEN, _CLOSE = "([{", ")]}"
_DEEPEST = 40


def exported_options(source: str) -> dict[str, Any]:
    """The object behind `export const options =`, as far as it is plain data; empty when there is none."""
    if not (start := _EXPORT.search(source)):
        return {}
    try:
        found = _Reader(source, start.end()).value(0)
    except _Unreadable:
        return {}
    return found if isinstance(found, dict) else {}


class _Unreadable(Exception):
    pass


class _Reader:
    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._at = at

    def value(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise _Unreadable
        self._take(_SPACE)
        if self._sees("{"):
            return self._object(depth + 1)
        if self._sees("["):
            return self._array(depth + 1)
        before = self._at
        if text := self._take(_STRING):
            self._take(_SPACE)
            if self._text[self._at : self._at + 1] in (",", "]", "}"):
                return _unquoted(text)
            self._at = before
        if plain := self._take(_PLAIN):
            return json.loads(plain.replace("_", ""))
        self._skip()
        return None

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not self._ends("}"):
            name = self._take(_STRING)
            key = _unquoted(name) if name else self._take(_NAME)
            self._take(_SPACE)
            if key and self._sees(":"):
                value = self.value(depth)
                if value is not None:
                    found[key] = value
            else:
                self._skip()
        return found

    def _array(self, depth: int) -> list[Any]:
        found = []
        while not self._ends("]"):
            value = self.value(depth)
            if value is not None:
                found.append(value)
        return found

    def _ends(self, close: str) -> bool:
        """Whether the object or array ends here; otherwise stand before its next part."""
        self._take(_SPACE)
        if self._sees(","):
            self._take(_SPACE)
        if self._sees(close):
            return True
        if self._at == len(self._text) or self._text[self._at] in _CLOSE:
            raise _Unreadable
        return False

    def _skip(self) -> None:
        """Go to the comma or the bracket behind an expression that is not plain data."""
        open_brackets = 0
        while self._at < len(self._text):
            if self._take(_STRING):
                continue
            letter = self._text[self._at]
            if not open_brackets and letter in ",]}":
                return
            open_brackets += (letter in _OPEN) - (letter in _CLOSE)
            self._at += 1
        raise _Unreadable

    def _sees(self, mark: str) -> bool:
        found = self._text.startswith(mark, self._at)
        self._at += found
        return found

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return match[0] if match else ""


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
