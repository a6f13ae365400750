"""Test runs: lists, one run and what can be done with it, its machines and frozen script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from k6desk.demo.archives import script_of
from k6desk.demo.bodies import Body, json_body
from k6desk.demo.errors import Refusal
from k6desk.demo.queries import check_names, flag, moment, ordered, page
from k6desk.demo.routes.load_tests import find_test
from k6desk.demo.routes.resource import resource
from k6desk.demo.routes.script_answer import script_answer
from k6desk.demo.runs import Run
from k6desk.demo.shapes import distribution_json, run_json
from k6desk.demo.world import World

_CACHED_ROWS = 150_000


_MARKS: Mapping[str, Callable[[World, Run], None]] = {
    "star": lambda world, run: world.star(run, True),
    "unstar": lambda world, run: world.star(run, False),
    "save": lambda world, run: world.save(run, True),
    "unsave": lambda world, run: world.save(run, False),
}


class _Patch(Body):
    note: str


class TestRuns:
    """`/test_runs` and `/load_tests/{id}/test_runs`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ended_rows: dict[int, bytes] = {}

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        one = "/cloud/v6/test_runs/{id:int}"
        return [
            resource("/cloud/v6/test_runs", get=self.list),
            resource("/cloud/v6/load_tests/{id:int}/test_runs", get=self.list_of_test),
            resource(one, get=self.retrieve, patch=self.patch, delete=self.delete),
            resource(f"{one}/abort", post=self.abort),
            resource(f"{one}/distribution", get=self.distribution),
            resource(f"{one}/script", get=self.script),
            *(resource(f"{one}/{mark}", post=self.mark) for mark in _MARKS),
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
            found = [index for index in found if self._world.is_starred(self._world.plan(index)) == starred]
        return self._page(request, ordered(request, found, {"created": lambda index: index}))

    async def retrieve(self, request: Request) -> Response:
        """One run."""
        return JSONResponse(run_json(self._world, self._find(request), self._world.now()))

    async def patch(self, request: Request) -> Response:
        """Change the note."""
        run = self._find(request)
        self._world.set_note(run, (await json_body(request, _Patch)).note)
        return Response(status_code=204)

    async def delete(self, request: Request) -> Response:
        """Delete a run that is over."""
        self._world.delete_run(self._find(request))
        return Response(status_code=204)

    async def abort(self, request: Request) -> Response:
        """Abort a run that has not ended; it stops a moment later."""
        self._world.abort(self._find(request))
        return Response(status_code=204)

    async def mark(self, request: Request) -> Response:
        """Star or save a run, or no longer."""
        _MARKS[request.url.path.rpartition("/")[2]](self._world, self._find(request))
        return Response(status_code=204)

    async def distribution(self, request: Request) -> Response:
        """The machines of a run; there are none before it was initialized, for local and for old runs."""
        run = self._find(request)
        started = any(step.status == "running" for step in self._world.state(run, self._world.now()).history)
        if not started or run.is_local or run.generation == 2024:
            raise Refusal(404, "No distribution data available for the given test run.")
        return JSONResponse(distribution_json(run, self._world.begun_from(run.index).draft))

    async def script(self, request: Request) -> Response:
        """The script as it was when the run started."""
        run = self._find(request)
        return script_answer(request, script_of(self._world.begun_from(run.index), at_us=run.created_us))

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
