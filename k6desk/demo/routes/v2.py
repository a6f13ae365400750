"""API v2: start, read and stop runs."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from k6desk.demo.errors import Refusal
from k6desk.demo.fields import select
from k6desk.demo.inventory import ConflictError
from k6desk.demo.legacy_errors import on_legacy_conflict, on_legacy_http_exception
from k6desk.demo.legacy_runs import LegacyRun, legacy_run, shared_run_id
from k6desk.demo.legacy_shapes import V2_RUN, V2_STARTED_RUN
from k6desk.demo.legacy_thresholds import threshold_rows
from k6desk.demo.queries import check_names
from k6desk.demo.routes.load_tests import find_test
from k6desk.demo.routes.v5 import find_run
from k6desk.demo.runs import Run
from k6desk.demo.world import World


class V2:
    """What is under `/loadtests/v2`: an application of its own, whose errors have the legacy shape."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        routes = [
            Route("/tests/{id:int}/start-testrun", self.start, methods=["POST"]),
            Route("/runs", self.runs),
            Route("/runs/{id:int}", self.run),
            Route("/runs/{id:int}/stop", self.stop, methods=["POST"]),
            Route("/thresholds", self.thresholds),
        ]
        handlers = {HTTPException: on_legacy_http_exception, ConflictError: on_legacy_conflict}
        return [Mount("/loadtests/v2", app=Starlette(routes=routes, exception_handlers=handlers))]

    async def start(self, request: Request) -> Response:
        """Start a run; each request starts another."""
        check_names(request, paged=False)
        test = find_test(self._world, request)
        if test.draft.shape == "none":
            raise Refusal(404, "The load test has no script.")
        run = self._world.start(test)
        shown = legacy_run(self._world, run, self._world.now())
        return JSONResponse({"k6-run": select(None, V2_STARTED_RUN)(shown)})

    async def runs(self, request: Request) -> Response:
        """List the runs of a test, or those of the ids, or the one of the public id; there are no pages."""
        _check_names(request)
        shown = select(request.query_params.get("$select"), V2_RUN)
        found = self._wanted(request)
        return JSONResponse({"k6-runs": [shown(item) for item in found], "meta": {"count": len(found)}})

    async def run(self, request: Request) -> Response:
        """One run."""
        check_names(request, "$select", paged=False)
        shown = select(request.query_params.get("$select"), V2_RUN)
        return JSONResponse({"k6-run": shown(find_run(self._world, request))})

    async def stop(self, request: Request) -> Response:
        """Stop a run that has not ended; it ends a moment later."""
        check_names(request, paged=False)
        self._world.abort(find_run(self._world, request).run)
        return Response(status_code=204)

    async def thresholds(self, request: Request) -> Response:
        """List the thresholds of a run as they are by now; none of a run that is not there."""
        check_names(request, "test_run_id", paged=False)
        run = self._world.run(_whole("test_run_id", request.query_params.get("test_run_id", "")))
        if run is None:
            return JSONResponse({"k6-thresholds": []})
        measurements = self._world.measurements
        measured = measurements.of(run, self._world.now())
        rows = await measurements.work_out(lambda: threshold_rows(self._world, run, measured))
        return JSONResponse({"k6-thresholds": rows})

    def _wanted(self, request: Request) -> list[LegacyRun]:
        query = request.query_params
        ids = [_whole("ids[]", text) for text in query.getlist("ids[]")]
        public_id = query.get("public_id")
        wanted: Iterable[Run | None]
        if "test_id" in query:
            test = self._world.test(_whole("test_id", query["test_id"]))
            if test is None:
                raise Refusal(404, "Load test not found.")
            wanted = map(self._world.plan, self._world.runs_of_test(test, None, None))
        elif ids or public_id is not None:
            wanted = map(self._world.run, sorted(set(ids)) or [shared_run_id(public_id or "")])
        else:
            raise Refusal(400, "This parameter is required.", "test_id")
        now = self._world.now()
        found = [legacy_run(self._world, run, now) for run in wanted if run is not None]
        return [item for item in found if (not ids or item.id in ids) and public_id in (None, item.public_id)]


def _check_names(request: Request) -> None:
    """Refuse parameters that the list does not have; of them only `ids[]` may come more than once."""
    for name in request.query_params:
        if name not in ("test_id", "$select", "ids[]", "public_id"):
            raise Refusal(400, "This parameter is unknown.", name)
        if name != "ids[]" and len(request.query_params.getlist(name)) > 1:
            raise Refusal(400, "This parameter is given more than once.", name)


def _whole(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        raise Refusal(400, "A valid integer is required.", name)
    return int(text)
