"""Load tests and today's scripts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from k6desk.demo.archives import script_of
from k6desk.demo.errors import Refusal
from k6desk.demo.inventory import LoadTest
from k6desk.demo.queries import check_names, ordered, page, words
from k6desk.demo.routes.projects import find_project
from k6desk.demo.routes.script_answer import script_answer
from k6desk.demo.shapes import load_test_json
from k6desk.demo.world import World

_ORDERS = {
    "id": lambda test: test.id,
    "project_id": lambda test: test.project_id,
    "name": lambda test: test.name.casefold(),
    "created": lambda test: test.created_us,
    "updated": lambda test: test.updated_us,
}


def find_test(world: World, request: Request) -> LoadTest:
    """The load test that the path names."""
    test = world.test(request.path_params["id"])
    if test is None:
        raise Refusal(404, "Load test not found.")
    return test


class LoadTests:
    """`/load_tests` and `/projects/{id}/load_tests`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        return [
            Route("/cloud/v6/load_tests", self.list),
            Route("/cloud/v6/projects/{id:int}/load_tests", self.list_of_project),
            Route("/cloud/v6/load_tests/{id:int}", self.retrieve),
            Route("/cloud/v6/load_tests/{id:int}/script", self.script),
        ]

    async def list(self, request: Request) -> Response:
        """List all tests, or those of a name."""
        return self._page(request, self._world.tests)

    async def list_of_project(self, request: Request) -> Response:
        """List the tests of one project."""
        project = find_project(self._world, request)
        return self._page(request, [self._world.tests[index] for index in project.tests])

    async def retrieve(self, request: Request) -> Response:
        """One test."""
        check_names(request, paged=False)
        return JSONResponse(load_test_json(find_test(self._world, request)))

    async def script(self, request: Request) -> Response:
        """The script of a test as it is today."""
        check_names(request, paged=False)
        return script_answer(request, script_of(find_test(self._world, request)))

    def _page(self, request: Request, tests: Sequence[LoadTest]) -> Response:
        check_names(request, "$orderby", "name")
        name = words(request, "name")
        found = [test for test in tests if name is None or test.name == name]
        return page(request, ordered(request, found, _ORDERS), lambda item: msgspec.json.encode(load_test_json(item)))
