"""One path with an operation for each of its methods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Operation = Callable[[Request], Awaitable[Response]]


def resource(path: str, **operations: Operation) -> Route:
    """A route whose keyword arguments are the methods in lower case. HEAD is answered as GET, without the body."""

    async def serve(request: Request) -> Response:
        method = request.method.lower()
        # Before the operation looks anything up, which may be changed or deleted while the body comes in.
        await request.body()
        return await operations["get" if method == "head" else method](request)

    return Route(path, serve, methods=[method.upper() for method in operations])
