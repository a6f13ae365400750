"""The official OpenAPI description of API v6, and whether what was said over the wire keeps to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.deserializing.media_types.util import plain_loads
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = Path(__file__).parents[3] / "shared" / "api" / "openapi-v6-1.12.0.yaml"
ROOT = "/cloud/v6/"
METHODS = ("get", "post", "put", "patch", "delete")

needed = pytest.mark.skipif(not PATH.exists(), reason="the official description is not beside this checkout")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as the server saw them; header names are in small letters."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes
    status: int
    answer_headers: dict[str, str]
    answer: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path} {dict(self.query)} → {self.status}: {self.answer[:600]!r}"


class Recorder:
    """Middleware that keeps every exchange of an app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.exchanges: list[Exchange] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        body, answer, start = bytearray(), bytearray(), {}

        async def hear() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def say(message: Message) -> None:
            start.update(message if message["type"] == "http.response.start" else {})
            answer.extend(message.get("body", b""))
            await send(message)

        await self._app(scope, hear, say)
        query = tuple(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
        asked, told = _headers(scope["headers"]), _headers(start["headers"])
        self.exchanges.append(
            Exchange(scope["method"], scope["path"], query, asked, bytes(body), start["status"], told, bytes(answer))
        )


def _headers(pairs: Any) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}


@cache
def description() -> dict[str, Any]:
    """The description, made stricter: an object has no properties but the described ones.

    In one thing it is looser: people's addresses may have letters of any script, which JSON Schema calls `idn-email`.
    """
    text = PATH.read_text("utf-8").replace("format: email", "format: idn-email")
    whole = yaml.load(text, yaml.CSafeLoader)
    whole["paths"] = {path: item for path, item in whole["paths"].items() if path.startswith(ROOT)}
    for schema in whole["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return whole


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation of API v6."""
    for path, item in description()["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


@cache
def _openapi() -> OpenAPI:
    whole = _with_untyped_bytes(description())
    # openapi-core does not know of parts of a form that may be of two types.
    whole["components"]["schemas"]["CreateLoadTestApiModel"]["properties"]["k6_version"] = {"type": "integer"}
    return OpenAPI.from_dict(whole, Config(extra_media_type_deserializers={"text/javascript": plain_loads}))


def _with_untyped_bytes(value: Any) -> Any:
    """A copy in which bytes have no type, which is how OpenAPI 3.1 has them; the description still says string."""
    if isinstance(value, dict):
        return {} if value.get("format") == "binary" else {k: _with_untyped_bytes(item) for k, item in value.items()}
    return [_with_untyped_bytes(item) for item in value] if isinstance(value, list) else value


def query_of(operation: dict[str, Any]) -> set[str]:
    """The names of the parameters that an operation has in its query."""
    return {item["name"] for item in operation["parameters"] if item.get("in") == "query"}


def check_request(exchange: Exchange) -> None:
    """Raise when a client asked for something that the description does not have."""
    path, operation = _operation_of(exchange)
    unknown = {name for name, _ in exchange.query} - query_of(operation)
    assert not unknown, f"{exchange.method} {path} has no parameters {unknown}"
    assert not exchange.body or "requestBody" in operation, f"{exchange.method} {path} has no body"
    _check(exchange, lambda: _openapi().validate_request(_request(exchange)))


def check_answer(exchange: Exchange) -> None:
    """Raise when a server said something that the description does not have."""
    assert exchange.status != 204 or not exchange.answer
    content_type = exchange.answer_headers.get("content-type", "")
    response = MockResponse(exchange.answer, exchange.status, exchange.answer_headers, content_type)
    _check(exchange, lambda: _openapi().validate_response(_request(exchange), response))


def _check(exchange: Exchange, validate: Callable[[], None]) -> None:
    try:
        validate()
    except OpenAPIError as error:
        reasons = [item.message for item in getattr(error.__cause__, "schema_errors", [])[:3]]
        pytest.fail(f"{exchange}\n{error!r} {reasons or error.__cause__!r}", pytrace=False)


def operation_of(exchange: Exchange) -> str:
    """The name of the operation that was asked for."""
    return _operation_of(exchange)[1]["operationId"]


def _request(exchange: Exchange) -> MockRequest:
    return MockRequest(
        description()["servers"][0]["url"],
        exchange.method,
        exchange.path,
        args=dict(exchange.query),
        headers=exchange.headers,
        data=exchange.body,
        content_type=exchange.headers.get("content-type", ""),
    )


def _operation_of(exchange: Exchange) -> tuple[str, dict[str, Any]]:
    asked = exchange.path.split("/")
    for method, path, operation in operations():
        parts = path.split("/")
        same = len(parts) == len(asked) and all(
            part.startswith("{") or part == word for part, word in zip(parts, asked, strict=True)
        )
        if method == exchange.method and same:
            return path, operation
    raise AssertionError(f"the description has no {exchange.method} {exchange.path}")
