"""Projects and their limits."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from k6desk.demo.bodies import Body, ProjectName, json_body
from k6desk.demo.catalogue import ProjectDraft
from k6desk.demo.errors import Refusal
from k6desk.demo.inventory import Project
from k6desk.demo.queries import check_names, ordered, page, words
from k6desk.demo.routes.resource import resource
from k6desk.demo.shapes import limits_json, project_json
from k6desk.demo.world import World

_ORDERS = {"created": lambda project: project.created_us, "name": lambda project: project.name.casefold()}
_MOST_IDS = 30

_Limit = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)] | None | UnsetType


class _Named(Body):
    name: ProjectName


class _Limits(Body):
    vuh_max_per_month: _Limit = UNSET
    vu_max_per_test: _Limit = UNSET
    vu_browser_max_per_test: _Limit = UNSET
    duration_max_per_test: _Limit = UNSET


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
        one = "/cloud/v6/projects/{id:int}"
        return [
            resource("/cloud/v6/projects", get=self.list, post=self.create),
            resource(one, get=self.retrieve, patch=self.rename, delete=self.delete),
            resource(f"{one}/limits", get=self.limits, patch=self.set_limits),
            resource("/cloud/v6/project-limits", get=self.all_limits),
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
        return page(request, ordered(request, found, _ORDERS), self._row)

    async def create(self, request: Request) -> Response:
        """Create a project without limits."""
        name = (await json_body(request, _Named)).name
        now = self._world.now()
        project = self._world.inventory.add_project(ProjectDraft(name, ()), now, now)
        return JSONResponse(project_json(self._world, project), 201)

    async def retrieve(self, request: Request) -> Response:
        """One project."""
        return JSONResponse(project_json(self._world, find_project(self._world, request)))

    async def rename(self, request: Request) -> Response:
        """Give a project another name."""
        project = find_project(self._world, request)
        name = (await json_body(request, _Named)).name
        self._world.inventory.rename_project(project, name, self._world.now())
        return Response(status_code=204)

    async def delete(self, request: Request) -> Response:
        """Delete a project with all that is in it, unless it is the default one."""
        project = find_project(self._world, request)
        if project.index == 0:
            raise Refusal(403, "The default project cannot be deleted.")
        self._world.delete_project(project)
        return Response(status_code=204)

    async def limits(self, request: Request) -> Response:
        """The limits of one project."""
        return JSONResponse(limits_json(find_project(self._world, request)))

    async def set_limits(self, request: Request) -> Response:
        """Change some limits; null takes one away."""
        project = find_project(self._world, request)
        change = await json_body(request, _Limits, optional=True)
        # An unset limit is not among the values.
        self._world.inventory.limit_project(project, msgspec.to_builtins(change))
        return Response(status_code=204)

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

    def _row(self, project: Project) -> bytes:
        return msgspec.json.encode(project_json(self._world, project))
