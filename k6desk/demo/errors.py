"""Refusals in the shape that API v6 documents: `{"error": {message, code, target, details}}`."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_CODES = {
    400: "validation_error",
    401: "unauthorized",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    429: "too_many_requests",
}


class Refusal(HTTPException):
    """A request that is answered with an error. `target` names the parameter or property at fault."""

    def __init__(self, status: int, message: str, target: str | None = None) -> None:
        super().__init__(status, message)
        self.target = target


def refusal_response(
    status: int, message: str, target: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The answer for a refusal."""
    code = _CODES.get(status, "error")
    details = [{"message": message, "code": code, "target": target}] if target else None
    error = {"message": message, "code": code, "target": target, "details": details}
    return JSONResponse({"error": error}, status, headers)


async def on_http_exception(_request: Request, exc: Exception) -> Response:
    """Answer what a route or the router raised."""
    assert isinstance(exc, HTTPException)
    target = exc.target if isinstance(exc, Refusal) else None
    return refusal_response(exc.status_code, exc.detail, target, exc.headers)
