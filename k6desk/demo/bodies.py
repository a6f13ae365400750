"""Bodies of requests, read as strictly as the official description allows."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeVar

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from k6desk.demo.errors import Refusal

T = TypeVar("T")

Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
TestName = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
ProjectName = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
_LARGEST = 100_000_000
"""The bytes that a script may have."""
_PLACE = re.compile(r" - at `\$(?:\.)?(.*)`$")
_FIELD = re.compile(r"field `(\w+)`")


class Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A JSON object of a request: what the description does not name is refused."""


async def json_body(request: Request, kind: type[T], *, optional: bool = False) -> T:
    """The JSON body of a request. With `optional` no body is an empty object."""
    content = await request.body()
    if not content and optional:
        return msgspec.convert({}, kind)
    if _media_type(request) != "application/json":
        raise Refusal(400, "The body must be JSON, with the content type application/json.", "Content-Type")
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.ValidationError as error:
        message = str(error)
        place, field = _PLACE.search(message), _FIELD.search(message)
        named = [found[1] for found in (place, field) if found and found[1]]
        raise Refusal(400, f"{_PLACE.sub('', message)}.", ".".join(named) or "body") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, f"The body is not JSON: {error}", "body") from None


async def octets_body(request: Request) -> bytes:
    """The raw body of a request."""
    if _media_type(request) != "application/octet-stream":
        raise Refusal(400, "The body must have the content type application/octet-stream.", "Content-Type")
    return await request.body()


async def form_body(request: Request, *known: str) -> dict[str, bytes]:
    """The fields of a multipart form, files or not."""
    if _media_type(request) != "multipart/form-data":
        raise Refusal(400, "The body must have the content type multipart/form-data.", "Content-Type")
    try:
        async with request.form(max_part_size=_LARGEST) as form:
            sent = [
                (name, await value.read() if isinstance(value, UploadFile) else value.encode())
                for name, value in form.multi_items()
            ]
    except (HTTPException, KeyError, ValueError) as error:
        # The parser raises the first one for what it knows to be wrong, the others without a boundary or with odd text.
        detail = error.detail.rstrip(".") if isinstance(error, HTTPException) else "it cannot be read"
        raise Refusal(400, f"The form is not right: {detail}.", "body") from None
    fields: dict[str, bytes] = {}
    for name, content in sent:
        if name not in known or name in fields:
            raise Refusal(400, f"The field {name!r} is unknown or given more than once.", name)
        fields[name] = content
    return fields


def form_field(fields: dict[str, bytes], name: str, kind: Any) -> Any:
    """A field of a form as text, or as the number that its text is."""
    try:
        return msgspec.convert(fields[name].decode(), kind, strict=False)
    except KeyError:
        raise Refusal(400, f"The field {name!r} is required.", name) from None
    except UnicodeDecodeError:
        raise Refusal(400, f"The field {name!r} is not UTF-8 text.", name) from None
    except msgspec.ValidationError as error:
        raise Refusal(400, f"{error}.", name) from None


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
