"""Projects and their limits."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from k6desk.demo.errors import Refusal
from k6desk.demo.inventory import Project
from k6desk.demo.queries import check_names, ordered, page, words
from k6desk.demo.shapes import limits_json, project_json
from k6desk.demo.world import World

_ORDERS = {"created": lambda project: project.created_us, "name": lambda project: project.name.casefold()}
_MOST_IDS = 30


def find_project(world: World, request: Request) -> Project:
    """The project that the path names."""
    project = world.project(request.path_params["id"])
    if project is None:
        raise Refusal(404, "Project not found.")
    return project


class Projects:
    """`/projects` and `/project-limits`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[BaseRoute]:
        """The routes of this group."""
        return [
            Route("/cloud/v6/projects", self.list),
            Route("/cloud/v6/projects/{id:int}", self.retrieve),
            Route("/cloud/v6/projects/{id:int}/limits", self.limits),
            Route("/cloud/v6/project-limits", self.all_limits),
        ]

    async def list(self, request: Request) -> Response:
        """List projects, all or those of a name (`name`: exact, `name_search`: part of it)."""
        check_names(request, "$orderby", "name", "name_search")
        name, part = words(request, "name", 255), words(request, "name_search", 255)
        found = [
            project
            for project in self._world.projects
            if (name is None or project.name == name) and (part or "").casefold() in project.name.casefold()
        ]
        return page(request, ordered(request, found, _ORDERS), lambda item: msgspec.json.encode(project_json(item)))

    async def retrieve(self, request: Request) -> Response:
        """One project."""
        check_names(request, paged=False)
        return JSONResponse(project_json(find_project(self._world, request)))

    async def limits(self, request: Request) -> Response:
        """The limits of one project."""
        check_names(request, paged=False)
        return JSONResponse(limits_json(find_project(self._world, request)))

    async def all_limits(self, request: Request) -> Response:
        """List the limits of all projects, or of those in `project_id_in`."""
        check_names(request, "project_id_in")
        wanted = words(request, "project_id_in")
        found = self._world.projects
        if wanted is not None:
            ids = wanted.split(",")
            if len(ids) > _MOST_IDS or not all(part.isascii() and part.isdigit() for part in ids):
                raise Refusal(400, "project_id_in must be at most 30 project ids with commas between.", "project_id_in")
            found = [project for project in found if str(project.id) in ids]
        return page(request, found, lambda item: msgspec.json.encode(limits_json(item)))
