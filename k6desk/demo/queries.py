"""Query parameters and pages of lists, as strict as the official description."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from k6desk.demo.clock import instant
from k6desk.demo.errors import Refusal

T = TypeVar("T")

_MOST = 1000
_PAGING = ("$count", "$skip", "$top")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


class Slice(NamedTuple):
    """The part of a list that was asked for."""

    counted: bool
    skip: int
    top: int


def check_names(request: Request, *known: str, paged: bool = True) -> None:
    """Refuse parameters that the operation does not have, or has once only."""
    allowed = (*known, *_PAGING) if paged else known
    seen = set()
    for name, _ in request.query_params.multi_items():
        if name not in allowed:
            raise Refusal(400, f"Unknown parameter {name!r}.", name)
        if name in seen:
            raise Refusal(400, f"Parameter {name!r} is given more than once.", name)
        seen.add(name)


def flag(request: Request, name: str) -> bool | None:
    """A boolean parameter."""
    value = request.query_params.get(name)
    if value is None:
        return None
    if value not in _TRUTH:
        raise Refusal(400, f"{name} must be true or false.", name)
    return _TRUTH[value]


def moment(request: Request, name: str) -> int | None:
    """A date-time parameter in microseconds since the epoch."""
    value = request.query_params.get(name)
    if value is None:
        return None
    try:
        return instant(datetime.fromisoformat(value))
    except ValueError:
        raise Refusal(400, f"{name} must be a date and time in ISO 8601.", name) from None


def words(request: Request, name: str, most: int | None = None) -> str | None:
    """A text parameter of at most `most` characters."""
    value = request.query_params.get(name)
    if value is not None and most is not None and len(value) > most:
        raise Refusal(400, f"{name} must have at most {most} characters.", name)
    return value


def ordered(request: Request, items: Iterable[T], keys: Mapping[str, Callable[[T], Any]]) -> list[T]:
    """Items in the order of `$orderby`; `keys` has its fields."""
    result = list(items)
    wanted = request.query_params.get("$orderby", "")
    for part in reversed([part.split() for part in wanted.split(",") if part.strip()]):
        name, *direction = part
        if name not in keys or direction not in ([], ["asc"], ["desc"]):
            raise Refusal(400, f"$orderby cannot be {wanted!r}; the fields are {', '.join(keys)}.", "$orderby")
        result.sort(key=keys[name], reverse=direction == ["desc"])
    return result


def page(
    request: Request, items: Sequence[T], encode: Callable[[T], bytes], count_type: type[int] | type[str] = int
) -> Response:
    """One page of a list, with `@count` if asked for (v5 tells it as a text) and `@nextLink` while there is more."""
    part = _slice(request)
    shown = items[part.skip : part.skip + part.top]
    body = b'{"value":[' + b",".join(encode(item) for item in shown) + b"]"
    if part.counted:
        body += b',"@count":' + msgspec.json.encode(count_type(len(items)))
    if shown and part.skip + part.top < len(items):
        body += b',"@nextLink":' + msgspec.json.encode(_next_link(request, part))
    return Response(body + b"}", media_type="application/json")


def _slice(request: Request) -> Slice:
    skip = _number(request, "$skip", 0)
    top = _number(request, "$top", _MOST)
    if top > _MOST:
        raise Refusal(400, f"$top must be at most {_MOST}.", "$top")
    return Slice(flag(request, "$count") or False, skip, top)


def _number(request: Request, name: str, otherwise: int) -> int:
    value = request.query_params.get(name)
    if value is None:
        return otherwise
    if not (value.isascii() and value.isdigit()) or len(value) > 18:
        raise Refusal(400, f"{name} must be a whole number, zero or more.", name)
    return int(value)


def _next_link(request: Request, part: Slice) -> str:
    kept = [(name, value) for name, value in request.query_params.items() if name not in ("$skip", "$top")]
    query = urlencode([*kept, ("$skip", part.skip + part.top), ("$top", part.top)], safe="$")
    return str(request.url.replace(query=query))
