"""Who may ask: tokens and stacks."""

from __future__ import annotations

from secrets import compare_digest

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from k6desk.demo.errors import Refusal, refusal_response
from k6desk.demo.legacy_errors import legacy_refusal_response
from k6desk.demo.world import World

_AUTH = "/cloud/v6/auth"
_V2 = "/loadtests/"
_LEGACY = ("/cloud/v5/", _V2)
_LOGS = "/api/v1/"


class Gate:
    """Middleware that lets requests to the API pass with the right token and, except for `/auth`, stack id.

    The legacy token belongs to no stack: v5 and v2 take it without a stack id, v6 does not know it. They also know the
    older scheme `Token` beside `Bearer`. Logs are opened with `token` and either of them, and name no stack.
    """

    def __init__(self, app: ASGIApp, world: World, token: str, legacy_token: str | None) -> None:
        self._app = app
        self._stack_id = str(world.stack_id)
        self._token = token.encode()
        self._legacy_token = legacy_token and legacy_token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        refusal = self._refusal(scope) if scope["type"] in {"http", "websocket"} else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        path = scope["path"]
        if not path.startswith(("/cloud/", _V2, _LOGS)):
            return None
        is_log = path.startswith(_LOGS)
        is_legacy = is_log or path.startswith(_LEGACY)
        refuse = legacy_refusal_response if path.startswith(_V2) else refusal_response
        headers = Headers(scope=scope)
        scheme, _, text = headers.get("authorization", "").partition(" ")
        known = {"token"} if is_log else {"Bearer", "Token"} if is_legacy else {"Bearer"}
        token = text.encode("latin-1") if scheme in known else b""
        if is_legacy and self._legacy_token and compare_digest(token, self._legacy_token):
            return None
        if not compare_digest(token, self._token):
            return refuse(401, "Invalid token or authentication scheme.")
        if path == _AUTH or (is_log and "x-stack-id" not in headers):
            return None
        # Without a number it is the same: half of the operations document no 400.
        if headers.get("x-stack-id") != self._stack_id:
            return refuse(403, "X-Stack-Id must be the number of a stack that you have access to.")
        return None


class Authorization:
    """`/auth`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        return [Route(_AUTH, self.auth)]

    async def auth(self, request: Request) -> Response:
        """Tell the stack id behind a stack URL."""
        url = request.headers.get("x-stack-url", "")
        if url.rstrip("/") != self._world.stack_url:
            raise Refusal(403, "You do not have access to this stack.")
        default = self._world.projects[0]
        return JSONResponse({"stack_id": self._world.stack_id, "default_project_id": default.id})
