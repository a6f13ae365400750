"""API v5: projects, load tests and runs to read, with fields, order and filter of one's choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from k6desk.demo.errors import Refusal
from k6desk.demo.fields import Field, order_keys, select
from k6desk.demo.inventory import LoadTest
from k6desk.demo.legacy_runs import LegacyRun, legacy_run
from k6desk.demo.legacy_shapes import PROJECT, TEST, V5_RUN, LegacyTest
from k6desk.demo.odata import matching
from k6desk.demo.queries import check_names, ordered, page
from k6desk.demo.routes.load_tests import find_test
from k6desk.demo.routes.projects import find_project
from k6desk.demo.world import World

T = TypeVar("T")


def find_run(world: World, request: Request) -> LegacyRun:
    """The run that the path names, as it is now."""
    run = world.run(request.path_params["id"])
    if run is None:
        raise Refusal(404, "Test run not found.")
    return legacy_run(world, run, world.now())


class V5:
    """What is under `/cloud/v5`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        return [
            Route("/cloud/v5/projects", self.projects),
            Route("/cloud/v5/projects/{id:int}/load_tests", self.load_tests),
            Route("/cloud/v5/load_tests/{id:int}", self.load_test),
            Route("/cloud/v5/load_tests/{id:int}/test_runs", self.test_runs),
            Route("/cloud/v5/test_runs/{id:int}", self.test_run),
        ]

    async def projects(self, request: Request) -> Response:
        """List all projects."""
        return _page(request, self._world.projects, PROJECT)

    async def load_tests(self, request: Request) -> Response:
        """List the tests of one project."""
        project = find_project(self._world, request)
        return _page(request, [LegacyTest(test, project) for test in self._world.tests_of(project.id)], TEST)

    async def load_test(self, request: Request) -> Response:
        """One test."""
        return _one(request, self._with_project(find_test(self._world, request)), TEST)

    async def test_runs(self, request: Request) -> Response:
        """List the runs of one test, oldest first unless `$orderby` wants otherwise."""
        now = self._world.now()
        indices = self._world.runs_of_test(find_test(self._world, request), None, None)
        return _page(request, [legacy_run(self._world, self._world.plan(index), now) for index in indices], V5_RUN)

    async def test_run(self, request: Request) -> Response:
        """One run."""
        return _one(request, find_run(self._world, request), V5_RUN)

    def _with_project(self, test: LoadTest) -> LegacyTest:
        project = self._world.project(test.project_id)
        assert project is not None
        return LegacyTest(test, project)


def _one(request: Request, item: T, fields: Mapping[str, Field[T]]) -> Response:
    check_names(request, "$select", paged=False)
    return JSONResponse(select(request.query_params.get("$select"), fields)(item))


def _page(request: Request, items: Iterable[T], fields: Mapping[str, Field[T]]) -> Response:
    check_names(request, "$select", "$orderby", "$filter")
    shown = select(request.query_params.get("$select"), fields)
    found = matching(request.query_params.get("$filter"), items, fields)
    rows = ordered(request, found, order_keys(fields))
    return page(request, rows, lambda item: msgspec.json.encode(shown(item)), count_type=str)
