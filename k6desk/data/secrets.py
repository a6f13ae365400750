"""Hiding secrets: in JSON that a server or an archive gave us, and in any text by what they look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import msgspec

MASK = "••••"
_DEEPEST = 100  # levels of JSON

_SECRET_NAME = re.compile(
    r"[\w-]*(token|secret|passw(or)?d|passphrase|(api|private|access|secret)[_-]?key|authorization|credentials?)",
    re.IGNORECASE,
)
_ALL_SECRET = {"env", "tlsAuth"}
_HINT = re.compile(
    rb"token|secret|passw|passphrase|(?:api|private|access)[_-]?key|authorization|credential|\"env\"|tlsAuth",
    re.IGNORECASE,
)


class Span(NamedTuple):
    """Where a text holds what looks like a secret; `what` says for people what it looks like: "Grafana token"."""

    start: int
    end: int
    what: str


def secret_spans(text: str, known: Iterable[Span] = ()) -> list[Span]:
    """What looks like a secret in any text, or is `known` to be: in order, never overlapping; in linear time."""
    from k6desk.data.secret_shapes import SHAPES, named_literals  # many patterns, and the first picture needs none

    found = list(known)
    found += [
        Span(*match.span(1), shape.what)
        for shape in SHAPES
        if any(hint in text for hint in shape.hints)
        for match in shape.pattern.finditer(text)
        if shape.is_secret(match[1])
    ]
    found += [Span(start, end, f"value of {name}") for start, end, name in named_literals(text)]
    found.sort(key=lambda span: (span.start, -span.end))
    spans: list[Span] = []
    for span in found:
        if spans and span.start < spans[-1].end:
            spans[-1] = spans[-1]._replace(end=max(span.end, spans[-1].end))
        else:
            spans.append(span)
    return spans


def masked_text(text: str) -> str:
    """The text with every secret replaced by `MASK`."""
    pieces, done = [], 0
    for start, end, _ in secret_spans(text):
        pieces += [text[done:start], mask_of(text[start:end])]
        done = end
    return "".join(pieces) + text[done:]


def mask_of(secret: str) -> str:
    """What stands for a secret: `MASK`, and its line breaks, so that the lines after it keep their numbers."""
    return MASK + "\n" * secret.count("\n")


def masked(value: Any) -> Any:
    """A copy of a JSON value with its secrets replaced by `MASK`.

    Secret are the texts inside any `env` (what `k6 run -e` was given) and `tlsAuth` (client keys), and any text whose
    name ends like that of a secret: `token`, `api_key`, `password`…
    """
    return replaced(value, lambda _path, text, is_secret: MASK if is_secret else text)


def secret_names(value: Any) -> list[str]:
    """Where in a JSON value there are secrets: `env.API_KEY`, `options.tlsAuth.0.key`; lists count from 0."""
    found: list[str] = []

    def note(path: str, text: str, is_secret: bool) -> str:
        if is_secret:
            found.append(path)
        return text

    replaced(value, note)
    return found


def replaced(
    value: Any, change: Callable[[str, str, bool], str], path: str = "", *, secret: bool = False, depth: int = 0
) -> Any:
    """A copy of a JSON value with each of its texts as `change` gives it: from its path, itself, whether it is secret.

    Empty texts are no secrets. In place of what is nested deeper than anything real there is `MASK`.
    """
    if depth > _DEEPEST:
        return MASK
    depth += 1
    if isinstance(value, dict):
        below = f"{path}." if path else ""
        return {
            name: replaced(
                inner,
                change,
                below + name,
                secret=secret
                or (bool(_SECRET_NAME.fullmatch(name)) if isinstance(inner, str) else name in _ALL_SECRET),
                depth=depth,
            )
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [replaced(inner, change, f"{path}.{at}", secret=secret, depth=depth) for at, inner in enumerate(value)]
    return change(path, value, secret and value != "") if isinstance(value, str) else value


def masked_json(content: bytes) -> bytes:
    """The same for JSON text; text that holds nothing secret, or is not JSON, comes back as it is."""
    if not _HINT.search(content):
        return content
    try:
        value = msgspec.json.decode(content)
        hidden = masked(value)
    except msgspec.DecodeError:
        return content
    except RecursionError:
        # Nested deeper than anything real: what cannot be searched is not kept.
        return b"null"
    return content if hidden == value else msgspec.json.encode(hidden)
