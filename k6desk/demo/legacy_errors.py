"""Refusals in the shape of the legacy API v2: `{"error": {code: int, message, field_errors or errors}}`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from k6desk.demo.errors import Refusal

_CODES = {400: 2, 401: 4, 403: 5, 404: 7, 405: 8, 409: 12, 410: 13}


def legacy_refusal_response(status: int, message: str, field: str | None = None) -> Response:
    """The answer for a refusal, which may be because of one field or parameter."""
    error: dict[str, Any] = {"code": _CODES.get(status, 1), "message": HTTPStatus(status).phrase}
    error |= {"field_errors": {field: [message]}} if field else {"errors": [message]}
    return JSONResponse({"error": error}, status)


async def on_legacy_http_exception(_request: Request, exc: Exception) -> Response:
    """Answer what a route or the router raised."""
    assert isinstance(exc, HTTPException)
    field = exc.target if isinstance(exc, Refusal) else None
    answer = legacy_refusal_response(exc.status_code, exc.detail, field)
    answer.headers.update(exc.headers or {})
    return answer


async def on_legacy_conflict(_request: Request, exc: Exception) -> Response:
    """Answer what cannot be done as things are."""
    return legacy_refusal_response(409, str(exc))
