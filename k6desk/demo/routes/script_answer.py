"""The answer that carries a script: JavaScript or a k6 archive."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from k6desk.demo.catalogue import Script
from k6desk.demo.errors import Refusal


def script_answer(request: Request, script: Script | None) -> Response:
    """The script if there is one and its type satisfies the Accept header; it is never converted."""
    if script is None:
        raise Refusal(404, "There is no script.")
    if not _accepts(request.headers.get("accept", "*/*"), script.media_type):
        raise Refusal(406, f"The script is {script.media_type}, which the Accept header does not allow.", "Accept")
    return Response(script.content, media_type=script.media_type)


def _accepts(accept: str, media_type: str) -> bool:
    family = media_type.split("/")[0]
    for part in accept.split(","):
        wanted, *parameters = (piece.strip().lower() for piece in part.split(";"))
        refused = any(parameter.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for parameter in parameters)
        if wanted in ("*/*", f"{family}/*", media_type) and not refused:
            return True
    return False
