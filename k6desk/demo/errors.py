"""Refusals in the shape that API v6 documents: `{"error": {message, code, target, details}}`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    410: "gone",
    429: "too_many_requests",
}


class Refusal(HTTPException):
    """A request that is answered with an error.

    `target` names the parameter or property at fault; when there are several, `faults` has a sentence and a target
    for each.
    """

    def __init__(
        self, status: int, message: str, target: str | None = None, faults: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(status, message)
        self.target = target
        self.faults = faults


def refusal_response(
    status: int,
    message: str,
    target: str | None = None,
    headers: Mapping[str, str] | None = None,
    faults: Sequence[tuple[str, str]] = (),
) -> Response:
    """The answer for a refusal."""
    code = _CODES.get(status, "error")
    shown = faults or ([(message, target)] if target else [])
    details = [{"message": message, "code": code, "target": target} for message, target in shown] or None
    error = {"message": message, "code": code, "target": target, "details": details}
    return JSONResponse({"error": error}, status, headers)


async def on_http_exception(_request: Request, exc: Exception) -> Response:
    """Answer what a route or the router raised."""
    assert isinstance(exc, HTTPException)
    target, faults = (exc.target, exc.faults) if isinstance(exc, Refusal) else (None, ())
    return refusal_response(exc.status_code, exc.detail, target, exc.headers, faults)


async def on_conflict(_request: Request, exc: Exception) -> Response:
    """Answer what cannot be done as things are."""
    return refusal_response(409, str(exc))
