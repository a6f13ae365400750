"""Load tests: lists, one test and its changes, and today's scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from k6desk.demo.archives import script_of
from k6desk.demo.bodies import Body, Int64, TestName, form_body, form_field, json_body, octets_body
from k6desk.demo.errors import Refusal
from k6desk.demo.inventory import LoadTest
from k6desk.demo.queries import check_names, ordered, page, words
from k6desk.demo.routes.projects import find_project
from k6desk.demo.routes.resource import resource
from k6desk.demo.routes.script_answer import script_answer
from k6desk.demo.shapes import load_test_json
from k6desk.demo.uploads import draft_of, read_script
from k6desk.demo.world import World

_ORDERS = {
    "id": lambda test: test.id,
    "project_id": lambda test: test.project_id,
    "name": lambda test: test.name.casefold(),
    "created": lambda test: test.created_us,
    "updated": lambda test: test.updated_us,
}


class _Patch(Body):
    name: TestName | UnsetType = UNSET
    baseline_test_run_id: Int64 | UnsetType | None = UNSET
    k6_version: Int64 | UnsetType | None = UNSET


class _Move(Body):
    project_id: Int64


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
        of_project, one = "/cloud/v6/projects/{id:int}/load_tests", "/cloud/v6/load_tests/{id:int}"
        return [
            resource("/cloud/v6/load_tests", get=self.list),
            resource(of_project, get=self.list_of_project, post=self.create),
            resource(one, get=self.retrieve, patch=self.patch, delete=self.delete),
            resource(f"{one}/move", put=self.move),
            resource(f"{one}/script", get=self.script, put=self.upload),
        ]

    async def list(self, request: Request) -> Response:
        """List all tests, or those of a name."""
        return self._page(request, self._world.tests)

    async def list_of_project(self, request: Request) -> Response:
        """List the tests of one project."""
        project = find_project(self._world, request)
        return self._page(request, self._world.tests_of(project.id))

    async def create(self, request: Request) -> Response:
        """Create a test, with or without a script."""
        find_project(self._world, request)
        fields = await form_body(request, "name", "script", "k6_version")
        # Reading a large file takes a while, in which the project may be deleted.
        project = find_project(self._world, request)
        name = form_field(fields, "name", TestName)
        k6_version = form_field(fields, "k6_version", Int64 | None) if "k6_version" in fields else None
        script = read_script(fields["script"]) if fields.get("script") else None
        test = self._world.create_test(project.id, draft_of(name, script), script, k6_version)
        return JSONResponse(load_test_json(test), 201)

    async def retrieve(self, request: Request) -> Response:
        """One test."""
        return JSONResponse(load_test_json(find_test(self._world, request)))

    async def patch(self, request: Request) -> Response:
        """Change the name, the baseline or the version of k6; what is not named stays."""
        test = find_test(self._world, request)
        change = await json_body(request, _Patch, optional=True)
        inventory, now = self._world.inventory, self._world.now()
        if change.baseline_test_run_id is not UNSET:
            run_id = change.baseline_test_run_id
            run = None if run_id is None else self._world.run(run_id)
            if run_id is not None and (run is None or self._world.test_of_run(run.index).id != test.id):
                raise Refusal(400, "The baseline must be a run of this load test.", "baseline_test_run_id")
            test = replace(test, baseline_id=run_id, updated_us=now)
        if change.name not in (UNSET, test.name):
            inventory.check_test_name(test.project_id, change.name)
            test = replace(test, name=change.name, updated_us=now)
        if change.k6_version is not UNSET:
            test = replace(test, k6_version=change.k6_version, updated_us=now)
        inventory.put_test(test)
        return Response(status_code=204)

    async def delete(self, request: Request) -> Response:
        """Delete a test with its runs and its schedule."""
        self._world.delete_test(find_test(self._world, request))
        return Response(status_code=204)

    async def move(self, request: Request) -> Response:
        """Move a test with its runs to another project."""
        test = find_test(self._world, request)
        project_id = (await json_body(request, _Move)).project_id
        if self._world.project(project_id) is None:
            raise Refusal(400, "There is no such project.", "project_id")
        self._world.move_test(test, project_id)
        return Response(status_code=204)

    async def script(self, request: Request) -> Response:
        """The script of a test as it is today."""
        return script_answer(request, script_of(find_test(self._world, request)))

    async def upload(self, request: Request) -> Response:
        """Replace the script; the time of the last update does not change."""
        test = find_test(self._world, request)
        content = await octets_body(request)
        if not content:
            raise Refusal(400, "The script is empty.", "body")
        script = read_script(content)
        self._world.inventory.put_test(replace(test, draft=draft_of(test.draft.name, script), upload=script))
        return Response(status_code=204)

    def _page(self, request: Request, tests: Sequence[LoadTest]) -> Response:
        check_names(request, "$orderby", "name")
        name = words(request, "name")
        found = [test for test in tests if name is None or test.name == name]
        return page(request, ordered(request, found, _ORDERS), lambda item: msgspec.json.encode(load_test_json(item)))
