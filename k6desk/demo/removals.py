"""A server that has dropped operations whose removal Grafana announced, or a legacy API as a whole."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Literal, get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from k6desk.demo.errors import refusal_response
from k6desk.demo.legacy_errors import legacy_refusal_response

Removed = Literal["save", "unsave", "baseline", "thresholds", "v2", "v5"]
REMOVABLE: tuple[Removed, ...] = get_args(Removed)

_KEEPING = re.compile(r"/cloud/v6/test_runs/\d+/(save|unsave)")
_LOAD_TEST = re.compile(r"/cloud/v6/load_tests/\d+")
_BASELINE = "baseline_test_run_id"
_THRESHOLDS = "/loadtests/v2/thresholds"


class Removals:
    """Middleware that answers for what is `removed`, in both ways that servers do it.

    `save`, `unsave`, the `thresholds` of v2 and `v5`: 404, as for any path that nobody serves. `v2`: 410, and so a
    change of a test that names its `baseline`: with 400 nobody could tell a removed property from a run that cannot be
    the baseline.
    """

    def __init__(self, app: ASGIApp, removed: Set[Removed]) -> None:
        self._app = app
        self._removed = removed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope["path"])
        if "baseline" in self._removed and scope["method"] == "PATCH" and _LOAD_TEST.fullmatch(scope["path"]):
            body = await Request(scope, receive).body()
            receive = _again(body, receive)
            if _names_baseline(body):
                refusal = refusal_response(410, "Baselines have been removed.", _BASELINE)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, path: str) -> Response | None:
        if "v2" in self._removed and path.startswith("/loadtests/v2/"):
            return legacy_refusal_response(410, "This API has been removed.")
        if "thresholds" in self._removed and path == _THRESHOLDS:
            return legacy_refusal_response(404, "Not Found")
        keeping = _KEEPING.fullmatch(path)
        if (keeping and keeping[1] in self._removed) or ("v5" in self._removed and path.startswith("/cloud/v5/")):
            return refusal_response(404, "Not Found")
        return None


def _again(body: bytes, receive: Receive) -> Receive:
    """What gives a body that was read already, and then whatever follows."""
    waiting = [body]

    async def receive_again() -> Message:
        return {"type": "http.request", "body": waiting.pop()} if waiting else await receive()

    return receive_again


def _names_baseline(body: bytes) -> bool:
    try:
        change = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return isinstance(change, dict) and _BASELINE in change
