"""Test runs: lists, one run, its note, abort, machines and frozen script."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from k6desk.demo.archives import script_of
from k6desk.demo.errors import Refusal
from k6desk.demo.queries import check_names, flag, moment, ordered, page
from k6desk.demo.routes.load_tests import find_test
from k6desk.demo.routes.script_answer import script_answer
from k6desk.demo.runs import Run
from k6desk.demo.shapes import distribution_json, run_json
from k6desk.demo.world import AlreadyEndedError, World

_CACHED_ROWS = 150_000


class _Patch(msgspec.Struct, forbid_unknown_fields=True):
    note: str


class TestRuns:
    """`/test_runs` and `/load_tests/{id}/test_runs`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ended_rows: dict[int, bytes] = {}

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        return [
            Route("/cloud/v6/test_runs", self.list),
            Route("/cloud/v6/load_tests/{id:int}/test_runs", self.list_of_test),
            Route("/cloud/v6/test_runs/{id:int}", self.one, methods=["GET", "PATCH"]),
            Route("/cloud/v6/test_runs/{id:int}/abort", self.abort, methods=["POST"]),
            Route("/cloud/v6/test_runs/{id:int}/distribution", self.distribution),
            Route("/cloud/v6/test_runs/{id:int}/script", self.script),
        ]

    async def list(self, request: Request) -> Response:
        """List all runs, oldest first; there is no other order."""
        check_names(request, "created_after", "created_before")
        found = self._world.runs(moment(request, "created_after"), moment(request, "created_before"))
        return self._page(request, found)

    async def list_of_test(self, request: Request) -> Response:
        """List the runs of one test, oldest first unless `$orderby=created desc`."""
        check_names(request, "created_after", "created_before", "$orderby", "is_starred")
        test = find_test(self._world, request)
        found = self._world.runs_of_test(test, moment(request, "created_after"), moment(request, "created_before"))
        starred = flag(request, "is_starred")
        if starred is not None:
            found = [index for index in found if self._world.plan(index).is_starred == starred]
        return self._page(request, ordered(request, found, {"created": lambda index: index}))

    async def one(self, request: Request) -> Response:
        """Serve the path of one run."""
        return await (self.patch(request) if request.method == "PATCH" else self.retrieve(request))

    async def retrieve(self, request: Request) -> Response:
        """One run."""
        check_names(request, paged=False)
        return JSONResponse(run_json(self._world, self._find(request), self._world.now()))

    async def patch(self, request: Request) -> Response:
        """Change the note."""
        check_names(request, paged=False)
        run = self._find(request)
        try:
            change = msgspec.json.decode(await request.body(), type=_Patch)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Refusal(400, str(error), "note") from None
        self._world.set_note(run, change.note)
        return Response(status_code=204)

    async def abort(self, request: Request) -> Response:
        """Abort a run that has not ended; it stops a moment later."""
        check_names(request, paged=False)
        try:
            self._world.abort(self._find(request))
        except AlreadyEndedError:
            raise Refusal(409, "Cannot abort a non-running test.") from None
        return Response(status_code=204)

    async def distribution(self, request: Request) -> Response:
        """The machines of a run; there are none before it was initialized, for local and for old runs."""
        check_names(request, paged=False)
        run = self._find(request)
        started = any(step.status == "running" for step in self._world.state(run, self._world.now()).history)
        if not started or run.is_local or run.generation == 2024:
            raise Refusal(404, "No distribution data available for the given test run.")
        return JSONResponse(distribution_json(run, self._world.test_of_run(run.index).draft))

    async def script(self, request: Request) -> Response:
        """The script as it was when the run started."""
        check_names(request, paged=False)
        run = self._find(request)
        return script_answer(request, script_of(self._world.test_of_run(run.index), at_us=run.created_us))

    def _find(self, request: Request) -> Run:
        run = self._world.run(request.path_params["id"])
        if run is None:
            raise Refusal(404, "Test run not found.")
        return run

    def _page(self, request: Request, indices: Sequence[int]) -> Response:
        return page(request, indices, partial(self._row, now=self._world.now()))

    def _row(self, index: int, now: int) -> bytes:
        row = self._ended_rows.get(index)
        if row is None or index in self._world.edited:
            shown = run_json(self._world, self._world.plan(index), now)
            row = msgspec.json.encode(shown)
            if shown["ended"] is not None:
                if len(self._ended_rows) >= _CACHED_ROWS:
                    self._ended_rows.clear()
                self._ended_rows[index] = row
        return row
