"""Tables in Markdown, as GitHub, GitLab and others read it, in which every name is text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# An underscore inside a word is only an underscore. Addresses and short names of emoji need no brackets to be markup.
_MARKUP = re.compile(r"[\\`*\[\]<>!|~&$@]|(?<![^\W_])_|_(?![^\W_])|:(?=//|[\w+-]+:)|(?<=www)\.")


def escaped(name: str) -> str:
    """A text on one line in which no character is markup."""
    return _MARKUP.sub(r"\\\g<0>", name)


def table(header: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """The lines of a table, with an empty one before and after it; the columns `right` are aligned to the right."""
    at_right = set(right)
    rule = ["--:" if at in at_right else "---" for at in range(len(header))]
    return ["", *(f"| {' | '.join(row)} |" for row in (header, rule, *rows)), ""]
