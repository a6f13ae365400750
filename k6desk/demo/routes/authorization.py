"""Who may ask: tokens and stacks."""

from __future__ import annotations

from secrets import compare_digest

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from k6desk.demo.errors import Refusal, refusal_response
from k6desk.demo.queries import check_names
from k6desk.demo.world import World

_AUTH = "/cloud/v6/auth"


class Gate:
    """Middleware that lets requests to the API pass with the right token and, except for `/auth`, stack id."""

    def __init__(self, app: ASGIApp, world: World, token: str) -> None:
        self._app = app
        self._world = world
        self._authorization = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        if not scope["path"].startswith("/cloud/"):
            return None
        headers = Headers(scope=scope)
        if not compare_digest(headers.get("authorization", "").encode("latin-1"), self._authorization):
            return refusal_response(401, "Invalid token or authentication scheme.")
        if scope["path"] == _AUTH:
            return None
        stack_id = headers.get("x-stack-id")
        if stack_id is None or not stack_id.isdigit():
            return refusal_response(400, "X-Stack-Id must be the number of a stack.", "X-Stack-Id")
        if stack_id != str(self._world.stack_id):
            return refusal_response(403, "You do not have access to this stack.")
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
        check_names(request, paged=False)
        url = request.headers.get("x-stack-url")
        if not url:
            raise Refusal(400, "X-Stack-Url must be the address of a stack.", "X-Stack-Url")
        if url.rstrip("/") != self._world.stack_url:
            raise Refusal(403, "You do not have access to this stack.")
        default = self._world.projects[0]
        return JSONResponse({"stack_id": self._world.stack_id, "default_project_id": default.id})
