"""Starting runs, and what they would cost."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from k6desk.demo.bodies import Body, Int64, json_body
from k6desk.demo.cost import cost_of
from k6desk.demo.errors import Refusal
from k6desk.demo.estimates import OptionsError, workload_of, zones_of
from k6desk.demo.inventory import Project
from k6desk.demo.routes.load_tests import find_test
from k6desk.demo.routes.resource import resource
from k6desk.demo.shapes import estimate_json, run_json
from k6desk.demo.world import World

_REDUCTIONS = {"local_run": 25}


class _Options(Body):
    options: dict[str, Any]
    project_id: Int64 | None = None
    k6_dependencies: dict[str, str] | None = None
    k6_version: Int64 | None = None
    is_local_execution: bool = False


class Starts:
    """`/load_tests/{id}/start` and `/validate_options`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        return [
            resource("/cloud/v6/load_tests/{id:int}/start", post=self.start),
            resource("/cloud/v6/validate_options", post=self.validate),
        ]

    async def start(self, request: Request) -> Response:
        """Start a run. No status is documented for a wrong key, so a key of any length counts."""
        test = find_test(self._world, request)
        if test.draft.shape == "none":
            raise Refusal(404, "The load test has no script.")
        run = self._world.start(test, request.headers.get("k6-idempotency-key"))
        shown = run_json(self._world, run, self._world.now())
        page = f"{self._world.stack_url}/a/k6-app/runs/{shown['id']}"
        return JSONResponse({**shown, "test_run_details_page_url": page})

    async def validate(self, request: Request) -> Response:
        """What a run with these options would cost, if it can run at all."""
        asked = await json_body(request, _Options)
        project = self._project(asked)
        try:
            workload, zones = workload_of(asked.options), zones_of(asked.options)
        except OptionsError as error:
            target = error.target if error.target.startswith("options.") else f"options.{error.target}"
            raise Refusal(400, str(error), target) from None
        problems = self._world.permissions.problems(project, workload, zones)
        if problems:
            raise Refusal(400, "The test cannot be run with these options.", "options", problems)
        reductions = _REDUCTIONS if asked.is_local_execution else {}
        return JSONResponse(estimate_json(cost_of(workload, 1, reductions)))

    def _project(self, asked: _Options) -> Project:
        cloud = asked.options.get("cloud")
        named = cloud.get("projectID") if isinstance(cloud, dict) else None
        target = "options.cloud.projectID" if asked.project_id is None else "project_id"
        project_id = named if asked.project_id is None else asked.project_id
        if project_id is None:
            return self._world.projects[0]
        project = self._world.project(project_id) if isinstance(project_id, int) else None
        if project is None:
            raise Refusal(400, "There is no such project.", target)
        return project
