"""Hiding secrets in JSON that a server or an archive gave us."""

from __future__ import annotations

import re
from typing import Any

import msgspec

MASK = "••••"

_SECRET_NAME = re.compile(
    r"[\w-]*(token|secret|passw(or)?d|passphrase|api[_-]?key|private[_-]?key|authorization|credentials?)", re.IGNORECASE
)
_ALL_SECRET = {"env", "tlsAuth"}
_HINT = re.compile(
    rb"token|secret|passw|passphrase|api_?-?key|private_?-?key|authorization|credential|\"env\"|tlsAuth", re.IGNORECASE
)


def masked(value: Any, *, secret: bool = False) -> Any:
    """A copy of a JSON value with its secrets replaced by `MASK`.

    Secret are the texts inside any `env` (what `k6 run -e` was given) and `tlsAuth` (client keys), and any text whose
    name ends like that of a secret: `token`, `api_key`, `password`…
    """
    if isinstance(value, dict):
        return {
            name: masked(inner, secret=secret or name in _ALL_SECRET)
            if not isinstance(inner, str)
            else (MASK if secret or (inner and _SECRET_NAME.fullmatch(name)) else inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [masked(inner, secret=secret) for inner in value]
    return MASK if secret and isinstance(value, str) else value


def secret_names(value: Any, *, above: str = "", secret: bool = False) -> list[str]:
    """Where in a JSON value there are secrets that are not empty: `env.API_KEY`, `options.cloud.token`."""
    if isinstance(value, dict):
        return [
            found
            for name, inner in value.items()
            for found in secret_names(
                inner,
                above=f"{above}.{name}".lstrip("."),
                secret=secret or name in _ALL_SECRET or (isinstance(inner, str) and bool(_SECRET_NAME.fullmatch(name))),
            )
        ]
    if isinstance(value, list):
        return [found for inner in value for found in secret_names(inner, above=above, secret=secret)]
    return [above] if secret and isinstance(value, str) and value else []


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
